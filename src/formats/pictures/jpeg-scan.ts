// Whether the coded pixels of a JPEG are intact. Decoders draw what they can and report nothing: a
// flipped bit may shift the colours of half a picture without an error from libjpeg or a browser.
// So its segments and scans are parsed here once more (ITU-T T.81). Damage shows as codes that are
// in no table, coefficients outside a block, missing restart markers, leftover data, and impossible
// pictures (jpeg-codes.ts).

import { BitReader, Fault, type HuffmanTable, type JpegFault } from "./jpeg-bits.ts";
import { BlockReader, type Component, type Frame, type Scan } from "./jpeg-codes.ts";

/**
 * What is wrong with a JPEG; undefined if it is intact, or uses a rare coding (arithmetic,
 * lossless).
 */
export function jpegFault(bytes: Uint8Array): JpegFault | undefined {
  try {
    return readMarkers(bytes);
  } catch (error) {
    if (error instanceof Fault) return error.kind;
    throw error;
  }
}

function readMarkers(bytes: Uint8Array): JpegFault | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = new Map<number, HuffmanTable>();
  const steps = new Map<number, Uint16Array>();
  let frame: Frame | undefined;
  let interval = 0;
  let scans = 0;
  let adobeTransform = 1;
  for (let position = 2; ;) {
    while (bytes[position] === 0xff && bytes[position + 1] === 0xff) position++;
    if (position + 2 > bytes.length) return scans > 0 ? "no end" : "cut short";
    if (bytes[position] !== 0xff) return scans > 0 ? "spoilt" : undefined;
    const marker = bytes[position + 1];
    position += 2;
    if (marker === 0xd9) return undefined;
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) continue;
    if (position + 2 > bytes.length || position + view.getUint16(position) > bytes.length) return "cut short";
    const end = position + view.getUint16(position);
    const data = bytes.subarray(position + 2, end);
    position = end;
    if (marker === 0xc4) readTables(data, tables);
    else if (marker === 0xdb) readSteps(data, steps);
    else if (marker === 0xee && data.length >= 12) adobeTransform = data[11];
    else if (marker === 0xdd) interval = data[0] * 256 + data[1];
    else if (marker >= 0xc0 && marker <= 0xc2) frame = readFrame(data, marker === 0xc2, steps, adobeTransform !== 0);
    else if (marker > 0xc2 && marker < 0xd0 && marker !== 0xc8 && marker !== 0xcc) return undefined;
    else if (marker === 0xda) {
      // Without a height, which a later segment may give, blocks cannot be counted.
      if (!frame || frame.units === 0) return undefined;
      position = readScan(bytes, position, frame, scanOf(data, frame, tables), interval);
      scans++;
    }
  }
}

function readFrame(
  data: Uint8Array,
  progressive: boolean,
  steps: ReadonlyMap<number, Uint16Array>,
  mayBeYcc: boolean,
): Frame {
  const [precision, width, height] = [data[0], data[3] * 256 + data[4], data[1] * 256 + data[2]];
  const given = Array.from({ length: data[5] }, (_, i) => {
    const [id, sampling, table] = data.subarray(6 + 3 * i);
    return { id, horizontal: sampling >> 4, vertical: sampling & 15, steps: steps.get(table) };
  });
  const across = Math.max(...given.map(({ horizontal }) => horizontal));
  const down = Math.max(...given.map(({ vertical }) => vertical));
  if (given.some(({ horizontal, vertical }) => !(horizontal >= 1 && vertical >= 1))) throw new Fault("spoilt");
  const components = given.map((component): Component => {
    const columns = Math.ceil(Math.ceil((width * component.horizontal) / across) / 8);
    const rows = Math.ceil(Math.ceil((height * component.vertical) / down) / 8);
    return { ...component, columns, rows, nonZero: new Uint32Array(progressive ? 2 * columns * rows : 0) };
  });
  const units = Math.ceil(width / (8 * across)) * Math.ceil(height / (8 * down));
  // Some encoders name the components R, G and B instead of declaring RGB.
  const isYcc = mayBeYcc && components.length === 3 && components[0].id !== "R".charCodeAt(0);
  return { progressive, dcBits: precision + 3, acBits: precision + 2, components, units, isYcc };
}

/** Quantisation tables by number: 64 steps of one or two bytes each. */
function readSteps(data: Uint8Array, tables: Map<number, Uint16Array>): void {
  for (let position = 0; position < data.length;) {
    const [wide, number] = [data[position] >> 4 > 0, data[position++] & 15];
    const size = wide ? 128 : 64;
    const values = data.subarray(position, position + size);
    position += size;
    tables.set(
      number,
      Uint16Array.from({ length: 64 }, (_, k) => (wide ? values[2 * k] * 256 + values[2 * k + 1] : values[k])),
    );
  }
}

/** By the class, 0 for DC and 1 for AC, times 16, plus the table's number. */
function readTables(data: Uint8Array, tables: Map<number, HuffmanTable>): void {
  for (let position = 0; position + 17 <= data.length;) {
    const key = data[position];
    const counts = data.subarray(position + 1, position + 17);
    position += 17;
    const table = new Uint16Array(65536);
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      const width = 1 << (16 - length);
      for (let i = 0; i < counts[length - 1]; i++, code += width) {
        table.fill(length * 256 + data[position++], code, code + width);
      }
    }
    if (code > 65536) throw new Fault("spoilt");
    tables.set(key, table);
  }
}

function scanOf(data: Uint8Array, frame: Frame, tables: ReadonlyMap<number, HuffmanTable>): Scan {
  const count = data[0];
  if (!(count >= 1 && count <= 4)) throw new Fault("spoilt");
  const components = Array.from({ length: count }, (_, i) => {
    const [id, numbers] = data.subarray(1 + 2 * i);
    const component = frame.components.find((component) => component.id === id);
    if (!component) throw new Fault("spoilt");
    return { component, dc: tables.get(numbers >> 4), ac: tables.get(16 + (numbers & 15)) };
  });
  const [start, end, bits] = data.subarray(1 + 2 * count);
  return frame.progressive
    ? { components, start, end: Math.min(end, 63), refines: bits >> 4 > 0, shift: bits & 15 }
    : { components, start: 0, end: 63, refines: false, shift: 0 };
}

/**
 * Reads a scan's codes and returns the offset of the marker after it.
 *
 * @throws Fault
 */
function readScan(bytes: Uint8Array, position: number, frame: Frame, scan: Scan, interval: number): number {
  const bits = new BitReader(bytes, position);
  const blocks = new BlockReader(bits, frame, scan);
  const [{ component: only }] = scan.components;
  const isSingle = scan.components.length === 1;
  const units = isSingle ? only.columns * only.rows : frame.units;
  const counts = scan.components.map(({ component }) => (isSingle ? 1 : component.horizontal * component.vertical));
  const showsColour = frame.isYcc && scan.components.length === 3 && scan.start === 0 && !scan.refines;
  for (let unit = 0; unit < units; unit++) {
    if (interval > 0 && unit > 0 && unit % interval === 0) {
      bits.restart((unit / interval - 1) % 8);
      blocks.restart();
    }
    for (let index = 0; index < counts.length; index++) {
      for (let i = 0; i < counts[index]; i++) blocks.read(index, unit);
    }
    if (showsColour) blocks.checkColour(counts);
  }
  return bits.finish();
}
