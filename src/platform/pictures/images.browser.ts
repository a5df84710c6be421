// Reads and writes picture files in browsers, on the page's thread and in workers. The browser
// decodes what it can. It converts pictures with an embedded colour profile to sRGB and leaves the
// numbers of all others unchanged. Our own readers handle PNGs with alpha or 16 bits, BMP and the
// PNM family, so the results match those in Node (images.node.ts lists the steps that every picture
// goes through).
//
// Browsers can do less in some cases. Only Safari reads TIFF. The canvas rounds the colours of
// half-transparent WebP, GIF and AVIF pictures, and loses colours under full transparency.

import { UserError, withoutFullStop } from "../../errors.ts";
import { decodeBmp } from "../../formats/pictures/bmp.ts";
import { hasProfile } from "../../formats/pictures/colour-profile.ts";
import { mendedJpeg } from "../../formats/pictures/jpeg-file.ts";
import { pictureKind, storedSize, type PictureKind } from "../../formats/pictures/picture-file.ts";
import { decodePnm } from "../../formats/pictures/pnm.ts";
import { checkImageSize, defaultPixelLimit, hasTransparentPixel, type Image } from "../../picture/image.ts";
import { decodePng, encodePng, pngProfile, readPngTraits, withChunk, type PngTraits } from "./png.browser.ts";

export { encodePng } from "./png.browser.ts";

export interface DecodeOptions {
  /**
   * The most pixels that a picture may have. If the header can be read, larger pictures are refused
   * before memory is allocated. Default 268 million.
   */
  readonly pixelLimit?: number;
  /** Receives a sentence about what is wrong with a file that can be read nevertheless. */
  readonly onWarning?: (sentence: string) => void;
}

/**
 * Reads a picture from a file or its bytes.
 *
 * @throws UserError `NAME: reason` if the file cannot be read, is not a picture, is damaged or
 * truncated, or has too many pixels
 */
export async function decodeImage(source: File | Uint8Array, options: DecodeOptions = {}): Promise<Image> {
  const name = source instanceof Uint8Array ? "the picture" : source.name;
  try {
    return await decodeBytes(source instanceof Uint8Array ? source : await bytesOf(source), options);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${name}: ${error.message}`);
  }
}

async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new UserError(`it cannot be read; was it moved or changed? Choose it again. [${(error as Error).message}]`);
  }
}

async function decodeBytes(file: Uint8Array, options: DecodeOptions): Promise<Image> {
  const { pixelLimit = defaultPixelLimit, onWarning } = options;
  const kind = pictureKind(file);
  const bytes = kind === "JPEG" ? mendedJpeg(file, onWarning) : file;
  const size = storedSize(kind, bytes);
  if (size) checkImageSize(size.width, size.height, pixelLimit);
  if (kind === "BMP") return decodeBmp(bytes, pixelLimit);
  if (kind === "PNM") return decodePnm(bytes, pixelLimit);
  if (kind === "PNG") {
    const traits = readPngTraits(bytes);
    const { depth, hasAlpha, interlaced } = traits;
    // The package does not unpack interlaced samples of fewer than 8 bits.
    if (depth === 16 || (hasAlpha && !(interlaced && depth < 8))) return decodeExactPng(bytes, traits, pixelLimit);
  }
  return decodeByBrowser(kind, bytes, pixelLimit);
}

/**
 * Decodes a PNG that a canvas would alter. If it has a profile, the browser still converts its
 * colours, as a picture without alpha and with the same profile.
 */
async function decodeExactPng(bytes: Uint8Array, traits: PngTraits, pixelLimit: number): Promise<Image> {
  const image = decodePng(bytes, traits);
  const profile = pngProfile(bytes);
  if (!profile) return image;
  const opaque = withChunk(await encodePng({ ...image, hasAlpha: false }), profile);
  const converted = await decodeByBrowser("PNG", opaque, pixelLimit).catch(() => undefined);
  if (!converted) return image;
  const { data } = image;
  for (let i = 0; i < data.length; i += 4) data.set(converted.data.subarray(i, i + 3), i);
  return image;
}

async function decodeByBrowser(kind: PictureKind, bytes: Uint8Array, pixelLimit: number): Promise<Image> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const bitmap = await createImageBitmap(blob, {
    colorSpaceConversion: hasProfile(kind, bytes) ? "default" : "none",
    premultiplyAlpha: "none",
    imageOrientation: "from-image",
  }).catch((error: Error) => {
    if (kind === "TIFF") throw new UserError("it is a TIFF, which this browser cannot read; save it as PNG.");
    throw new UserError(`it is a damaged or incomplete ${kind} (${withoutFullStop(error.message)}).`);
  });
  try {
    const { width, height } = bitmap;
    checkImageSize(width, height, pixelLimit);
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (!context)
      throw new UserError(`this browser cannot draw a picture of ${width} x ${height} pixels; make it smaller.`);
    context.drawImage(bitmap, 0, 0);
    const data = new Uint8ClampedArray(context.getImageData(0, 0, width, height).data);
    return { width, height, data, hasAlpha: kind !== "JPEG" && hasTransparentPixel(data) };
  } finally {
    bitmap.close();
  }
}

/**
 * A file's stored values, whatever its colour profile: the colours of a palette. Alpha is rounded.
 *
 * @throws UserError `the picture: reason` if the browser cannot read it
 */
export async function decodeNumbers(bytes: Uint8Array): Promise<Image> {
  const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  }).catch(() => {
    throw new UserError("the picture: it is damaged, or of a kind that this browser cannot read; save it as PNG.");
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, data: new Uint8ClampedArray(data), hasAlpha: true };
}
