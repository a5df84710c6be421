// Room around a picture, filled with its own mirror image: a network whose border is worse than its middle then has its
// border where it is cut away.

import type { Image } from "./image.ts";

/**
 * The picture with `margin` pixels more on each side, mirrored at its outermost rows and columns, which are not doubled
 * (PyTorch's reflection). A picture that is smaller than the margin is mirrored again and again.
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

/** Where a position lies in 0, 1 ... size - 1, size - 2 ... 1, 0 ..., which goes on both ways. */
function reflect(position: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const place = ((position % period) + period) % period;
  return Math.min(place, period - place);
}
