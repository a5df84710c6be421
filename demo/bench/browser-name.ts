// Which browser on which system, as far as the browser says so itself.

/** The first that fits: all but Firefox call themselves Safari too, and most of those Chrome. */
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

/** `Firefox 141 on Windows`; the browser's own words where they are none that we know. */
export function browserName(userAgent: string): string {
  const browser = browsers.find(([, pattern]) => pattern.test(userAgent));
  if (!browser) return userAgent;
  const [name, pattern] = browser;
  const system = systems.find(([, pattern]) => pattern.test(userAgent));
  return `${name} ${pattern.exec(userAgent)![1]}${system ? ` on ${system[0]}` : ""}`;
}
