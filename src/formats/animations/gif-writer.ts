// Writes animated GIFs (https://www.w3.org/Graphics/GIF/spec-gif89a.txt), frame by frame, with
// exactly the given colours: one palette for all frames, in the given order. Other encoders choose
// their own palette and would undo a carefully chosen one.

import { UserError } from "../../errors.ts";
import { nameOption } from "../../option-names.ts";
import { joined } from "../bytes/joined.ts";
import { changedPart, cutOut, type FramePixels, type Part } from "./changed-part.ts";

/** Indices are bytes. */
const mostColours = 256;

export interface GifOptions {
  /** How often it plays; 0 means forever. */
  readonly loops: number;
  /**
   * All colours [red, green, blue] that frames use, and possibly more, in this order. Default: in
   * order of appearance, which takes more bytes.
   */
  readonly palette?: readonly (readonly number[])[] | undefined;
}

export class GifWriter {
  private readonly blocks: Uint8Array[] = [];
  /** The index of each colour; 0 for transparent pixels. */
  private readonly places = new Map<number, number>();
  /** Whether the palette is complete. */
  private readonly isComplete: boolean = false;
  private readonly codeBits: number;
  /** The contents of the canvas. */
  private shown: FramePixels;
  /** A frame is written once the next one is known. */
  private waiting: { readonly frame: FramePixels; readonly delay: number } | undefined;
  /** Hundredths of a second by which the frames so far are too short. */
  private late = 0;

  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly options: GifOptions,
  ) {
    if (width > 65535 || height > 65535)
      throw new UserError(`A GIF has at most 65535 pixels a side, not ${width} x ${height}; write WebP or a sheet.`);
    const palette = options.palette ?? [];
    for (const [red, green, blue] of palette) this.placeOf((red | (green << 8) | (blue << 16) | 0xff000000) >>> 0);
    this.isComplete = palette.length > 0;
    // Transparency may need one more entry. Without a palette the final number of colours is
    // unknown.
    this.codeBits = this.isComplete ? bitsFor(this.places.size + 1) : 8;
    this.shown = this.nothing();
  }

  /**
   * @param frame pixels with alpha below one half become transparent, all others opaque
   * @param delay milliseconds; a GIF stores hundredths of a second, and rounding errors are
   * compensated in later frames
   * @throws UserError at the 257th colour
   */
  add(frame: FramePixels, delay: number): void {
    const pixels = frame.pixels.map((pixel) => (pixel >>> 24 < 128 ? 0 : (pixel | 0xff000000) >>> 0));
    const next = { ...frame, pixels };
    if (this.waiting) this.write(this.waiting, next);
    this.waiting = { frame: next, delay };
  }

  /** The whole file. */
  finish(): Uint8Array<ArrayBuffer> {
    if (this.waiting) this.write(this.waiting);
    this.waiting = undefined;
    const bits = Math.max(1, bitsFor(this.places.size));
    const screen = new Uint8Array(13 + 3 * 2 ** bits);
    screen.set(bytesOf("GIF89a"));
    new DataView(screen.buffer).setUint16(6, this.width, true);
    new DataView(screen.buffer).setUint16(8, this.height, true);
    screen[10] = 0xf0 | (bits - 1); // a global palette of 8 bits a channel
    for (const [colour, place] of this.places)
      screen.set([colour & 255, (colour >>> 8) & 255, (colour >>> 16) & 255], 13 + 3 * place);
    return joined([screen, ...this.repetition(), ...this.blocks, Uint8Array.of(0x3b)]);
  }

  private nothing(): FramePixels {
    return { width: this.width, height: this.height, pixels: new Uint32Array(this.width * this.height) };
  }

  private placeOf(pixel: number): number {
    let place = this.places.get(pixel);
    if (place === undefined) {
      if (pixel !== 0 && this.isComplete) throw new RangeError("A GIF's palette lacks a colour of its frames.");
      this.places.set(pixel, (place = this.places.size));
    }
    if (place >= mostColours)
      throw new UserError(
        `it has more than ${mostColours} colors, more than a GIF can hold: limit them (${nameOption("colors", 255)}, or ${nameOption("palette")}), or write WebP.`,
      );
    return place;
  }

  /**
   * A frame is drawn over the previous one. If pixels must become transparent, the whole canvas is
   * cleared before it.
   */
  private write({ frame, delay }: { frame: FramePixels; delay: number }, next?: FramePixels): void {
    const clears = next?.pixels.some((pixel, i) => pixel === 0 && frame.pixels[i] !== 0) ?? false;
    const whole = { x: 0, y: 0, width: this.width, height: this.height };
    const part = clears ? whole : changedPart(this.shown, frame);
    // Some readers clear to the first colour if the frame itself has no transparency.
    if (clears) this.placeOf(0);
    const pixels = cutOut(frame, part);
    const indices = new Uint8Array(pixels.length);
    for (let i = 0; i < pixels.length; i++)
      indices[i] = i > 0 && pixels[i] === pixels[i - 1] ? indices[i - 1] : this.placeOf(pixels[i]);
    this.blocks.push(this.control(delay, clears), partHeader(part), lzw(indices, this.codeBits));
    this.shown = clears ? this.nothing() : frame;
  }

  private control(delay: number, clears: boolean): Uint8Array {
    const time = delay / 10 + this.late;
    // Players treat less than two hundredths as ten.
    const hundredths = delay === 0 ? 0 : Math.min(65535, Math.max(2, Math.round(time)));
    this.late = delay === 0 ? this.late : time - hundredths;
    const transparent = this.places.get(0);
    const flags = (clears ? 2 << 2 : 1 << 2) | (transparent === undefined ? 0 : 1);
    return Uint8Array.of(0x21, 0xf9, 4, flags, hundredths & 255, hundredths >> 8, transparent ?? 0, 0);
  }

  /**
   * Without this block the frames play once; its number counts the repetitions after the first
   * time.
   */
  private repetition(): Uint8Array[] {
    const { loops } = this.options;
    if (loops === 1) return [];
    const again = loops === 0 ? 0 : Math.min(65535, loops - 1);
    return [Uint8Array.of(0x21, 0xff, 11, ...bytesOf("NETSCAPE2.0"), 3, 1, again & 255, again >> 8, 0)];
  }
}

