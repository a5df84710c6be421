// The browser and the system, read from the user agent.

/**
 * The first match counts: all but Firefox also call themselves Safari, and most of those also
 * Chrome.
 */
const browsers: readonly (readonly [string, RegExp])[] = [
  ["Edge", /Edg\w*\/(\d+)/],
  ["Opera", /OPR\/(\d+)/],
  ["Firefox", /(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /(?:Chrome|CriOS)\/(\d+)/],
  ["Safari", /Version\/(\d+(?:\.\d+)?).*Safari/],
];

const systems: readonly (readonly [string, RegExp])[] = [
  ["Android", /Android/],
  ["iOS", /iPhone|iPad/],
  ["Windows", /Windows/],
  ["ChromeOS", /CrOS/],
  ["macOS", /Mac OS X/],
  ["Linux", /Linux/],
];

/** `Firefox 141 on Windows`, or the user agent itself for an unknown browser. */
export function browserName(userAgent: string): string {
  const browser = browsers.find(([, pattern]) => pattern.test(userAgent));
  if (!browser) return userAgent;
  const [name, pattern] = browser;
  const system = systems.find(([, pattern]) => pattern.test(userAgent));
  return `${name} ${pattern.exec(userAgent)![1]}${system ? ` on ${system[0]}` : ""}`;
}
