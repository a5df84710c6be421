// The pictures that the library accepts: its own, and a page's `ImageData`.

import { UserError } from "../errors.ts";
import { checkImageSize, hasTransparentPixel, type Image } from "../picture/image.ts";

/**
 * The input of `convert`. Both Node's `Image` and a page's `ImageData` have this shape.
 *
 * @example
 * ```ts
 * const grey: Picture = { width: 16, height: 12, data: new Uint8ClampedArray(4 * 16 * 12).fill(128) };
 * const art = await generator.convert(grey, { cell: 4, scale: 1 });
 * ```
 */
export interface Picture {
  /** Pixels per row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /**
   * `4 * width * height` bytes, row by row: R, G, B, A of each pixel, with alpha not premultiplied.
   */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  /** Whether the picture has alpha. Default: whether any pixel is not opaque. */
  readonly hasAlpha?: boolean;
}

/** @throws UserError if it is not a picture, with a message for users without a type checker */
export function imageOf({ width, height, data, hasAlpha }: Picture): Image {
  checkImageSize(width, height);
  if (!(data instanceof Uint8ClampedArray) || data.length !== 4 * width * height) {
    throw new UserError(
      `a picture of ${width} x ${height} pixels takes a Uint8ClampedArray of ${4 * width * height} bytes, RGBA, ` +
        `not ${data instanceof Uint8ClampedArray ? `one of ${data.length}` : Object.prototype.toString.call(data)}.`,
    );
  }
  // The engine reads whole pixels, so they must start at a multiple of four bytes.
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return { width, height, data: aligned, hasAlpha: hasAlpha ?? hasTransparentPixel(data) };
}
