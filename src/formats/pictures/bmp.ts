// Reads Windows and OS/2 bitmaps: 1, 4, 8, 16, 24 and 32 bits, palettes, bit masks (with alpha),
// run-length coding, either row order.
// (https://learn.microsoft.com/windows/win32/gdi/bitmap-storage.) Written here because available
// libraries ignore palettes and row order, or trust the header so far that a small file can take
// all memory.
//
// As in Pillow, the fourth byte of a plain 32-bit pixel is padding; alpha counts only where the
// header has a mask for it. If it is 0 throughout, the program that wrote it meant padding too: the
// picture is opaque, as Windows shows it.

import { UserError } from "../../errors.ts";
import { blankImage, checkImageSize, type Image } from "../../picture/image.ts";

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /**
   * Rows are stored from top to bottom (marked by a negative height) instead of from bottom to top.
   */
  readonly topDown: boolean;
  readonly bitsPerPixel: number;
  readonly runLength: boolean;
  /** Red, green, blue, alpha; for 16 and 32 bits only. */
  readonly masks: readonly [number, number, number, number];
  /** Three or four bytes per entry, blue first; empty for more than 8 bits. */
  readonly palette: Uint8Array;
  readonly paletteEntryBytes: number;
  /** The offset of the pixels. */
  readonly offset: number;
}

const fileHeaderBytes = 14;
const coreHeaderBytes = 12;
const knownHeaderBytes = [coreHeaderBytes, 40, 52, 56, 64, 108, 124];
const compressions = ["none", "RLE8", "RLE4", "bit masks", "JPEG", "PNG", "bit masks with alpha"];

export function isBmp(bytes: Uint8Array): boolean {
  const smallHeader = bytes[15] === 0 && bytes[16] === 0 && bytes[17] === 0;
  return bytes[0] === 0x42 && bytes[1] === 0x4d && smallHeader && knownHeaderBytes.includes(bytes[14]);
}

/**
 * @throws UserError for kinds of bitmap that no current program writes, and for damaged or short
 * headers
 */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  if (!isBmp(bytes)) throw new UserError("it does not start like a bitmap (BM).");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = bytes[14];
  requireBytes(bytes, fileHeaderBytes + headerBytes);
  const core = headerBytes === coreHeaderBytes;
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const bitsPerPixel = view.getUint16(core ? 24 : 28, true);
  const compression = core ? 0 : view.getUint32(30, true);
  const masked = compression === 3 || compression === 6;
  const runLength = compression === 1 || compression === 2;
  const possible = masked
    ? headerBytes !== 64 && (bitsPerPixel === 16 || bitsPerPixel === 32)
    : runLength
      ? bitsPerPixel === (compression === 1 ? 8 : 4) && signedHeight > 0
      : compression === 0 && [1, 4, 8, 16, 24, 32].includes(bitsPerPixel);
  if (!possible) {
    const kind = compressions[compression] ?? `number ${compression}`;
    throw new UserError(
      `it is a bitmap of ${bitsPerPixel} bits with compression ${kind}, which is not supported; save it as PNG.`,
    );
  }

  // Masks are part of the later headers, the one for alpha from 56 bytes on; after the 40-byte
  // header they follow it.
  const hasAlphaMask = headerBytes >= 56 || (headerBytes === 40 && compression === 6);
  const maskCount = masked ? (hasAlphaMask ? 4 : 3) : 0;
  const afterHeader = fileHeaderBytes + headerBytes + (headerBytes === 40 ? 4 * maskCount : 0);
  requireBytes(bytes, afterHeader);
  const mask = (index: number) => (index < maskCount ? view.getUint32(54 + 4 * index, true) : 0);
  const masks: BmpHeader["masks"] = masked
    ? [mask(0), mask(1), mask(2), mask(3)]
    : bitsPerPixel === 16
      ? [0x7c00, 0x03e0, 0x001f, 0]
      : [0xff0000, 0x00ff00, 0x0000ff, 0];

  const paletteEntryBytes = core ? 3 : 4;
  const colors = bitsPerPixel > 8 ? 0 : (core ? 0 : view.getUint32(46, true)) || 1 << bitsPerPixel;
  if (colors > 1 << bitsPerPixel) throw new UserError(`it declares a palette of ${colors} colours; it is damaged.`);
  const paletteEnd = afterHeader + colors * paletteEntryBytes;
  requireBytes(bytes, paletteEnd);
  const offset = view.getUint32(10, true);
  if (offset < paletteEnd) throw new UserError("its pixels start within its header; it is damaged.");
  return {
    width,
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bitsPerPixel,
    runLength,
    masks,
    palette: bytes.subarray(afterHeader, paletteEnd),
    paletteEntryBytes,
    offset,
  };
}

/**
 * Masked samples of other than 8 bits are scaled to 0..255, rounded to nearest.
 * @throws UserError when the file is damaged, cut short, not supported, or has more than
 * `pixelLimit` pixels
 */
