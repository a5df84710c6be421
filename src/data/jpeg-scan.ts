// Whether the coded pixels of a JPEG are intact. Decoders draw what they can and report nothing: a
// flipped bit may shift the colours of half a picture without an error from libjpeg or a browser.
// So the Huffman codes are read here once more (ITU-T T.81), sequential and progressive, without
// computing pixels. Damage shows as codes that are in no table, coefficients outside a block,
// missing restarts, and data that are left over. Since Huffman codes soon resynchronise, it also
// shows as impossible pictures: blocks of more than full contrast, and mean colours far outside
// RGB.

export type JpegFault =
  /** All pixels are there, but the end marker is not. */
  | "no end"
  /** The file ends within the pixels. */
  | "cut short"
  /** Some of the data are wrong. */
  | "spoilt";

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

class Fault extends Error {
  constructor(readonly kind: JpegFault) {
    super(kind);
  }
}

interface Component {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
  /** The number of blocks in a scan of this component alone. */
  columns: number;
  rows: number;
  /**
   * The quantisation step of each coefficient, in the order of the codes; undefined where no table
   * gives it.
   */
  readonly steps: Uint16Array | undefined;
  /** For each block, 64 bits: which coefficients are not zero. */
  nonZero: Uint32Array;
}

interface Frame {
  readonly progressive: boolean;
  /** The maximum bits of a DC difference and of an AC coefficient. */
  readonly dcBits: number;
  readonly acBits: number;
  readonly components: readonly Component[];
  /** The number of interleaved units. */
  readonly units: number;
  /** Whether the three components are Y, Cb and Cr. */
  readonly isYcc: boolean;
}

/**
 * For each 16 bits the length of the code that they begin with, times 256, plus its symbol; 0 where
 * there is none.
 */
type HuffmanTable = Uint16Array;

interface Scan {
  readonly components: readonly { component: Component; dc: HuffmanTable | undefined; ac: HuffmanTable | undefined }[];
  readonly start: number;
  readonly end: number;
  /** Whether it refines coefficients by one more bit. */
  readonly refines: boolean;
  /** Bits that later scans add. */
  readonly shift: number;
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

/** Reads a scan's codes. Returns the offset of the marker after it. @throws Fault */
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

/**
 * Levels by which the mean of a unit may lie outside 0 to 255: encoders that favour edges exceed it
 * by up to 40 in the most saturated pictures.
 */
const mostOutside = 64;

/** The codes of one block after another. */
class BlockReader {
  /** Remaining blocks that have no further coefficients in this band. */
  private skipped = 0;
  /** For each component, the DC coefficient of the previous block, and the sum over a unit. */
  private readonly dc: number[] = [];
  private readonly sums: number[] = [];

  /** For each component, the maximum sum of squares of a block's coefficients. */
  private readonly most: readonly number[];

  constructor(
    private readonly bits: BitReader,
    private readonly frame: Frame,
    private readonly scan: Scan,
  ) {
    const range = 8 * 2 ** (frame.acBits - 3);
    this.most = scan.components.map(({ component: { steps = [] } }) => {
      const rounding = Math.sqrt([...steps].reduce((sum, step) => sum + step ** 2, 0)) / 2;
      return (1.25 * range + rounding) ** 2;
    });
  }

  restart(): void {
    this.skipped = 0;
    this.dc.length = 0;
  }

  /** Refuses a unit whose mean colour is further outside RGB than rounding explains. */
  checkColour(counts: readonly number[]): void {
    const levels = this.scan.components.map(
      ({ component }) => ((component.steps?.[0] ?? 0) * 2 ** this.scan.shift) / 8 / 2 ** (this.frame.acBits - 10),
    );
    const [y, cb, cr] = levels.map((level, index) => (level * this.sums[index]) / counts[index]);
    const most = 128 + mostOutside + levels[0] + 1.772 * Math.max(levels[1], levels[2]);
    this.sums.length = 0;
    const colour = [y + 1.402 * cr, y - 0.344 * cb - 0.714 * cr, y + 1.772 * cb];
    if (colour.some((value) => Math.abs(value) > most)) throw new Fault("spoilt");
  }

  /**
   * @param block its number within its component, in a scan of that component alone
   */
  read(index: number, block: number): void {
    const { start, end, refines } = this.scan;
    const { component, dc, ac } = this.scan.components[index];
    if (!this.frame.progressive) {
      const sum =
        this.readDifference(index, dc) ** 2 * (component.steps?.[0] ?? 0) ** 2 +
        this.readSequential(ac, component.steps);
      if (sum > this.most[index]) throw new Fault("spoilt");
      return;
    }
    if (start === 0) {
      if (refines) this.bits.take(1);
      else this.readDifference(index, dc);
    }
    if (end === 0) return;
    const first = Math.max(1, start);
    if (refines) this.refine(ac, component.nonZero, 2 * block, first, end);
    else this.readFirst(ac, component.nonZero, 2 * block, first, end);
  }

  private size(table: HuffmanTable | undefined, most: number): number {
    const size = this.bits.symbol(table);
    if (size > most) throw new Fault("spoilt");
    return size;
  }

