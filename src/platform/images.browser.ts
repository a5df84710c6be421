// Picture files in and out, for browsers, on the page's thread and in workers. The browser decodes what it can, and converts to sRGB what has a
// colour profile embedded; the numbers of all else it is asked to leave as they are. PNGs with alpha or 16 bits, BMP and the PNM family go through readers of our own choice, so that they come out as in
// Node (images.node.ts says what every picture goes through).
//
// Where a browser can do less: TIFF is read by Safari alone, and the colours of half-transparent WebP, GIF and AVIF pictures are rounded by
// the canvas that they pass through, those under full transparency lost.

import { decodeBmp } from "../data/bmp.ts";
import { hasProfile } from "../data/colour-profile.ts";
import { checkImageSize, defaultPixelLimit, hasTransparentPixel, type Image } from "../data/image.ts";
import { mendedJpeg } from "../data/jpeg-file.ts";
import { pictureKind, storedSize, type PictureKind } from "../data/picture-file.ts";
import { decodePnm } from "../data/pnm.ts";
import { UserError, withoutFullStop } from "../errors.ts";
import { decodePng, encodePng, pngProfile, readPngTraits, withChunk, type PngTraits } from "./png.browser.ts";

export { encodePng } from "./png.browser.ts";

export interface DecodeOptions {
  /** The most pixels a picture may have; refused by its header, before memory is taken, where that is read. Default 268 million. */
  readonly pixelLimit?: number;
  /** Is told in a sentence what is wrong with a file that can be read all the same. */
  readonly onWarning?: (sentence: string) => void;
}

/**
 * Reads a picture from a file or its bytes.
 * @throws UserError `NAME: reason` when the file cannot be read, is not a picture, is damaged or cut short, or has too many pixels
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
    // The package unpacks no few-bit samples that are interlaced.
    if (depth === 16 || (hasAlpha && !(interlaced && depth < 8))) return decodeExactPng(bytes, traits, pixelLimit);
  }
  return decodeByBrowser(kind, bytes, pixelLimit);
}

/**
 * A PNG that a canvas would not keep. Where it has a profile its colours go through the browser all the same, as a picture without alpha that
 * has the same profile.
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
    if (kind === "TIFF") throw new UserError("it is a TIFF, which this browser does not read; save it as PNG.");
    throw new UserError(`it is a damaged or incomplete ${kind} (${withoutFullStop(error.message)}).`);
  });
  try {
    const { width, height } = bitmap;
    checkImageSize(width, height, pixelLimit);
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (!context) throw new UserError(`this browser draws no picture of ${width} x ${height} pixels; make it smaller.`);
    context.drawImage(bitmap, 0, 0);
    const data = new Uint8ClampedArray(context.getImageData(0, 0, width, height).data);
    return { width, height, data, hasAlpha: kind !== "JPEG" && hasTransparentPixel(data) };
  } finally {
    bitmap.close();
  }
}

/**
 * The numbers that are in a file, whatever its colour profile: the colours of a palette. Alpha is rounded.
 *
 * @throws UserError `the picture: reason` where the browser does not read it
 */
export async function decodeNumbers(bytes: Uint8Array): Promise<Image> {
  const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  }).catch(() => {
    throw new UserError("the picture: it is damaged, or of a kind that this browser does not read; save it as PNG.");
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, data: new Uint8ClampedArray(data), hasAlpha: true };
}
