// A margin around a picture, filled with its mirror image. A network that is worse at borders than
// inside then has its border in the margin, which is cut off again.

import type { Image } from "./image.ts";

/**
 * The picture with `margin` more pixels on each side, mirrored at its outermost rows and columns,
 * which are not repeated (PyTorch's reflection). A picture smaller than the margin is mirrored
 * repeatedly.
 */
export function mirrorAround(image: Image, margin: number): Image {
  const [width, height] = [image.width + 2 * margin, image.height + 2 * margin];
  const source = new Uint32Array(image.data.buffer, image.data.byteOffset, image.width * image.height);
  const pixels = new Uint32Array(width * height);
  const columns = Array.from({ length: width }, (_, x) => reflect(x - margin, image.width));
  for (let y = 0; y < height; y++) {
    const row = reflect(y - margin, image.height) * image.width;
    for (let x = 0; x < width; x++) pixels[y * width + x] = source[row + columns[x]];
  }
  return { width, height, data: new Uint8ClampedArray(pixels.buffer), hasAlpha: image.hasAlpha };
}

/** The index of a position in 0, 1 ... size - 1, size - 2 ... 1, 0 ..., continued both ways. */
function reflect(position: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const place = ((position % period) + period) % period;
  return Math.min(place, period - place);
}
