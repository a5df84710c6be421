// Binary palette files: Adobe's .act, the RIFF .pal of Windows, and the palette in an .aseprite
// file.

import { UserError } from "../../errors.ts";
import { paletteOf, type Colour, type Palette } from "./palette.ts";

/**
 * Adobe's color table: 256 times red, green and blue. Since Photoshop CS2, two more numbers say how
 * many of them count and which one stands for transparency. (Adobe Photoshop File Formats
 * Specification, Color Table.)
 */
export function readAct(bytes: Uint8Array, name: string): Palette {
  if (bytes.length !== 768 && bytes.length !== 772) {
    throw new UserError(`a color table (.act) has 768 or 772 bytes, but this file has ${bytes.length}; save it again.`);
  }
  const view = viewOf(bytes);
  const said = bytes.length === 772 ? view.getUint16(768) : 256;
  const count = said >= 1 && said <= 256 ? said : 256;
  const transparent = bytes.length === 772 ? view.getUint16(770) : 0xffff;
  const entries = Array.from({ length: count }, (_, i) => [
    ...bytes.subarray(3 * i, 3 * i + 3),
    i === transparent ? 0 : 255,
  ]);
  return paletteOf(name, entries);
}

/**
 * Windows' LOGPALETTE in a RIFF file: a chunk `data` with a version, a count, and four bytes per
 * colour, the last of which is flags.
 */
export function readRiffPalette(bytes: Uint8Array, name: string): Palette {
  const view = viewOf(bytes);
  for (let start = 12; start + 8 <= bytes.length;) {
    const size = view.getUint32(start + 4, true);
    if (asciiAt(bytes, start, 4) === "data") {
      const count = start + 12 <= bytes.length ? view.getUint16(start + 10, true) : 0;
      if (size < 4 + 4 * count || start + 12 + 4 * count > bytes.length) throw cutShort("RIFF palette");
      const first = start + 12;
      const entries = Array.from({ length: count }, (_, i): Colour => [
        ...bytes.subarray(first + 4 * i, first + 4 * i + 3),
      ]);
      return paletteOf(name, entries);
    }
    start += 8 + size + (size % 2);
  }
  throw cutShort("RIFF palette");
}

export function isRiffPalette(bytes: Uint8Array): boolean {
  return asciiAt(bytes, 0, 4) === "RIFF" && asciiAt(bytes, 8, 4) === "PAL ";
}

export function isAseprite(bytes: Uint8Array): boolean {
  return bytes.length >= 6 && bytes[4] === 0xe0 && bytes[5] === 0xa5;
}

const chunks = { palette: 0x2019, oldPalette: 0x0004, oldestPalette: 0x0011 };

/**
 * The palette of an Aseprite sprite in its first frame. In sprites with indexed colours, one index
 * means transparency. (Aseprite File Format Specifications, docs/ase-file-specs.md in Aseprite's
 * repository.)
 */
export function readAseprite(bytes: Uint8Array, name: string): Palette {
  const view = viewOf(bytes);
  if (bytes.length < 144 || view.getUint16(132, true) !== 0xf1fa) throw cutShort("Aseprite file");
  const isIndexed = view.getUint16(12, true) === 8;
  const transparent = isIndexed ? bytes[28] : -1;
  const end = Math.min(128 + view.getUint32(128, true), bytes.length);
  const entries = new Map<number, Colour>();
  let isNew = false;
  for (let start = 144; start + 6 <= end;) {
    const size = view.getUint32(start, true);
    const type = view.getUint16(start + 4, true);
    if (size < 6 || start + size > end) throw cutShort("Aseprite file");
    const chunk = bytes.subarray(start + 6, start + size);
    if (type === chunks.palette) {
      if (!isNew) entries.clear(); // newer files contain both kinds
      isNew = true;
      readPaletteChunk(chunk, entries);
    } else if (!isNew && (type === chunks.oldPalette || type === chunks.oldestPalette)) {
      readOldPaletteChunk(chunk, type === chunks.oldestPalette, entries);
    }
    start += size;
  }
  if (entries.size === 0)
    throw new UserError("there is no palette in its first frame; save the palette alone, as .gpl.");
  entries.delete(transparent);
  return paletteOf(
    name,
    [...entries].sort(([a], [b]) => a - b).map(([, entry]) => entry),
  );
}

/**
 * The size of the palette, the first and last index in this chunk, and for each entry flags, four
 * bytes and possibly a name.
 */
function readPaletteChunk(chunk: Uint8Array, entries: Map<number, Colour>): void {
  if (chunk.length < 20) throw cutShort("Aseprite file");
  const view = viewOf(chunk);
  const [first, last] = [view.getUint32(4, true), view.getUint32(8, true)];
  for (let index = first, start = 20; index <= last; index++) {
    if (start + 6 > chunk.length) throw cutShort("Aseprite file");
    const hasName = (view.getUint16(start, true) & 1) !== 0;
    entries.set(index, [...chunk.subarray(start + 2, start + 6)]);
    start += 6;
    if (!hasName) continue;
    if (start + 2 > chunk.length) throw cutShort("Aseprite file");
    start += 2 + view.getUint16(start, true);
  }
}

/**
 * Packets: how many entries to skip, how many follow (0 means 256), and three bytes each, of six
 * bits in the oldest kind.
 */
function readOldPaletteChunk(chunk: Uint8Array, sixBits: boolean, entries: Map<number, Colour>): void {
  if (chunk.length < 2) throw cutShort("Aseprite file");
  let [index, start] = [0, 2];
  for (let packets = viewOf(chunk).getUint16(0, true); packets > 0; packets--) {
    if (start + 2 > chunk.length) throw cutShort("Aseprite file");
    index += chunk[start];
    const count = chunk[start + 1] || 256;
    start += 2;
    if (start + 3 * count > chunk.length) throw cutShort("Aseprite file");
    for (let i = 0; i < count; i++, index++, start += 3) {
      const colour = chunk.subarray(start, start + 3);
      entries.set(
        index,
        sixBits ? Array.from(colour, (value) => Math.min(Math.round((value * 255) / 63), 255)) : [...colour],
      );
    }
  }
}

function cutShort(kind: string): UserError {
  return new UserError(`it is a damaged or incomplete ${kind}; save it again, or its palette alone, as .gpl.`);
}

function asciiAt(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
