// Previews of pictures as WebP: lossless if there are few colours, as in pixel art, so that cells
// stay exact; otherwise lossy and small.

import sharp from "sharp";
import type { Image } from "../../picture/image.ts";

/** Up to this many colours a picture counts as drawn, and lossless files are small. */
const fewColours = 4096;
/** More effort saves too few bytes for the time it takes. */
const lossy = { quality: 82, effort: 2 };

/** The picture shrunk to that size, which is not larger than its own. */
export async function shrunk(
  { hasAlpha, ...image }: Image,
  [width, height]: readonly [number, number],
): Promise<Image> {
  if (width === image.width && height === image.height) return { ...image, hasAlpha };
  const raw = { width: image.width, height: image.height, channels: 4 } as const;
  const pixels = await sharp(image.data, { raw, limitInputPixels: false })
    .resize({ width, height, fit: "fill" })
    .raw()
    .toBuffer();
  const data = new Uint8ClampedArray(pixels.buffer as ArrayBuffer, pixels.byteOffset, pixels.byteLength);
  return { width, height, data, hasAlpha };
}

/** @returns the bytes of a WebP */
export async function encodePreview({ width, height, data, hasAlpha }: Image): Promise<Uint8Array> {
  const picture = sharp(data, { raw: { width, height, channels: 4 } });
  if (!hasAlpha) picture.removeAlpha();
  const options = hasFewColours(data) ? { lossless: true } : lossy;
  return picture.webp(options).toBuffer();
}

function hasFewColours(data: Uint8ClampedArray): boolean {
  const colours = new Set<number>();
  for (const pixel of new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4))
    if (colours.add(pixel).size > fewColours) return false;
  return true;
}
