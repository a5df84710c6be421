// Reads and writes picture files in Node. sharp (libvips) handles JPEG, PNG, WebP, GIF, TIFF and
// AVIF. Our own readers handle BMP and the PNM family, which its prebuilt library lacks.
//
// Every picture goes through these steps:
// - The kind is determined by content, never by the extension.
// - EXIF orientation is applied, so that the picture is upright.
// - Of animations and multi-page files, the first picture is read.
// - Colours are converted to sRGB by the embedded profile. With `ignoreProfile` the values in the
//   file are kept unchanged, as in Pillow and so in the PyTorch reference. CMYK has no such values:
//   it is always converted, by a standard press profile if it has none. An invalid profile is
//   ignored.
// - 16-bit samples are rounded to the nearest of 256 levels: round(v / 257). (Pillow drops the low
//   byte, or clips grey to white.)
// - Alpha is unchanged and not premultiplied.

import sharp, { type Metadata } from "sharp";
import { UserError, withoutFullStop } from "../../errors.ts";
import { decodeBmp, readBmpHeader } from "../../formats/pictures/bmp.ts";
import { mendedJpeg } from "../../formats/pictures/jpeg-file.ts";
import { refuseCameraFile } from "../../formats/pictures/picture-choice.ts";
import { pictureKind, type PictureKind } from "../../formats/pictures/picture-file.ts";
import { decodePnm, readPnmHeader } from "../../formats/pictures/pnm.ts";
import { checkImageSize, defaultPixelLimit, type Image } from "../../picture/image.ts";
import { readFileBytes } from "../files/files.node.ts";

// Every picture is read once, so caching operations would only use memory.
sharp.cache(false);

/**
 * How picture files are read.
 *
 * @example
 * ```ts
 * const warnings: string[] = [];
 * const options: DecodeOptions = { pixelLimit: 4096 * 4096, onWarning: (sentence) => warnings.push(sentence) };
 * const image = await decodeImage("photo.jpg", options);
 * ```
 */
export interface DecodeOptions {
  /**
   * The most pixels that a picture may have. Larger pictures are refused by their header, before
   * memory is allocated. Default 268 million.
   */
  readonly pixelLimit?: number;
  /** Keeps the values of RGB and grey pictures unchanged, whatever colours they represent. */
  readonly ignoreProfile?: boolean | undefined;
  /** Receives a sentence about what is wrong with a file that can be read nevertheless. */
  readonly onWarning?: ((sentence: string) => void) | undefined;
}

/**
 * Reads a picture: JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP or PNM, upright, with colours converted to
 * sRGB.
 *
 * @param source a file's path, or its bytes
 * @throws UserError `PATH: reason` if the file cannot be read, is not a picture, is damaged or
 * truncated, or has too many pixels
 * @example
 * ```ts
 * const image = await decodeImage("photo.jpg");
 * const same = await decodeImage(await encodePng(image));
 * ```
 */
export async function decodeImage(source: string | Uint8Array, options: DecodeOptions = {}): Promise<Image> {
  const pixelLimit = options.pixelLimit ?? defaultPixelLimit;
  const file = typeof source === "string" ? await readFileBytes(source) : source;
  return named(source, async () => {
    const kind = pictureKind(file);
    if (kind === "TIFF" && typeof source === "string") refuseCameraFile(source);
    const bytes = kind === "JPEG" ? mendedJpeg(file, options.onWarning) : file;
    if (kind === "BMP") return decodeBmp(bytes, pixelLimit);
    if (kind === "PNM") return decodePnm(bytes, pixelLimit);
    const metadata = await understood(kind, sharp(bytes, sharpOptions).metadata());
    checkImageSize(metadata.width, metadata.height, pixelLimit);
    return decodeWithSharp(bytes, metadata, kind, options.ignoreProfile);
  });
}

/**
 * The size of the result of `decodeImage`, after orientation, from the header alone.
 *
 * @throws UserError like `decodeImage`, except for damage past the header
 */
export async function probeImage(
  source: string | Uint8Array,
  options: DecodeOptions = {},
): Promise<{ width: number; height: number }> {
  const pixelLimit = options.pixelLimit ?? defaultPixelLimit;
  const bytes = typeof source === "string" ? await readFileBytes(source) : source;
  return named(source, async () => {
    const kind = pictureKind(bytes);
    let size: { width: number; height: number };
    if (kind === "BMP") size = readBmpHeader(bytes);
    else if (kind === "PNM") size = readPnmHeader(bytes);
    else size = (await understood(kind, sharp(bytes, sharpOptions).metadata())).autoOrient;
    checkImageSize(size.width, size.height, pixelLimit);
    return { width: size.width, height: size.height };
  });
}