export function decodeBmp(bytes: Uint8Array, pixelLimit?: number): Image {
  const header = readBmpHeader(bytes);
  const { width, height, bitsPerPixel } = header;
  checkImageSize(width, height, pixelLimit);
  if (bitsPerPixel <= 8) return decodePalette(bytes, header);
  const stride = rowBytes(bytes, header);
  const image = { ...blankImage(width, height), hasAlpha: header.masks[3] !== 0 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const channels = header.masks.map(maskedChannel);
  const used = image.hasAlpha ? 4 : 3;
  for (let y = 0, out = 0; y < height; y++) {
    let from = header.offset + stride * (header.topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++, out += 4, from += bitsPerPixel >> 3) {
      if (bitsPerPixel === 24) {
        image.data[out] = bytes[from + 2];
        image.data[out + 1] = bytes[from + 1];
        image.data[out + 2] = bytes[from];
      } else {
        const word = bitsPerPixel === 16 ? view.getUint16(from, true) : view.getUint32(from, true);
        for (let channel = 0; channel < used; channel++) image.data[out + channel] = channels[channel](word);
      }
    }
  }
  return image.hasAlpha && isEmpty(image) ? opaque(image) : image;
}

function isEmpty({ data }: Image): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) return false;
  return true;
}

function opaque(image: Image): Image {
  for (let i = 3; i < image.data.length; i += 4) image.data[i] = 255;
  return { ...image, hasAlpha: false };
}

/** Extracts the bits under a mask and scales them to 0..255. */
function maskedChannel(mask: number): (word: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const maximum = mask >>> shift;
  if ((maximum & (maximum + 1)) !== 0) throw new UserError("its bit masks have gaps; it is damaged.");
  return (word) => Math.floor((((word & mask) >>> shift) * 510 + maximum) / (2 * maximum));
}

function decodePalette(bytes: Uint8Array, header: BmpHeader): Image {
  const { width, height, palette, paletteEntryBytes } = header;
  const indices = header.runLength ? expandRuns(bytes, header) : unpackRows(bytes, header);
  const image = blankImage(width, height);
  for (let y = 0, out = 0; y < height; y++) {
    const row = width * (header.topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++, out += 4) {
      const entry = indices[row + x] * paletteEntryBytes;
      if (entry >= palette.length)
        throw new UserError("it uses colours that its palette does not have; it is damaged.");
      image.data[out] = palette[entry + 2];
      image.data[out + 1] = palette[entry + 1];
      image.data[out + 2] = palette[entry];
    }
  }
  return image;
}

/** Palette indices, one per byte, in the order of the file's rows. */
function unpackRows(bytes: Uint8Array, header: BmpHeader): Uint8Array {
  const { width, height, bitsPerPixel: bits } = header;
  const stride = rowBytes(bytes, header);
  const indices = new Uint8Array(width * height);
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  for (let y = 0; y < height; y++) {
    const row = header.offset + stride * y;
    for (let x = 0; x < width; x++) {
      const shift = 8 - bits * ((x % perByte) + 1);
      indices[y * width + x] = (bytes[row + Math.floor(x / perByte)] >> shift) & mask;
    }
  }
  return indices;
}

/** The same from run-length coding; pixels that the runs skip are 0. */
function expandRuns(bytes: Uint8Array, { width, height, bitsPerPixel, offset }: BmpHeader): Uint8Array {
  const indices = new Uint8Array(width * height);
  const damaged = () => new UserError("its runs extend beyond the picture; it is damaged.");
  let position = offset;
  const next = () => {
    if (position >= bytes.length) throw new UserError("it is cut short.");
    return bytes[position++];
  };
  let x = 0;
  let y = 0;
  const put = (index: number) => {
    if (x >= width || y >= height) throw damaged();
    indices[y * width + x++] = index;
  };
  for (;;) {
    const count = next();
    const value = next();
    if (count > 0) {
      for (let i = 0; i < count; i++) put(bitsPerPixel === 8 ? value : i % 2 === 0 ? value >> 4 : value & 15);
    } else if (value === 0) {
      x = 0;
      y++;
    } else if (value === 1) {
      return indices;
    } else if (value === 2) {
      x += next();
      y += next();
      if (x > width || y > height) throw damaged();
    } else {
      const start = position;
      for (let i = 0, pair = 0; i < value; i++) {
        if (bitsPerPixel === 8) put(next());
        else {
          if (i % 2 === 0) pair = next();
          put(i % 2 === 0 ? pair >> 4 : pair & 15);
        }
      }
      if ((position - start) % 2 === 1) position++;
    }
  }
}

/** Bytes from one row to the next, a multiple of 4; the last row may lack its padding. */
function rowBytes(bytes: Uint8Array, { width, height, bitsPerPixel, offset }: BmpHeader): number {
  const packed = Math.ceil((width * bitsPerPixel) / 8);
  const stride = 4 * Math.ceil(packed / 4);
  requireBytes(bytes, offset + stride * (height - 1) + packed);
  return stride;
}

function requireBytes(bytes: Uint8Array, count: number): void {
  if (bytes.length < count) throw new UserError(`it is cut short: it needs ${count} bytes but has ${bytes.length}.`);
}
