// The structure of PNG files (https://www.w3.org/TR/png-3): a signature, then chunks, each with its
// length, name, data and checksum.

import { crc32 } from "../bytes/crc32.ts";

export const pngSignature: Uint8Array = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** A chunk: its length, its name, its data, and a checksum of name and data. */
export function pngChunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = name.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/**
 * The first chunk: deflate, the usual filters, not interlaced.
 *
 * @param colourType 3 for a palette, 6 for RGBA
 */
export function pngHeader(width: number, height: number, depth: number, colourType: 3 | 6): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, colourType], 8);
  return pngChunk("IHDR", header);
}
