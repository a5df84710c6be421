// The choice of kernels as text: for each layer the time of every variant.

import type { Measurement } from "../../tuning/measure.ts";

/** Lines for layers: first its name, then its variants, the fastest first. */
export function kernelLines(measurements: Iterable<Measurement>): string[] {
  return [...measurements].flatMap(({ layer, byRule, chosen, seconds, refused }) => {
    const times = Object.entries(seconds).sort(([, a], [, b]) => a - b);
    const marks = (name: string) => [...(name === chosen ? ["chosen"] : []), ...(name === byRule ? ["by rule"] : [])];
    const width = Math.max(...times.map(([name]) => name.length));
    return [
      `${layer}: ${reasonFor(chosen, byRule, seconds)}`,
      ...times.map(([name, time]) =>
        `  ${name.padEnd(width)}  ${milliseconds(time)}  ${marks(name).join(", ")}`.trimEnd(),
      ),
      ...Object.entries(refused).map(([name, reason]) => `  ${name.padEnd(width)}  refused: ${reason}`),
    ];
  });
}

function reasonFor(chosen: string, byRule: string, seconds: Readonly<Record<string, number>>): string {
  if (chosen === byRule) return "as by rule; nothing is clearly faster";
  return `${chosen}, ${(seconds[chosen] / seconds[byRule]).toFixed(2)} of the time by rule`;
}

/** Three digits. */
function milliseconds(seconds: number): string {
  const time = 1e3 * seconds;
  const decimals = Math.min(Math.max(2 - Math.floor(Math.log10(time)), 0), 5);
  return `${time.toFixed(decimals)} ms`.padStart(9);
}
