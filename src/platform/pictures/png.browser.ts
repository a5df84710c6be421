// Reads and writes PNGs exactly, including what a browser's own decoder and canvas lose: colour
// under transparency, and 16-bit samples. The codec is fast-png. This file decodes what the codec
// leaves as stored: palettes, a transparent colour, samples of few bits, orientation.

import { convertIndexedToRgb, decode, encode, type DecodedPng } from "fast-png";
import { UserError, withoutFullStop } from "../../errors.ts";
import { exifOrientation } from "../../formats/pictures/exif.ts";
import { pngChunks } from "../../formats/pictures/picture-file.ts";
import type { Image } from "../../picture/image.ts";

/** The facts from a PNG's header that decide which reader is used. */
export interface PngTraits {
  readonly depth: number;
  readonly hasAlpha: boolean;
  readonly interlaced: boolean;
  /** EXIF orientation, 1 to 8; 1 is upright. */
  readonly orientation: number;
}

export function readPngTraits(bytes: Uint8Array): PngTraits {
  let hasTransparency = false;
  let orientation = 1;
  for (const { name, data } of pngChunks(bytes)) {
    if (name === "tRNS") hasTransparency = true;
    if (name === "eXIf") orientation = exifOrientation(data);
  }
  const colourType = bytes[25];
  return {
    depth: bytes[24],
    hasAlpha: hasTransparency || colourType === 4 || colourType === 6,
    interlaced: bytes[28] !== 0,
    orientation,
  };
}

/**
 * Reads a PNG with 16-bit samples or transparency.
 *
 * @throws UserError if it is damaged or truncated
 */
export function decodePng(bytes: Uint8Array, { hasAlpha, orientation }: PngTraits): Image {
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (error) {
    const reason = withoutFullStop((error as Error).message);
    throw new UserError(`it is a damaged or incomplete PNG (${reason}).`);
  }
  const { width, height } = png;
  return oriented({ width, height, data: rgbaOf(png), hasAlpha }, orientation);
}

/**
 * A PNG with 8 bits a channel: RGBA if any pixel is transparent, otherwise RGB, which no canvas
 * writes.
 */
export async function encodePng({ width, height, data, hasAlpha }: Image): Promise<Uint8Array<ArrayBuffer>> {
  const channels = hasAlpha ? 4 : 3;
  return encode({ width, height, data: hasAlpha ? data : withoutAlpha(data), channels, depth: 8 }).slice();
}

/** The complete chunk with its colour profile; undefined if there is none. */
export function pngProfile(bytes: Uint8Array): Uint8Array | undefined {
  for (const { name, data } of pngChunks(bytes)) {
    if (name !== "iCCP") continue;
    const start = data.byteOffset - bytes.byteOffset - 8;
    return bytes.subarray(start, start + 12 + data.length);
  }
  return undefined;
}

/** A PNG with an additional chunk before its pixels. */
export function withChunk(png: Uint8Array, chunk: Uint8Array): Uint8Array {
  const afterHeader = 33; // the signature and the first chunk, whose length is fixed
  const longer = new Uint8Array(png.length + chunk.length);
  longer.set(png.subarray(0, afterHeader));
  longer.set(chunk, afterHeader);
  longer.set(png.subarray(afterHeader), afterHeader + chunk.length);
  return longer;
}

function withoutAlpha(data: Uint8ClampedArray): Uint8Array {
  const colours = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    colours[to] = data[from];
    colours[to + 1] = data[from + 1];
    colours[to + 2] = data[from + 2];
  }
  return colours;
}

function rgbaOf(png: DecodedPng): Uint8ClampedArray<ArrayBuffer> {
  const { width, height, palette, transparency } = png;
  const samples = palette ? convertIndexedToRgb(png) : unpacked(png);
  const channels = palette ? palette[0].length : png.channels;
  const colours = channels < 3 ? 1 : 3;
  // 16-bit samples are rounded to the nearest of 256 levels, round(v / 257). Samples of few bits
  // are scaled to 256 levels, which is exact. The clamped array rounds when it stores.
  const scale = palette ? 1 : 255 / (2 ** png.depth - 1);
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) {
    for (let i = 0; i < 3; i++) rgba[to + i] = samples[from + (colours === 1 ? 0 : i)] * scale;
    if (channels > colours) rgba[to + 3] = samples[from + colours] * scale;
    else if (transparency?.length === colours && transparency.every((value, i) => value === samples[from + i])) {
      rgba[to + 3] = 0;
    }
  }
  return rgba;
}

/** Grey samples of 1, 2 and 4 bits are packed into bytes; every row begins a new byte. */
function unpacked({ data, width, height, depth }: DecodedPng): ArrayLike<number> {
  if (depth >= 8) return data;
  const perByte = 8 / depth;
  const rowBytes = Math.ceil(width / perByte);
  const mask = 2 ** depth - 1;
  return Uint8Array.from({ length: width * height }, (_, index) => {
    const x = index % width;
    const byte = data[Math.floor(index / width) * rowBytes + Math.floor(x / perByte)];
    return (byte >> (8 - depth * ((x % perByte) + 1))) & mask;
  });
}

/** The picture, turned upright according to EXIF. */
function oriented(image: Image, orientation: number): Image {
  if (orientation === 1) return image;
  const turned = orientation >= 5; // rows become columns
  const mirroredX = [2, 3, 7, 8].includes(orientation);
  const mirroredY = [3, 4, 6, 7].includes(orientation);
  const [width, height] = turned ? [image.height, image.width] : [image.width, image.height];
  const from = new Uint32Array(image.data.buffer, image.data.byteOffset, image.width * image.height);
  const pixels = Uint32Array.from(from, (_, index) => {
    const [u, v] = [index % width, Math.floor(index / width)];
    const [x, y] = turned ? [v, u] : [u, v];
    const column = mirroredX ? image.width - 1 - x : x;
    const row = mirroredY ? image.height - 1 - y : y;
    return from[row * image.width + column];
  });
  return { width, height, data: new Uint8ClampedArray(pixels.buffer), hasAlpha: image.hasAlpha };
}
