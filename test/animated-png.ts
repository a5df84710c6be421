// Writes animated PNGs for tests chunk by chunk, independently of our own writer.

import { joined } from "../src/formats/bytes/joined.ts";
import { pngChunk } from "../src/formats/pictures/png-chunks.ts";
import type { Image } from "../src/picture/image.ts";
import { encodePng } from "../src/platform/pictures/images.node.ts";

/**
 * The format's numbers: dispose 0 keeps, 1 clears, 2 restores; blend 0 replaces, 1 draws over; the
 * delay is a fraction of a second.
 */
export interface DrawnFrame {
  readonly image: Image;
  readonly x: number;
  readonly y: number;
  readonly dispose: 0 | 1 | 2;
  readonly blend: 0 | 1;
  readonly delay: readonly [number, number];
}

function words(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  values.forEach((value, i) => new DataView(bytes.buffer).setUint32(4 * i, value));
  return bytes;
}

/** The complete chunks of a PNG that have one of these names. */
function chunksOf(png: Uint8Array, name: string): Uint8Array[] {
  const found: Uint8Array[] = [];
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let start = 8; start < png.length; start += 12 + view.getUint32(start)) {
    const length = view.getUint32(start);
    if (String.fromCharCode(...png.subarray(start + 4, start + 8)) === name) {
      found.push(png.subarray(start + 8, start + 8 + length));
    }
  }
  return found;
}

/** An animated PNG; with `still`, a fallback picture before the first frame. */
export async function apngOf(
  width: number,
  height: number,
  drawn: readonly DrawnFrame[],
  loops = 0,
  still?: Image,
): Promise<Uint8Array<ArrayBuffer>> {
  const first = await encodePng(still ?? drawn[0].image);
  const header = chunksOf(first, "IHDR")[0].slice();
  header.set(words(width, height));
  let serial = 0;
  const parts = [first.subarray(0, 8), pngChunk("IHDR", header), pngChunk("acTL", words(drawn.length, loops))];
  if (still) parts.push(...chunksOf(first, "IDAT").map((data) => pngChunk("IDAT", data)));
  for (const [i, { image, x, y, dispose, blend, delay }] of drawn.entries()) {
    const times = words(delay[0] * 65536 + delay[1]);
    const place = words(serial++, image.width, image.height, x, y);
    parts.push(pngChunk("fcTL", joined([place, times, Uint8Array.of(dispose, blend)])));
    for (const data of chunksOf(await encodePng(image), "IDAT")) {
      const isFirst = i === 0 && !still;
      parts.push(isFirst ? pngChunk("IDAT", data) : pngChunk("fdAT", joined([words(serial++), data])));
    }
  }
  return joined([...parts, pngChunk("IEND", new Uint8Array(0))]);
}
