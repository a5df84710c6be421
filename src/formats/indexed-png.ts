// PNGs with a palette (https://www.w3.org/TR/png-3). sharp writes them as well, but finds a palette of its own for them: what is asked for here
// is these colours, in this order, and nothing else. Runs in Node and in browsers, which have the same stream that compresses.

import { crc32 } from "./zip.ts";

/**
 * @param indices one a pixel, row by row
 * @param entries [red, green, blue, alpha] of each index, at most 256. Those that are not opaque are best the first: the file names alpha
 *   up to the last of them
 */
export async function encodeIndexedPng(
  width: number,
  height: number,
  indices: Uint8Array,
  entries: readonly (readonly number[])[],
): Promise<Uint8Array<ArrayBuffer>> {
  const depth = [1, 2, 4, 8].find((bits) => entries.length <= 2 ** bits)!;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, 3], 8); // colour type 3: a palette; deflate, no filters but the usual, not interlaced
  const alphas = entries.map(([, , , alpha]) => alpha);
  const translucent = alphas.findLastIndex((alpha) => alpha < 255) + 1;
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("PLTE", Uint8Array.from(entries.flatMap(([red, green, blue]) => [red, green, blue]))),
    ...(translucent > 0 ? [chunk("tRNS", Uint8Array.from(alphas.slice(0, translucent)))] : []),
    chunk("IDAT", await compressed(packedRows(width, height, indices, depth))),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** Rows begin at whole bytes, the leftmost pixel in the highest bits, each behind a byte that names its filter: 0 for none. */
function packedRows(width: number, height: number, indices: Uint8Array, depth: number): Uint8Array<ArrayBuffer> {
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

async function compressed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Its length, its name, what is in it, and a checksum of the last two. */
function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = name.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}
