// Writes PNGs with a given palette (https://www.w3.org/TR/png-3), in Node and in browsers. sharp
// writes indexed PNGs too, but it chooses its own palette.

import { joined } from "../bytes/joined.ts";
import { pngChunk, pngHeader, pngSignature } from "./png-chunks.ts";

/**
 * @param indices one per pixel, row by row
 * @param entries [red, green, blue, alpha] of each index, at most 256. Put translucent ones first:
 * the file stores alpha up to the last of them.
 */
export async function encodeIndexedPng(
  width: number,
  height: number,
  indices: Uint8Array,
  entries: readonly (readonly number[])[],
): Promise<Uint8Array<ArrayBuffer>> {
  const depth = indexBits(entries.length);
  return joined([
    pngSignature,
    pngHeader(width, height, depth, 3),
    ...paletteChunks(entries),
    pngChunk("IDAT", await compressed(packedRows(width, height, indices, depth))),
    pngChunk("IEND", new Uint8Array(0)),
  ]);
}

/** The bits of an index into a palette. */
export function indexBits(entries: number): number {
  return [1, 2, 4, 8].find((bits) => entries <= 2 ** bits)!;
}

/**
 * The palette, and its alpha unless all entries are opaque. The entries are those of
 * `encodeIndexedPng`.
 */
export function paletteChunks(entries: readonly (readonly number[])[]): Uint8Array[] {
  const alphas = entries.map(([, , , alpha]) => alpha);
  const translucent = alphas.findLastIndex((alpha) => alpha < 255) + 1;
  return [
    pngChunk("PLTE", Uint8Array.from(entries.flatMap(([red, green, blue]) => [red, green, blue]))),
    ...(translucent > 0 ? [pngChunk("tRNS", Uint8Array.from(alphas.slice(0, translucent)))] : []),
  ];
}

/**
 * Rows start at whole bytes, with the leftmost pixel in the highest bits. A byte before each row
 * names its filter: 0, for none.
 */
export function packedRows(width: number, height: number, indices: Uint8Array, depth: number): Uint8Array<ArrayBuffer> {
  const perByte = 8 / depth;
  const rowBytes = 1 + Math.ceil(width / perByte);
  const rows = new Uint8Array(rowBytes * height);
  for (let y = 0, from = 0; y < height; y++) {
    const row = rows.subarray(y * rowBytes + 1, (y + 1) * rowBytes);
    for (let x = 0; x < width; x++, from++) {
      row[Math.floor(x / perByte)] |= indices[from] << (8 - depth * ((x % perByte) + 1));
    }
  }
  return rows;
}

export async function compressed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
