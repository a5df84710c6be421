// The codes of a JPEG's blocks, sequential and progressive, parsed without computing pixels. Since
// Huffman codes soon resynchronise, damage may show only as an impossible picture: blocks of more
// than full contrast, and mean colours far outside RGB.

import { Fault, type BitReader, type HuffmanTable } from "./jpeg-bits.ts";

export interface Component {
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

export interface Frame {
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

export interface Scan {
  readonly components: readonly { component: Component; dc: HuffmanTable | undefined; ac: HuffmanTable | undefined }[];
  readonly start: number;
  readonly end: number;
  /** Whether it refines coefficients by one more bit. */
  readonly refines: boolean;
  /** Bits that later scans add. */
  readonly shift: number;
}

/**
 * Levels by which the mean of a unit may lie outside 0 to 255: encoders that favour edges exceed it
 * by up to 40 in the most saturated pictures.
 */
const mostOutside = 64;

/** The codes of one block after another. */
export class BlockReader {
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

  /** At a restart marker, after which nothing depends on the blocks before it. */
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

  /** @param block its number within its component, in a scan of that component alone */
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
