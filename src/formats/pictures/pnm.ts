// Reads the portable anymaps of Netpbm: P1 to P6 (https://netpbm.sourceforge.net/doc/pnm.html),
// plain and raw, any maxval up to 65535. Written here because no available library reads all six in
// a browser as well. Only the first picture of a file is read.

import { UserError } from "../../errors.ts";
import { blankImage, checkImageSize, type Image } from "../../picture/image.ts";

export interface PnmHeader {
  /**
   * The digit of the magic number: 1 bitmap, 2 grey, 3 colour in decimal; 4, 5, 6 the same in
   * binary.
   */
  readonly kind: number;
  readonly width: number;
  readonly height: number;
  /** The sample that means white; 1 for bitmaps. */
  readonly maximum: number;
  /** The offset of the samples. */
  readonly offset: number;
}

export function isPnm(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] >= 0x31 && bytes[1] <= 0x36 && (isSpace(bytes[2]) || bytes[2] === hash);
}

/**
 * @throws UserError when the header is incomplete or not that of a portable anymap
 */
export function readPnmHeader(bytes: Uint8Array): PnmHeader {
  if (!isPnm(bytes)) throw new UserError("it does not start like a portable anymap (P1 to P6).");
  const kind = bytes[1] - 0x30;
  const text = new PlainText(bytes, 2);
  const width = text.integer("width");
  const height = text.integer("height");
  const maximum = kind === 1 || kind === 4 ? 1 : text.integer("maximum value");
  if (maximum < 1 || maximum > 65535)
    throw new UserError(`its maximum value is ${maximum}, but only 1 to 65535 are allowed.`);
  return { kind, width, height, maximum, offset: text.position };
}

/**
 * Samples are scaled to 8 bits by 255 / maximum, rounded to nearest.
 * @throws UserError when the file is damaged or cut short, or has more than `pixelLimit` pixels
 */
export function decodePnm(bytes: Uint8Array, pixelLimit?: number): Image {
  const { kind, width, height, maximum, offset } = readPnmHeader(bytes);
  checkImageSize(width, height, pixelLimit);
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const next = sampleReader(bytes, offset, kind, width, height, channels, maximum);
  const image = blankImage(width, height);
  const { data } = image;
  for (let i = 0; i < data.length; i += 4) {
    data[i] = next();
    data[i + 1] = channels === 3 ? next() : data[i];
    data[i + 2] = channels === 3 ? next() : data[i];
  }
  return image;
}

/** A function that returns the samples one after the other, scaled to 0..255. */
function sampleReader(
  bytes: Uint8Array,
  offset: number,
  kind: number,
  width: number,
  height: number,
  channels: number,
  maximum: number,
): () => number {
  const scale = (sample: number) => {
    if (sample > maximum)
      throw new UserError(`it has a sample of ${sample} above its maximum value ${maximum}; it is damaged.`);
    return Math.floor((sample * 510 + maximum) / (2 * maximum));
  };
  if (kind <= 3) {
    const samples = width * height * channels;
    // Plain samples take at least one byte each (two with the space between them, which bitmaps may
    // leave out).
    requireBytes(bytes, offset + (kind === 1 ? samples : 2 * samples - 1));
    const text = new PlainText(bytes, offset);
    return kind === 1 ? () => (text.bit() ? 0 : 255) : () => scale(text.integer("sample"));
  }
  if (kind === 4) {
    const rowBytes = Math.ceil(width / 8);
    requireBytes(bytes, offset + rowBytes * height);
    let x = 0;
    let row = offset;
    return () => {
      const bit = (bytes[row + (x >> 3)] >> (7 - (x & 7))) & 1;
      if (++x === width) {
        x = 0;
        row += rowBytes;
      }
      return bit ? 0 : 255;
    };
  }
  const wide = maximum > 255;
  requireBytes(bytes, offset + width * height * channels * (wide ? 2 : 1));
  let position = offset;
  if (wide) {
    return () => {
      const sample = (bytes[position] << 8) | bytes[position + 1];
      position += 2;
      return scale(sample);
    };
  }
  return maximum === 255 ? () => bytes[position++] : () => scale(bytes[position++]);
}

function requireBytes(bytes: Uint8Array, count: number): void {
  if (bytes.length < count) throw new UserError(`it is cut short: it needs ${count} bytes but has ${bytes.length}.`);
}

const hash = 0x23;
const endOfFile = -1;

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/**
 * Decimal numbers between white space, in which a comment, from # to the end of the line, counts as
 * the end of that line.
 */
class PlainText {
  constructor(
    private readonly bytes: Uint8Array,
    public position: number,
  ) {}

  /** The next byte; a comment is returned as its closing line feed. */
  private next(): number {
    if (this.position >= this.bytes.length) return endOfFile;
    let byte = this.bytes[this.position++];
    if (byte !== hash) return byte;
    while (byte !== 0x0a && byte !== 0x0d) {
      if (this.position >= this.bytes.length) return endOfFile;
      byte = this.bytes[this.position++];
    }
    return byte;
  }

  private nextVisible(what: string): number {
    let byte = this.next();
    while (isSpace(byte)) byte = this.next();
    if (byte === endOfFile) throw new UserError(`it is cut short where a ${what} should be.`);
    return byte;
  }

  /** Reads a number and the one byte that ends it. */
  integer(what: string): number {
    let value = 0;
    let byte = this.nextVisible(what);
    do {
      if (byte < 0x30 || byte > 0x39)
        throw new UserError(`it has something other than a number where a ${what} should be.`);
      value = 10 * value + (byte - 0x30);
      if (value > 0xffffffff) throw new UserError(`its ${what} is out of range.`);
      byte = this.next();
    } while (byte !== endOfFile && !isSpace(byte));
    return value;
  }

  /** One digit of a plain bitmap; white space between digits is optional. */
  bit(): boolean {
    const byte = this.nextVisible("sample");
    if (byte !== 0x30 && byte !== 0x31) throw new UserError("it is a bitmap with something other than 0 and 1 in it.");
    return byte === 0x31;
  }
}
