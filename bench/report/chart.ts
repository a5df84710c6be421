// A log-log chart as SVG, in which a power law is a straight line and a factor of two has the same
// length everywhere.

import { escapeHtml } from "../../src/cli/pages/html.ts";

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** The tooltip. */
  readonly label: string;
  /** The index of the colour; points of one series share it. */
  readonly series?: number;
}

export interface Chart {
  readonly title: string;
  readonly points: readonly ChartPoint[];
  /** Each line goes through several points, in the order of x. */
  readonly lines: readonly (readonly (readonly [number, number])[])[];
  /** Formats the values along each axis. */
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
}

const [width, height] = [560, 320];
const plot = { left: 70, right: 544, top: 14, bottom: 280 };
const mostTicks = 9;

/** @returns an empty string if there are no points */
export function chartSvg({ title, points, lines, xText, yText }: Chart): string {
  if (points.length === 0) return "";
  const places = [...points.map(({ x, y }) => [x, y] as const), ...lines.flat()];
  const across = scale(
    places.map(([x]) => x),
    plot.left,
    plot.right,
  );
  const up = scale(
    places.map(([, y]) => y),
    plot.bottom,
    plot.top,
  );
  const verticals = across.ticks.map((value) => {
    const x = across.at(value);
    return `<path class="grid" d="M${x} ${plot.top}V${plot.bottom}"/><text x="${x}" y="${plot.bottom + 20}" text-anchor="middle">${escapeHtml(xText(value))}</text>`;
  });
  const horizontals = up.ticks.map((value) => {
    const y = up.at(value);
    return `<path class="grid" d="M${plot.left} ${y}H${plot.right}"/><text x="${plot.left - 8}" y="${(Number(y) + 4).toFixed(1)}" text-anchor="end">${escapeHtml(yText(value))}</text>`;
  });
  const paths = lines.map((line) => {
    const corners = line.map(([x, y]) => `${across.at(x)} ${up.at(y)}`);
    return `<path class="line" d="M${corners.join("L")}"/>`;
  });
  const dots = points.map(({ x, y, label, series = 0 }) => {
    return `<circle class="series-${series}" cx="${across.at(x)}" cy="${up.at(y)}" r="5"><title>${escapeHtml(label)}</title></circle>`;
  });
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">
${[...verticals, ...horizontals, ...paths, ...dots].join("\n")}
</svg>`;
}

/**
 * A scale slightly wider than the range of values, with tick marks at powers of two, four, eight
 * and so on, to limit their number.
 */
function scale(values: readonly number[], from: number, to: number) {
  const [least, most] = [Math.log2(Math.min(...values)), Math.log2(Math.max(...values))];
  const margin = Math.max(0.25, 0.06 * (most - least));
  const [low, high] = [least - margin, most + margin];
  const step = Math.ceil((high - low) / mostTicks);
  const first = step * Math.ceil(low / step);
  const ticks = Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, i) => 2 ** (first + i * step));
  const at = (value: number) => (from + ((to - from) * (Math.log2(value) - low)) / (high - low)).toFixed(1);
  return { ticks, at };
}
