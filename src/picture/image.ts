// The one picture type of the project: 8-bit RGBA, rows from top to bottom, no padding. Every
// reader returns it, every stage takes it, and the library makes one of a page's ImageData. Grey
// pictures repeat their value in R, G and B; pictures without alpha hold 255.

import { UserError } from "../errors.ts";

/**
 * A picture in memory.
 *
 * @example
 * ```ts
 * const image: Image = await decodeImage("photo.jpg");
 * const [red, green, blue, alpha] = image.data.subarray(4 * (2 * image.width + 5)); // of row 2, column 5
 * ```
 */
export interface Image {
  /** Pixels per row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `4 * width * height` bytes: R, G, B, A of each pixel; colour is not premultiplied by alpha. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  /**
   * Whether alpha is used. When false every alpha byte is 255 and a file written from the picture
   * has no alpha channel.
   */
  readonly hasAlpha: boolean;
}

/** The largest picture that a reader accepts by default: 16383 x 16383 pixels, 1 GiB as RGBA. */
export const defaultPixelLimit = 16383 * 16383;

/** An opaque black picture. */
export function blankImage(width: number, height: number): Image {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { width, height, data, hasAlpha: false };
}

/** Whether these bytes use alpha, for pictures that do not say. */
export function hasTransparentPixel(data: Uint8ClampedArray): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return true;
  return false;
}

/** One number per pixel, red in the lowest byte: every machine with WebGPU is little-endian. */
export type Pixels = Uint32Array<ArrayBuffer>;

/** A copy of the pixels, since the picture's bytes may not be aligned for 32-bit numbers. */
export function pixelsOf({ data }: Image): Pixels {
  return new Uint32Array(data.slice().buffer);
}

/** The pixels, with 0 for fully transparent ones, whatever their colour. */
export function seenPixels(image: Image): Pixels {
  const pixels = pixelsOf(image);
  for (let i = 0; i < pixels.length; i++) if (pixels[i] >>> 24 === 0) pixels[i] = 0;
  return pixels;
}

/**
 * Refuses sizes that a damaged or hostile header claims, before memory is allocated for them.
 *
 * @throws UserError if a side is not positive or the picture has more than `pixelLimit` pixels
 */
export function checkImageSize(width: number, height: number, pixelLimit = defaultPixelLimit): void {
  if (!(width > 0 && height > 0)) throw new UserError(`the picture is empty (${width} x ${height} pixels).`);
  if (width * height > pixelLimit) {
    const millions = (count: number) => (count / 1e6).toFixed(1);
    throw new UserError(
      `the picture has ${width} x ${height} pixels, ${millions(width * height)} million, ` +
        `but the limit is ${millions(pixelLimit)} million; make it smaller first.`,
    );
  }
}