function bytesOf(text: string): number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}

/** The bits needed to distinguish this many values. */
function bitsFor(count: number): number {
  return Math.ceil(Math.log2(count));
}

function partHeader({ x, y, width, height }: Part): Uint8Array {
  return Uint8Array.of(0x2c, ...[x, y, width, height].flatMap((value) => [value & 255, value >> 8]), 0);
}

/** Codes have at most twelve bits. */
const mostCodes = 4096;

/**
 * Compressed indices (Welch, 1984): each code stands for an earlier sequence of indices plus one
 * more.
 */
function lzw(indices: Uint8Array, indexBits: number): Uint8Array {
  const bits = Math.max(2, indexBits);
  const [clear, end] = [2 ** bits, 2 ** bits + 1];
  const out: number[] = [];
  let [kept, keptBits] = [0, 0];
  let width = bits + 1;
  const put = (code: number) => {
    kept |= code << keptBits;
    keptBits += width;
    for (; keptBits >= 8; keptBits -= 8, kept >>>= 8) out.push(kept & 255);
  };
  let next = end + 1;
  // The code of each sequence extended by each index, and the table generation that it belongs to.
  const known = new Int32Array(mostCodes * 256);
  let time = 1;
  put(clear);
  let row = indices[0];
  for (let i = 1; i < indices.length; i++) {
    const longer = row * 256 + indices[i];
    if (known[longer] >= time * mostCodes) {
      row = known[longer] % mostCodes;
      continue;
    }
    put(row);
    if (next === mostCodes) {
      put(clear);
      time++;
      next = end + 1;
      width = bits + 1;
    } else {
      if (next === 2 ** width) width++;
      known[longer] = time * mostCodes + next++;
    }
    row = indices[i];
  }
  put(row);
  // The decoder learns codes one step later, and may be about to use one bit more.
  if (next === 2 ** width && width < 12) width++;
  put(end);
  if (keptBits > 0) out.push(kept & 255);
  const blocks: Uint8Array[] = [Uint8Array.of(bits)];
  for (let start = 0; start < out.length; start += 255) {
    const some = out.slice(start, start + 255);
    blocks.push(Uint8Array.of(some.length, ...some));
  }
  return joined([...blocks, Uint8Array.of(0)]);
}
