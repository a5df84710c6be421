// What a picture file reveals without decoding: whether its name is a picture's, the kind by its
// first bytes, and the size for kinds with a simple header.

import { UserError } from "../../errors.ts";
import { isBmp, readBmpHeader } from "./bmp.ts";
import { exifOrientation } from "./exif.ts";
import { isPnm, readPnmHeader } from "./pnm.ts";

/** Extensions of pictures, in any case. The content, not the extension, decides the kind. */
export const pictureExtensions: readonly string[] =
  "jpg jpeg jpe jfif png apng webp gif tif tiff avif bmp dib ppm pgm pbm pnm".split(" ");

/** Whether a file in a folder, or one that a glob matches, counts as a picture. */
export function isPictureName(name: string): boolean {
  const [, extension] = /[^/\\]\.([^./\\]+)$/.exec(name) ?? [];
  return extension !== undefined && pictureExtensions.includes(extension.toLowerCase());
}

/**
 * The order of Python's strings. JavaScript's own differs above U+FFFF: it compares surrogates,
 * which are less than U+E000.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return lifted(x) - lifted(y);
  }
  return a.length - b.length;
}

function lifted(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

export type PictureKind = "JPEG" | "PNG" | "WebP" | "GIF" | "TIFF" | "AVIF" | "BMP" | "PNM";

/**
 * The kind by the first bytes.
 *
 * @throws UserError for anything else
 */
export function pictureKind(bytes: Uint8Array): PictureKind {
  if (bytes.length === 0) throw new UserError("it is empty.");
  const other = unreadKind(bytes);
  if (other !== undefined) throw new UserError(`it is ${other}, which is not supported; save it as JPEG or PNG.`);
  const ascii = (start: number, end: number) => String.fromCharCode(...bytes.subarray(start, end));
  if (ascii(0, 3) === "\xff\xd8\xff") return "JPEG";
  if (ascii(0, 8) === "\x89PNG\r\n\x1a\n") return "PNG";
  if (ascii(0, 4) === "RIFF" && ascii(8, 12) === "WEBP") return "WebP";
  if (ascii(0, 6) === "GIF87a" || ascii(0, 6) === "GIF89a") return "GIF";
  if (["II*\0", "MM\0*", "II+\0", "MM\0+"].includes(ascii(0, 4))) return "TIFF";
  if (brandsOf(bytes).some(isAvifBrand)) return "AVIF";
  if (isBmp(bytes)) return "BMP";
  if (isPnm(bytes)) return "PNM";
  throw new UserError("it is not a picture of a known kind (JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP, PNM).");
}

/** A picture of an unsupported kind, by its first bytes; undefined for everything else. */
export function unreadKind(bytes: Uint8Array): string | undefined {
  const brands = brandsOf(bytes);
  if (!brands.some(isAvifBrand) && brands.some((brand) => /^(hei|hev|mif1|msf1)/.test(brand))) return "HEIC";
  if (brands[0] === "crx ") return "CR3";
  const text = String.fromCharCode(...bytes.subarray(0, 16));
  return signatures.find(([signature]) => signature.test(text))?.[1];
}

const signatures: readonly (readonly [RegExp, string])[] = [
  [/^(\xff\n|\0\0\0\x0cJXL )/, "JPEG XL"],
  [/^(\0\0\0\x0cjP {2}|\xff\x4f\xff\x51)/, "JPEG 2000"],
  [/^II\xbc/, "JPEG XR"],
  [/^8BPS/, "PSD"],
  [/^v\/1\x01/, "OpenEXR"],
  [/^#\?RADIANCE/, "HDR"],
  [/^qoif/, "QOI"],
  [/^II\*\0[^]{4}CR/, "CR2"],
  [/^FUJIFILMCCD-RAW/, "RAF"],
  [/^(IIR[OS]|MMOR)/, "ORF"],
  [/^IIU\0/, "RW2"],
];

/**
 * The brands of a file of the MP4 family: the first box lists them, four letters each, after its
 * size, its name and the first brand's version.
 */
function brandsOf(bytes: Uint8Array): string[] {
  const ascii = (start: number, end: number) => String.fromCharCode(...bytes.subarray(start, end));
  if (bytes.length < 12 || ascii(4, 8) !== "ftyp") return [];
  const end = Math.min(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), bytes.length, 256);
  const brands = [ascii(8, 12)];
  for (let start = 16; start + 4 <= end; start += 4) brands.push(ascii(start, start + 4));
  return brands;
}

