// The fastest shader for a convolution, and its tile, depend on the adapter and the shape.
// `variants` is the table, `chooseVariant` chooses from it, and the bench measures all of it.

import { vectors, type Traits } from "../core/operation.ts";

/**
 * A shader with its tile. Each lane computes `rows` pixels by `columns` vec4s of channels. A naive
 * lane computes one number, a quarter of a vec4.
 */
export interface ConvolutionVariant {
  readonly kind: "naive" | "broadcast" | "quads" | "narrow" | "registers" | "tiled" | "prefetched";
  readonly rows: number;
  readonly columns: number;
  /**
   * Lanes of a workgroup along pixels and channels. A workgroup of `broadcast` or `quads` is one
   * subgroup along the channels, one of `narrow` a subgroup along the pixels.
   */
  readonly groupRows: number;
  readonly groupColumns: number;
  /** The depth of a tile in workgroup memory, in vec4s of input channels. */
  readonly depth?: number;
}

/** Every variant that the device can run, except those for the other kind of adapter. */
export function variants(traits: Traits): ConvolutionVariant[] {
  const table: ConvolutionVariant[] = [];
  const size = traits.subgroupSize;
  if (size >= 4 && size <= 64) {
    for (const rows of [8, 16]) table.push({ kind: "broadcast", rows, columns: 1, groupRows: 1, groupColumns: size });
    if (traits.software) table.push({ kind: "narrow", rows: 4, columns: 1, groupRows: size, groupColumns: 1 });
    if (traits.software && size === 4) {
      table.push({ kind: "quads", rows: 16, columns: 1, groupRows: 1, groupColumns: 4 });
    }
  }
  table.push({ kind: "naive", rows: 1, columns: 0.25, groupRows: 8, groupColumns: 8 });
  for (const [rows, columns] of [
    [1, 1],
    [4, 1],
    [8, 1],
    [8, 2],
  ]) {
    table.push({ kind: "registers", rows, columns, groupRows: 8, groupColumns: 8 });
  }
  table.push({ kind: "registers", rows: 4, columns: 1, groupRows: 64, groupColumns: 1 });
  for (const [rows, columns, depth] of [
    [4, 1, 4],
    [8, 1, 4],
    [8, 2, 2],
  ]) {
    const bytes = 16 * depth * (16 * rows + 4 * 16 * columns) + 4 * 16 * rows;
    if (bytes <= traits.workgroupBytes) {
      table.push({ kind: "tiled", rows, columns, groupRows: 16, groupColumns: 16, depth });
    }
  }
  const prefetched = { kind: "prefetched", rows: 8, columns: 2, groupRows: 16, groupColumns: 16, depth: 2 } as const;
  if (16 * 2 * (16 * 8 + 4 * 16 * 2) <= traits.workgroupBytes) table.push(prefetched);
  return table.filter(({ groupRows, groupColumns }) => groupRows * groupColumns <= traits.workgroupInvocations);
}

/** The variant for an output with that many pixels and channels. */
export function chooseVariant(traits: Traits, pixels: number, channels: number): ConvolutionVariant {
  const table = variants(traits);
  const find = (kind: string, rows: number, columns: number, groupColumns?: number) =>
    table.find(
      (variant) =>
        variant.kind === kind &&
        variant.rows === rows &&
        variant.columns === columns &&
        (groupColumns === undefined || variant.groupColumns === groupColumns),
    );
  const columns = vectors(channels);
  const plain = find("registers", 4, 1, columns < 4 ? 1 : 8)!;
  // A software adapter takes seconds to compile a kernel, so a network should need only a few.
  if (traits.software) {
    if (columns === 1) return find("narrow", 4, 1) ?? plain;
    return find("quads", 16, 1) ?? find("broadcast", 16, 1) ?? find("registers", 8, 1)!;
  }
  return columns < 8 ? plain : (find("tiled", pixels >= 4096 ? 8 : 4, 1) ?? plain);
}
