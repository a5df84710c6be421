// GIFs and WebPs with everything that the formats allow, for readers of them: patches anywhere,
// every way of being disposed of, palettes of their own, interlaced rows, and pixels that are
// transparent or half so. Assembled here, since no writer of ours makes them.

import sharp from "sharp";
import {
  bytes3,
  webpChunk,
  webpChunks,
  webpFile,
  webpFlags,
  webpHeader,
} from "../src/formats/animations/webp-chunks.ts";
import { joined } from "../src/formats/bytes/joined.ts";
import { blankImage, type Image } from "../src/picture/image.ts";
import type { Random } from "../src/random.ts";

const [width, height] = [22, 18];

/** Few colours, some pixels without any. */
function patch(random: Random, columns: number, rows: number, alphas: readonly number[]): Image {
  const image = blankImage(columns, rows);
  for (let i = 0; i < image.data.length; i += 4)
    image.data.set([...[0, 0, 0].map(() => 85 * random.below(4)), alphas[random.below(alphas.length)]], i);
  return image;
}

function rawOf({ data, width, height }: Image) {
  return sharp(data, { raw: { width, height, channels: 4 } });
}

/** Places of patches within the canvas; the first covers it, as in most files. */
function placesOf(random: Random, count: number) {
  return Array.from({ length: count }, (_, i) => {
    const [columns, rows] = i === 0 ? [width, height] : [2 + random.below(9), 2 + random.below(7)];
    // Even, as a WebP wants them.
    const [x, y] = [2 * random.below(1 + ((width - columns) >> 1)), 2 * random.below(1 + ((height - rows) >> 1))];
    return { x, y, columns, rows };
  });
}

/** @param second where the second patch lies; anywhere on the canvas if it is not given */
export async function assembledGif(
  random: Random,
  second?: readonly [number, number],
): Promise<Uint8Array<ArrayBuffer>> {
  const head = [...Buffer.from("GIF89a"), width, 0, height, 0, 0, 0, 0];
  const parts: Uint8Array[] = [Uint8Array.from(head)];
  for (const [i, { columns, rows, ...place }] of placesOf(random, 9).entries()) {
    // Without a control block a patch is opaque, and stays.
    const hasControl = i !== 5;
    const [x, y] = (i === 1 && second) || [place.x, place.y];
    const still = await rawOf(patch(random, columns, rows, hasControl ? [0, 255, 255] : [255]))
      .gif({ progressive: i % 3 === 2, effort: 1 })
      .toBuffer();
    const palette = still.subarray(13, 13 + 3 * 2 ** ((still[10] & 7) + 1));
    let at = 13 + palette.length;
    let transparent = 0;
    for (; still[at] === 0x21; at++) {
      if (still[at + 1] === 0xf9) transparent = still[at + 6];
      for (at += 2; still[at] > 0;) at += 1 + still[at];
    }
    if (hasControl) parts.push(Uint8Array.of(0x21, 0xf9, 4, ((i % 4) << 2) | 1, 3 * i, i & 1, transparent, 0));
    parts.push(
      Uint8Array.of(0x2c, x, 0, y, 0, columns, 0, rows, 0, 0x80 | (still[at + 9] & 0x40) | (still[10] & 7)),
      palette,
      still.subarray(at + 10, still.length - 1),
    );
  }
  return joined([...parts, Uint8Array.of(0x3b)]);
}

export async function assembledWebp(random: Random): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for (const [i, { x, y, columns, rows }] of placesOf(random, 9).entries()) {
    const still = await rawOf(patch(random, columns, rows, [0, 90, 255]))
      .webp(i % 3 === 2 ? { quality: 90 } : { lossless: true })
      .toBuffer();
    const numbers = [x / 2, y / 2, columns - 1, rows - 1, 20 * i].flatMap(bytes3);
    const pixels = [...webpChunks(still.subarray(12))].filter(({ name }) => name !== "VP8X");
    const flags = i % 4;
    parts.push(
      webpChunk(
        "ANMF",
        joined([Uint8Array.of(...numbers, flags), ...pixels.map(({ name, data }) => webpChunk(name, data))]),
      ),
    );
  }
  return webpFile([
    webpHeader(webpFlags.animation | webpFlags.alpha, width, height),
    webpChunk("ANIM", Uint8Array.of(0, 0, 0, 0, 7, 0)),
    ...parts,
  ]);
}
