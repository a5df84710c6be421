// Picture files in and out, for browsers, on the page's thread and in workers. The browser decodes what it can, asked to leave the numbers in
// the file as they are; PNGs with alpha or 16 bits, BMP and the PNM family go through readers of our own choice, so that they come out as in
// Node (images.node.ts says what every picture goes through).
//
// Where a browser can do less: TIFF is read by Safari alone, and the colours of half-transparent WebP, GIF and AVIF pictures are rounded by
// the canvas that they pass through, those under full transparency lost.

import { decodeBmp } from "../data/bmp.ts";
import { checkImageSize, defaultPixelLimit, type Image } from "../data/image.ts";
import { pictureKind, storedSize, type PictureKind } from "../data/picture-file.ts";
import { decodePnm } from "../data/pnm.ts";
import { UserError } from "../errors.ts";
import { decodePng, readPngTraits } from "./png.browser.ts";

export { encodePng } from "./png.browser.ts";

export interface DecodeOptions {
  /** The most pixels a picture may have; refused by its header, before memory is taken, where that is read. Default 268 million. */
  readonly pixelLimit?: number;
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

async function decodeBytes(bytes: Uint8Array, { pixelLimit = defaultPixelLimit }: DecodeOptions): Promise<Image> {
  const kind = pictureKind(bytes);
  const size = storedSize(kind, bytes);
  if (size) checkImageSize(size.width, size.height, pixelLimit);
  if (kind === "BMP") return decodeBmp(bytes, pixelLimit);
  if (kind === "PNM") return decodePnm(bytes, pixelLimit);
  if (kind === "PNG") {
    const traits = readPngTraits(bytes);
    const { depth, hasAlpha, interlaced } = traits;
    // The package unpacks no few-bit samples that are interlaced.
    if (depth === 16 || (hasAlpha && !(interlaced && depth < 8))) return decodePng(bytes, traits);
  }
  return decodeByBrowser(kind, bytes, pixelLimit);
}

async function decodeByBrowser(kind: PictureKind, bytes: Uint8Array, pixelLimit: number): Promise<Image> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const bitmap = await createImageBitmap(blob, {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
    imageOrientation: "from-image",
  }).catch((error: Error) => {
    if (kind === "TIFF") throw new UserError("it is a TIFF, which this browser does not read; save it as PNG.");
    throw new UserError(`it is a damaged or incomplete ${kind} (${error.message.replace(/\.?\s*$/, "")}).`);
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

function hasTransparentPixel(data: Uint8ClampedArray): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return true;
  return false;
}