const isAvifBrand = (brand: string) => brand === "avif" || brand === "avis";

/**
 * The size of a picture as stored, before any orientation; undefined for kinds whose header is not
 * read here, and if the bytes do not contain it.
 */
export function storedSize(kind: PictureKind, bytes: Uint8Array): { width: number; height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (kind) {
    case "BMP":
      return readBmpHeader(bytes);
    case "PNM":
      return readPnmHeader(bytes);
    case "PNG":
      return bytes.length < 24 ? undefined : { width: view.getUint32(16), height: view.getUint32(20) };
    case "GIF":
      return bytes.length < 10 ? undefined : { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    case "JPEG":
      return jpegSize(bytes);
    case "WebP":
      return webpSize(view);
    case "TIFF":
    case "AVIF":
      return undefined;
  }
}

/**
 * The size of a picture as shown, after orientation, from the beginning of its file; undefined if
 * that does not contain it.
 *
 * @throws UserError if it is not a picture
 */
export function uprightSize(beginning: Uint8Array): { width: number; height: number } | undefined {
  const kind = pictureKind(beginning);
  const size = storedSize(kind, beginning);
  // In a WebP picture EXIF comes last; its header says whether it will come.
  if (!size || (kind === "WebP" && beginning[15] === 0x58 && (beginning[20] & 0x08) !== 0)) return undefined;
  const { width, height } = size;
  return orientationIn(kind, beginning) >= 5 ? { width: height, height: width } : { width, height };
}

function orientationIn(kind: PictureKind, bytes: Uint8Array): number {
  if (kind === "PNG") {
    for (const { name, data } of pngChunks(bytes)) if (name === "eXIf") return exifOrientation(data);
  }
  if (kind === "JPEG") {
    for (const { marker, data } of jpegSegments(bytes)) {
      const isExif = marker === 0xe1 && String.fromCharCode(...data.subarray(0, 6)) === "Exif\0\0";
      if (isExif) return exifOrientation(data.subarray(6));
    }
  }
  return 1;
}

/**
 * The chunks of a PNG before its pixels. After the signature each has a length, four letters, its
 * data, and a checksum.
 */
export function* pngChunks(bytes: Uint8Array): Generator<{ name: string; data: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 8; start + 8 <= bytes.length;) {
    const length = view.getUint32(start);
    const name = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
    if (name === "IDAT") return;
    yield { name, data: bytes.subarray(start + 8, start + 8 + length) };
    start += 12 + length;
  }
}

/** The segments of a JPEG before its pixels, each with its length. */
export function* jpegSegments(bytes: Uint8Array): Generator<{ marker: number; data: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 2; start + 4 <= bytes.length;) {
    if (bytes[start] !== 0xff) return;
    const marker = bytes[start + 1];
    if (marker === 0xff) {
      start++; // a fill byte
      continue;
    }
    if (marker === 0xda) return;
    const length = view.getUint16(start + 2);
    yield { marker, data: bytes.subarray(start + 4, start + 2 + length) };
    start += 2 + length;
  }
}

/** The segment that begins a frame (SOF) contains it. */
function jpegSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  for (const { marker, data } of jpegSegments(bytes)) {
    const beginsFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (!beginsFrame) continue;
    return data.length < 5 ? undefined : { width: data[3] * 256 + data[4], height: data[1] * 256 + data[2] };
  }
  return undefined;
}

/**
 * The first chunk contains it: the frame of a lossy or lossless picture, or the canvas of an
 * extended one.
 */
function webpSize(view: DataView): { width: number; height: number } | undefined {
  if (view.byteLength < 30) return undefined;
  const chunk = String.fromCharCode(...[12, 13, 14, 15].map((index) => view.getUint8(index)));
  if (chunk === "VP8 ") return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (chunk === "VP8L") {
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  if (chunk !== "VP8X") return undefined;
  return { width: 1 + (view.getUint32(24, true) & 0xffffff), height: 1 + (view.getUint32(26, true) >>> 8) };
}