/** A PNG with 8 bits a channel: RGBA if any pixel is transparent, otherwise RGB. */
export async function encodePng(image: Image): Promise<Uint8Array> {
  const { width, height, data } = image;
  const picture = sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false });
  if (!image.hasAlpha) picture.removeAlpha();
  return picture.png().toBuffer();
}

/**
 * "error" refuses truncated files but accepts the small irregularities that many cameras write, as
 * Pillow does. Our own size check replaces libvips's.
 */
const sharpOptions = { failOn: "error", limitInputPixels: false, autoOrient: true } as const;

async function decodeWithSharp(
  bytes: Uint8Array,
  metadata: Metadata,
  kind: PictureKind,
  ignoreProfile = false,
): Promise<Image> {
  const isCmyk = metadata.space === "cmyk";
  const ignoreIcc = !isCmyk && (ignoreProfile || !metadata.hasProfile);
  const hasAlpha = metadata.hasAlpha;
  if (metadata.depth === "ushort" && ignoreIcc) {
    const wide = sharp(bytes, { ...sharpOptions, ignoreIcc })
      .pipelineColourspace("rgb16")
      .toColourspace("rgb16")
      .raw({ depth: "ushort" });
    const { data, info } = await understood(kind, wide.toBuffer({ resolveWithObject: true }));
    const samples = new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
    return { width: info.width, height: info.height, data: roundTo8Bits(samples, info.channels), hasAlpha };
  }
  if (metadata.depth !== "uchar" && metadata.depth !== "ushort") {
    throw new UserError(
      `it has samples of type ${metadata.depth}, but only 8 and 16 bits are supported; save it as PNG.`,
    );
  }
  // At 16 bits, sharp converts to a wider space than sRGB, and does not convert grey at all. So
  // such pictures are reduced to 8 bits first.
  const isWide = metadata.depth === "ushort" && !isCmyk;
  const source = isWide ? await understood(kind, eightBits(bytes, metadata)) : bytes;
  const rgba = sharp(source, { ...sharpOptions, ignoreIcc })
    .toColourspace("srgb")
    .ensureAlpha()
    .raw();
  const { data, info } = await understood(kind, rgba.toBuffer({ resolveWithObject: true }));
  if (info.channels !== 4) throw new Error(`expected 4 channels from sharp, got ${info.channels}`);
  const pixels = new Uint8ClampedArray(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  return { width: info.width, height: info.height, data: pixels, hasAlpha };
}

/** A 16-bit picture as an 8-bit PNG, with its profile. */
function eightBits(bytes: Uint8Array, { channels }: Metadata): Promise<Uint8Array> {
  const space = channels < 3 ? "b-w" : "srgb";
  return sharp(bytes, { ...sharpOptions, ignoreIcc: true })
    .keepIccProfile()
    .toColourspace(space)
    .png()
    .toBuffer();
}

/**
 * round(v / 257) of RGB or RGBA samples, as RGBA. The clamped array rounds when it stores; 257 is
 * odd, so there are no ties.
 */
function roundTo8Bits(samples: Uint16Array, channels: number): Uint8ClampedArray<ArrayBuffer> {
  if (channels !== 3 && channels !== 4) throw new Error(`expected 3 or 4 channels from sharp, got ${channels}`);
  const data = new Uint8ClampedArray((samples.length / channels) * 4).fill(255);
  for (let from = 0, to = 0; from < samples.length; from += channels, to += 4) {
    for (let channel = 0; channel < channels; channel++) data[to + channel] = samples[from + channel] / 257;
  }
  return data;
}

/** Turns libvips's errors, lines of `operation: reason`, into one sentence. */
export async function understood<T>(kind: PictureKind, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    const lines = (error as Error).message.trim().split("\n");
    const reason = withoutFullStop(lines[lines.length - 1].replace(/^.*: /, ""));
    throw new UserError(`it is a damaged or incomplete ${kind} (${reason}).`);
  }
}

/** Runs `work` and prefixes the message of a UserError with the picture's path. */
export async function named<T>(source: string | Uint8Array, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${typeof source === "string" ? source : "the picture"}: ${error.message}`);
  }
}
