// Formats measurements as table cells, the same on a terminal, in the page, and in the text that
// the page copies.

import type { Layer, LayerTime } from "./layers.ts";
import type { Forward } from "./network.ts";
import type { Peak } from "./peak.ts";

export function giga(value: number): string {
  const billions = value / 1e9;
  return billions.toFixed(billions < 10 ? 2 : billions < 1000 ? 1 : 0);
}

/** With three significant digits. */
export function duration(seconds: number): string {
  return seconds < 1 ? `${Number((seconds * 1e3).toPrecision(3))} ms` : `${Number(seconds.toPrecision(3))} s`;
}

/** Compile times are no more precise than this. */
export function compileTime(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1e3)} ms` : `${seconds.toFixed(1)} s`;
}

export function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

/** A row of a table in Markdown. */
export function tableRow(cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}

export const layerHead = ["layer", "count", "time", "GFLOP/s", "of peak", "compile", "variant"] as const;

export function layerCells(
  { name, count, flops }: Pick<Layer, "name" | "count" | "flops">,
  { seconds, compileSeconds, variant }: LayerTime,
  peak: Peak,
): string[] {
  const rate = flops / seconds;
  const share = percent(rate, peak.flopsPerSecond);
  return [name, `${count}`, duration(seconds), giga(rate), share, compileTime(compileSeconds), variant];
}

export const kindHead = ["kernels of the forward pass", "dispatches", "time", "share"] as const;

export function kindRows(kinds: Forward["kinds"]): string[][] {
  const total = kinds.reduce((sum, { seconds }) => sum + seconds, 0);
  return kinds.map(({ kind, dispatches, seconds }) => {
    return [kind, `${dispatches}`, duration(seconds), percent(seconds, total)];
  });
}

/** Aligned columns, the first to the left and the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const align = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  return rows.map((row) => row.map(align).join("  ").trimEnd()).join("\n");
}