  /** The DC coefficient, coded as the difference from the previous one. */
  private readDifference(index: number, table: HuffmanTable | undefined): number {
    const size = this.size(table, this.frame.dcBits);
    const value = (this.dc[index] ?? 0) + this.bits.signed(size);
    this.dc[index] = value;
    this.sums[index] = (this.sums[index] ?? 0) + value;
    return value;
  }

  /** The sum of the squares of the dequantised coefficients. */
  private readSequential(table: HuffmanTable | undefined, steps: Uint16Array | undefined): number {
    let sum = 0;
    for (let k = 1; k < 64; k++) {
      const symbol = this.bits.symbol(table);
      const size = symbol & 15;
      if (size === 0 && symbol !== 0xf0) return sum;
      k += symbol >> 4;
      if (k > 63 || size > this.frame.acBits) throw new Fault("spoilt");
      sum += (this.bits.signed(size) * (steps?.[k] ?? 0)) ** 2;
    }
    return sum;
  }

  private readFirst(
    table: HuffmanTable | undefined,
    nonZero: Uint32Array,
    at: number,
    start: number,
    end: number,
  ): void {
    if (this.skipped > 0) {
      this.skipped--;
      return;
    }
    for (let k = start; k <= end; k++) {
      const symbol = this.bits.symbol(table);
      const [run, size] = [symbol >> 4, symbol & 15];
      if (size === 0 && run < 15) {
        this.skipped = (1 << run) - 1 + this.bits.take(run);
        return;
      }
      k += run;
      if (k > end || size > this.frame.acBits) throw new Fault("spoilt");
      if (size > 0) mark(nonZero, at, k);
      this.bits.take(size);
    }
  }

  /** Refines every nonzero coefficient by a bit, and turns some zeros into 1 or -1. */
  private refine(table: HuffmanTable | undefined, nonZero: Uint32Array, at: number, start: number, end: number): void {
    let k = start;
    for (; k <= end && this.skipped === 0; k++) {
      const symbol = this.bits.symbol(table);
      const size = symbol & 15;
      let run = symbol >> 4;
      if (size > 1) throw new Fault("spoilt");
      if (size === 0 && run < 15) {
        this.skipped = (1 << run) + this.bits.take(run);
        break;
      }
      if (size === 1) this.bits.take(1);
      for (; k <= end; k++) {
        if (isMarked(nonZero, at, k)) this.bits.take(1);
        else if (run-- === 0) break;
      }
      if (size === 0) continue;
      if (k > end) throw new Fault("spoilt");
      mark(nonZero, at, k);
    }
    if (this.skipped === 0) return;
    for (; k <= end; k++) if (isMarked(nonZero, at, k)) this.bits.take(1);
    this.skipped--;
  }
}

function mark(nonZero: Uint32Array, at: number, k: number): void {
  nonZero[at + (k >> 5)] |= 1 << (k & 31);
}

function isMarked(nonZero: Uint32Array, at: number, k: number): boolean {
  return ((nonZero[at + (k >> 5)] >>> (k & 31)) & 1) === 1;
}

/**
 * Bits of coded data, in which a 0 after 0xff is skipped; any other byte after 0xff is a marker,
 * where the data end.
 */
class BitReader {
  private held = 0;
  private count = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private position: number,
  ) {}

  /**
   * @throws Fault where the bits are no code of the table
   */
  symbol(table: HuffmanTable | undefined): number {
    if (!table) throw new Fault("spoilt");
    this.hold(16);
    const next = this.count >= 16 ? this.held >>> (this.count - 16) : this.held << (16 - this.count);
    const entry = table[next & 0xffff];
    const length = entry >> 8;
    if (length > this.count) this.fail();
    if (length === 0) throw new Fault("spoilt");
    this.count -= length;
    return entry & 255;
  }

  /** @param length up to 16 */
  take(length: number): number {
    if (length === 0) return 0;
    this.hold(length);
    if (length > this.count) this.fail();
    this.count -= length;
    return (this.held >>> this.count) & ((1 << length) - 1);
  }

  /** A number with this many bits, of which the first is 0 for negative ones. */
  signed(length: number): number {
    const value = this.take(length);
    return length > 0 && value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  /** Skips the padding of the last byte; the marker with that number must follow. */
  restart(number: number): void {
    this.position = this.finish();
    if (this.position + 2 > this.bytes.length) throw new Fault("cut short");
    if (this.bytes[this.position + 1] !== 0xd0 + number) throw new Fault("spoilt");
    this.position += 2;
  }

  /**
   * The offset of the marker that follows, or of the end. @throws Fault where data are left over
   */
  finish(): number {
    if (this.count >= 8) throw new Fault("spoilt");
    this.count = 0;
    let { position } = this;
    while (this.bytes[position] === 0xff && this.bytes[position + 1] === 0xff) position++;
    const isMarker = this.bytes[position] === 0xff && this.bytes[position + 1] !== 0;
    if (position < this.bytes.length && !isMarker) throw new Fault("spoilt");
    return position;
  }

  private hold(length: number): void {
    while (this.count < length && this.position < this.bytes.length) {
      const byte = this.bytes[this.position];
      if (byte === 0xff) {
        if (this.bytes[this.position + 1] !== 0) return;
        this.position++;
      }
      this.position++;
      this.held = (this.held << 8) | byte;
      this.count += 8;
    }
  }

  private fail(): never {
    throw new Fault(this.position + 1 >= this.bytes.length ? "cut short" : "spoilt");
  }
}
