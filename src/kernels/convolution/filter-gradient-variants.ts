// Chooses the filter gradient's shader and tile for a device and a shape, as variants.ts does for
// the convolution.

import type { Traits } from "../core/operation.ts";

/**
 * A shader with its tile. A lane computes `rows` vec4s of input channels by `columns` vec4s of
 * output channels; a naive lane computes one number, a quarter of a vec4 by a quarter. `pixels` is
 * the number of pixels loaded at a time (tiled).
 */
export interface FilterGradientVariant {
  readonly kind: "naive" | "broadcast" | "quads" | "narrow" | "registers" | "tiled";
  readonly rows: number;
  readonly columns: number;
  readonly groupRows: number;
  readonly groupColumns: number;
  readonly pixels?: number;
}

/** Every variant that the device can run, except those for the other kind of adapter. */
export function filterGradientVariants(traits: Traits): FilterGradientVariant[] {
  const table: FilterGradientVariant[] = [];
  const size = traits.subgroupSize;
  if (size >= 4 && size <= 64) {
    for (const columns of [1, 4]) {
      table.push({ kind: "broadcast", rows: 1, columns, groupRows: size, groupColumns: 1 });
    }
  }
  if (traits.software && size === 4) {
    table.push({ kind: "quads", rows: 1, columns: 4, groupRows: 4, groupColumns: 1 });
    table.push({ kind: "narrow", rows: 1, columns: 1, groupRows: 4, groupColumns: 1 });
  }
  table.push({ kind: "naive", rows: 0.25, columns: 0.25, groupRows: 8, groupColumns: 8 });
  table.push({ kind: "registers", rows: 1, columns: 1, groupRows: 8, groupColumns: 8 });
  table.push({ kind: "registers", rows: 1, columns: 4, groupRows: 8, groupColumns: 8 });
  table.push({ kind: "registers", rows: 1, columns: 1, groupRows: 64, groupColumns: 1 });
  for (const [rows, columns] of [
    [1, 1],
    [2, 2],
  ]) {
    const pixels = 8;
    const bytes = 16 * pixels * 16 * (rows + columns);
    if (bytes <= traits.workgroupBytes) {
      table.push({ kind: "tiled", rows, columns, groupRows: 16, groupColumns: 16, pixels });
    }
  }
  return table.filter(({ groupRows, groupColumns }) => groupRows * groupColumns <= traits.workgroupInvocations);
}

/**
 * The variant for a filter with `rows` vec4s of taps and input channels and `columns` vec4s of
 * output channels.
 */
export function chooseFilterGradientVariant(traits: Traits, rows: number, columns: number): FilterGradientVariant {
  const table = filterGradientVariants(traits);
  const find = (kind: string, columns: number, groupColumns?: number) =>
    table.find(
      (variant) =>
        variant.kind === kind &&
        variant.columns === columns &&
        (groupColumns === undefined || variant.groupColumns === groupColumns),
    );
  const fallback = find("registers", 1, columns < 4 ? 1 : 8)!;
  if (traits.software) {
    const [kind, taken] = columns > 1 ? (["quads", 4] as const) : (["narrow", 1] as const);
    return find(kind, taken) ?? find("broadcast", taken) ?? fallback;
  }
  if (columns < 4) return fallback;
  return find("tiled", Math.min(rows, columns) >= 32 ? 2 : 1) ?? fallback;
}
