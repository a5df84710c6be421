// Two pixel sizes in one picture: a figure on a background that was enlarged more, text at one pixel a cell over art at four. In art of one size the borders
// between colours lie in any of its lines, in the odd ones as often as in the even. So where the borders of a part, across and down, all lie in the lines of a
// wider lattice, that part speaks for larger cells, with a bit for each border (more, if the lattice is not just twice as wide); parts that speak
// for the same lattice add up. A picture is mixed if enough speaks for a lattice, and enough other parts do not fit one of that step at all.

import { seenPixels, type Image } from "../../data/image.ts";
import { looksOf } from "./native.ts";

/** A lattice of square cells: its step in whole pixels, and its first lines. */
export interface Lattice {
  readonly step: number;
  readonly phase: readonly [number, number];
}

export interface MixedSizes {
  readonly coarse: Lattice;
  readonly fine: Lattice;
  /** What speaks for the coarse lattice, in bits. */
  readonly bits: number;
}

const steps = [16, 14, 12, 10, 9, 8, 7, 6, 5, 4, 3, 2];

/** Parts have so many cells along a side, and begin at every half of it. */
const partCells = 6;

/** A part speaks from so many bits along its weaker axis on, since a few borders lie in a lattice by chance. */
const leastPartBits = 7;
/** Parts speak for a lattice if this share of their borders lies in it, and are of another size if less than the other share does. */
const inside = 0.97;
const outside = 0.75;

/** How much must speak for the coarse lattice, and against it elsewhere, also as a share of what speaks for it. */
const leastBits = 20;
const leastBitsElsewhere = 20;
const leastShareElsewhere = 0.05;

/** Pictures of which more steps than this share are faint were compressed: their cells are not of one colour, and nothing is told of them. */
const mostFaint = 0.4;

/** @returns undefined where there is nothing to be seen of two sizes */
export function mixedSizes(image: Image): MixedSizes | undefined {
  if (looksOf(image).faint > mostFaint) return undefined;
  const borders = bordersOf(image);
  let best: MixedSizes | undefined;
  for (const step of steps) {
    const { lattices, others, bitsElsewhere } = votesOf(partsOf(borders, image, step), step);
    for (const [key, bits] of lattices) {
      const isMixed = bits >= leastBits && bitsElsewhere >= Math.max(leastBitsElsewhere, leastShareElsewhere * bits);
      if (!isMixed || bits <= (best?.bits ?? 0)) continue;
      const fine = fineLattice(others, step);
      if (fine) best = { coarse: { step, phase: [Math.floor(key / step), key % step] }, fine, bits };
    }
  }
  return best;
}

/** For each line, where borders in it begin, or go on between other colours. */
type Borders = readonly (readonly number[])[];

function bordersOf(image: Image): { across: Borders; down: Borders } {
  const { width, height } = image;
  const pixels = seenPixels(image);
  const differ = (a: number, b: number) => pixels[a] !== pixels[b];
  const along = (lines: number, lineStride: number, length: number, stride: number): Borders =>
    Array.from({ length: lines }, (_, line) => {
      const found: number[] = [];
      let isBorder = false;
      for (let i = 0, at = line * lineStride; line > 0 && i < length; i++, at += stride) {
        const before = isBorder;
        isBorder = differ(at, at - lineStride);
        if (!isBorder) continue;
        if (!before || differ(at, at - stride) || differ(at - lineStride, at - lineStride - stride)) found.push(i);
      }
      return found;
    });
  return { across: along(width, 1, height, width), down: along(height, width, width, 1) };
}

/** The lines of the borders in a part of the picture, each as often as it has borders. */
interface Part {
  readonly across: number[];
  readonly down: number[];
}

function partsOf({ across, down }: { across: Borders; down: Borders }, { width }: Image, step: number): Part[] {
  const half = (partCells * step) / 2;
  const columns = Math.ceil(width / half) + 1;
  const parts = new Map<number, Part>();
  const put = (x: number, y: number, axis: keyof Part, line: number) => {
    const [column, row] = [Math.floor(x / half), Math.floor(y / half)];
    for (const key of [0, 1, columns, columns + 1].map((aside) => row * columns + column + aside)) {
      let part = parts.get(key);
      if (!part) parts.set(key, (part = { across: [], down: [] }));
      part[axis].push(line);
    }
  };
  across.forEach((found, x) => found.forEach((y) => put(x, y, "across", x)));
  down.forEach((found, y) => found.forEach((x) => put(x, y, "down", y)));
  return [...parts.values()];
}

function votesOf(parts: readonly Part[], step: number) {
  const lattices = new Map<number, number>();
  const others: Part[] = [];
  let bitsElsewhere = 0;
  for (const part of parts) {
    // Parts overlap, so that each border is in four of them.
    const bits = Math.min(part.across.length, part.down.length) * Math.log2(leastFactor(step));
    if (bits < leastPartBits) continue;
    const [x, y] = [fittest(part.across, step), fittest(part.down, step)];
    if (Math.min(x.share, y.share) >= inside) {
      const key = x.phase * step + y.phase;
      lattices.set(key, (lattices.get(key) ?? 0) + bits / 4);
    } else if (Math.max(x.share, y.share) < outside) {
      bitsElsewhere += bits / 4;
      others.push(part);
    }
  }
  return { lattices, others, bitsElsewhere };
}

/** The phase of a step that most lines have, and the share of them. */
function fittest(lines: readonly number[], step: number): { phase: number; share: number } {
  const counts = new Uint32Array(step);
  for (const line of lines) counts[line % step]++;
  const phase = counts.indexOf(Math.max(...counts));
  return { phase, share: counts[phase] / Math.max(1, lines.length) };
}

/** The next finer lattice is finer by this. */
function leastFactor(step: number): number {
  for (let factor = 2; factor < step; factor++) if (step % factor === 0) return factor;
  return step;
}

/**
 * The widest lattice, finer than the coarse one, in which most borders of the parts lie that do not fit that one; at worst each pixel's. Then stretches one
 * pixel wide must be among them: where there are none, as in art that was enlarged by a fraction, no lattice of whole pixels is right.
 */
function fineLattice(parts: readonly Part[], coarse: number): Lattice | undefined {
  const [across, down] = [parts.flatMap((part) => part.across), parts.flatMap((part) => part.down)];
  for (const step of steps) {
    if (step >= coarse) continue;
    const [x, y] = [fittest(across, step), fittest(down, step)];
    // More than chance would bring there.
    if (Math.min(x.share, y.share) > (1 + 1 / step) / 2) return { step, phase: [x.phase, y.phase] };
  }
  const narrow = parts.filter((part) => hasNeighbours(part.across) && hasNeighbours(part.down));
  return narrow.length >= parts.length / 2 ? { step: 1, phase: [0, 0] } : undefined;
}

/** Whether a third of the lines lies beside another one. */
function hasNeighbours(lines: readonly number[]): boolean {
  const all = new Set(lines);
  return lines.filter((line) => all.has(line - 1) || all.has(line + 1)).length >= lines.length / 3;
}
