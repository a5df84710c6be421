// A picture as numbers for differences: lightness and chroma, multiplied by alpha so that hidden colours have no effect.

import type { Image } from "../../picture/image.ts";
import type { Planes } from "./edges.ts";

/** Chroma gets a small weight: JPEG and WebP store it at half the resolution, which looks like cells of two pixels. */
const chroma = 0.1;

/** @param transposed swaps columns and rows, so that code for columns serves both */
export function planesOf({ width, height, data, hasAlpha }: Image, transposed: boolean): Planes {
  const channels = hasAlpha ? 4 : 3;
  const [columns, rows] = transposed ? [height, width] : [width, height];
  const planes = new Float32Array(columns * rows * channels);
  for (let y = 0, to = 0; y < rows; y++)
    for (let x = 0; x < columns; x++, to += channels) {
      const from = 4 * (transposed ? x * width + y : y * width + x);
      const share = hasAlpha ? data[from + 3] / 255 : 1;
      const [red, green, blue] = [data[from] * share, data[from + 1] * share, data[from + 2] * share];
      const light = 0.299 * red + 0.587 * green + 0.114 * blue;
      planes[to] = light;
      planes[to + 1] = chroma * (blue - light);
      planes[to + 2] = chroma * (red - light);
      if (hasAlpha) planes[to + 3] = data[from + 3];
    }
  return { width: columns, height: rows, channels, data: planes };
}
