// A picture as numbers for differences: lightness and chroma, multiplied by alpha so that hidden
// colours have no effect.

import type { Image } from "../../../picture/image.ts";
import { isSmooth } from "./smoothness.ts";

/** Lightness, two chromas, and alpha if the picture has any, one number per pixel in each. */
export interface Planes {
  readonly width: number;
  readonly height: number;
  /** Row by row; lightness first. */
  readonly channels: readonly Float32Array[];
  /** Whether a filter enlarged the picture and nothing followed, so that it shows no blocks of compression. */
  readonly isSmooth: boolean;
}

/**
 * Chroma gets a small weight: JPEG and WebP store it at half the resolution, which looks like cells
 * of two pixels.
 */
const chroma = 0.1;

export function planesOf(image: Image): Planes {
  const { width, height, data, hasAlpha } = image;
  const channels = Array.from({ length: hasAlpha ? 4 : 3 }, () => new Float32Array(width * height));
  const [lights, blues, reds, alphas] = channels;
  for (let i = 0, from = 0; i < lights.length; i++, from += 4) {
    const share = hasAlpha ? data[from + 3] / 255 : 1;
    const red = data[from] * share;
    const green = data[from + 1] * share;
    const blue = data[from + 2] * share;
    const light = 0.299 * red + 0.587 * green + 0.114 * blue;
    lights[i] = light;
    blues[i] = chroma * (blue - light);
    reds[i] = chroma * (red - light);
    if (hasAlpha) alphas[i] = data[from + 3];
  }
  return { width, height, channels, isSmooth: isSmooth(image) };
}

/**
 * The side of the tiles that are transposed one after another: so many rows fit the cache, even if
 * their width is a power of two.
 */
const tile = 8;

/** Columns become rows, so that code for columns serves both. */
export function transposed({ width, height, channels, isSmooth }: Planes): Planes {
  const turned = channels.map((from) => {
    const to = new Float32Array(from.length);
    for (let top = 0; top < height; top += tile)
      for (let left = 0; left < width; left += tile) {
        const [bottom, right] = [Math.min(height, top + tile), Math.min(width, left + tile)];
        for (let x = left; x < right; x++) for (let y = top; y < bottom; y++) to[x * height + y] = from[y * width + x];
      }
    return to;
  });
  return { width: height, height: width, channels: turned, isSmooth };
}
