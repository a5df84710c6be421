// Writes animated PNGs (https://www.w3.org/TR/png-3/#apng-frame-based-animation) losslessly: with a
// palette for up to 256 colours, otherwise with 8 bits per channel. Each frame replaces the part
// that it changes.

import { joined } from "../bytes/joined.ts";
import { compressed, indexBits, packedRows, paletteChunks } from "../pictures/indexed-png.ts";
import { pngChunk, pngHeader, pngSignature } from "../pictures/png-chunks.ts";
import { changedPart, cutOut, type FramePixels, type Part } from "./changed-part.ts";

/** Indices are bytes. */
const mostColours = 256;

interface Piece {
  readonly part: Part;
  /** Milliseconds. */
  readonly delay: number;
  readonly pixels: Uint32Array;
}

export class ApngWriter {
  private readonly pieces: Piece[] = [];
  private readonly colours = new Set<number>();
  private before: FramePixels | undefined;

  /** @param loops how often it plays; 0 means forever */
  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly loops: number,
  ) {}

  add(frame: FramePixels, delay: number): void {
    // The first frame must be whole.
    const part = this.before ? changedPart(this.before, frame) : { x: 0, y: 0, width: this.width, height: this.height };
    const pixels = cutOut(frame, part);
    this.pieces.push({ part, delay, pixels });
    if (this.colours.size <= mostColours) for (const pixel of pixels) this.colours.add(pixel);
    this.before = frame;
  }

  /** The whole file. */
  async finish(): Promise<Uint8Array<ArrayBuffer>> {
    // Translucent colours come first, since the file stores alpha up to the last of them.
    const palette =
      this.colours.size <= mostColours ? [...this.colours].sort((a, b) => (a >>> 24) - (b >>> 24)) : undefined;
    const places = palette && new Map(palette.map((colour, i) => [colour, i]));
    const depth = palette ? indexBits(palette.length) : 8;
    const control = Uint8Array.of(...word(this.pieces.length), ...word(this.loops));
    const chunks = [pngHeader(this.width, this.height, depth, palette ? 3 : 6), pngChunk("acTL", control)];
    if (palette)
      chunks.push(...paletteChunks(palette.map((pixel) => [0, 8, 16, 24].map((shift) => (pixel >>> shift) & 255))));
    let serial = 0;
    for (const [i, { part, delay, pixels }] of this.pieces.entries()) {
      const { x, y, width, height } = part;
      const numbers = [serial++, width, height, x, y].flatMap(word);
      const time = Math.min(65535, Math.round(delay));
      // The delay as a fraction of a second. Then dispose: keep, and blend: replace with alpha.
      const fraction = [time >> 8, time & 255, 1000 >> 8, 1000 & 255];
      chunks.push(pngChunk("fcTL", Uint8Array.of(...numbers, ...fraction, 0, 0)));
      const rows = places
        ? packedRows(
            width,
            height,
            Uint8Array.from(pixels, (pixel) => places.get(pixel)!),
            depth,
          )
        : filteredRows(width, height, pixels);
      const data = await compressed(rows);
      chunks.push(i === 0 ? pngChunk("IDAT", data) : pngChunk("fdAT", joined([Uint8Array.from(word(serial++)), data])));
    }
    return joined([pngSignature, ...chunks, pngChunk("IEND", new Uint8Array(0))]);
  }
}

/**
 * Rows of RGBA with PNG's Sub filter, the difference to the pixel on the left, which compresses
 * better.
 */
function filteredRows(width: number, height: number, pixels: Uint32Array): Uint8Array<ArrayBuffer> {
  const sub = 1;
  const rowBytes = 1 + 4 * width;
  const rows = new Uint8Array(rowBytes * height);
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  for (let y = 0; y < height; y++) {
    const start = y * rowBytes;
    rows[start] = sub;
    for (let i = 0; i < 4 * width; i++) {
      const at = 4 * width * y + i;
      rows[start + 1 + i] = bytes[at] - (i < 4 ? 0 : bytes[at - 4]);
    }
  }
  return rows;
}

function word(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}
