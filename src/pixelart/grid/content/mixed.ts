// Two pixel sizes in one picture: a figure on a background that was enlarged more, or text at one
// pixel per cell over art at four. In art of one size, the borders between colours lie in odd lines
// of its grid as often as in even ones. So if all borders of a part, across and down, lie in the
// lines of a wider lattice, that is evidence for larger cells: one bit per border, or more if the
// lattice is more than twice as wide. The evidence of parts with the same lattice adds up. A
// picture is mixed if a lattice has enough evidence, and enough other parts fit no lattice of that
// step but one of another step.

import type { Image } from "../../../picture/image.ts";
import { block } from "../signal/jpeg-blocks.ts";
import { bordersOf, type Borders } from "./borders.ts";
import type { Looks } from "./native.ts";
import { windowsOf, type Window } from "./windows.ts";

/** A lattice of square cells: its step in pixels, and its first lines. */
export interface Lattice {
  readonly step: number;
  readonly phase: readonly [number, number];
}

export interface MixedSizes {
  readonly coarse: Lattice;
  readonly fine: Lattice;
  /** The evidence for the first lattice, in bits. */
  readonly bits: number;
}

const wholeSteps = [16, 14, 12, 10, 9, 8, 7, 6, 5, 4, 3, 2];

/** Fractional steps this close to a whole one, or smaller than the least, are not tried. */
const nearWhole = 0.015;
const leastFraction = 2.4;

/** If the first lattice and blocks contain at least this share of the borders elsewhere, these are no evidence. */
const mostByBlocks = 0.7;

/** Parts are windows of this many cells along a side, and overlap by half. */
const partCells = 6;

/**
 * A part needs this many bits along its weaker axis, since a few borders lie in a lattice by
 * chance.
 */
const leastPartBits = 6;
/**
 * A part belongs to a lattice if this share of its borders lies in it, and has another size if less
 * than the other share does.
 */
const inside = 0.97;
const outside = 0.75;

/**
 * The evidence required for a lattice, and against it elsewhere, the latter also as a share of the
 * former.
 */
const leastBits = 12;
const leastBitsElsewhere = 20;
const leastShareElsewhere = 0.05;

/**
 * This share of the evidence for a step must agree on one phase: with a drifting grid, or by
 * chance, phases differ.
 */
const leastShareOfPhase = 0.75;

/**
 * Figures are small, so the other parts are examined in smaller windows. The other lattice needs
 * this share of their evidence, and this many bits.
 */
const otherCells = 4;
const leastShareOfOther = 0.2;
const leastBitsOfOther = 15;

/**
 * A picture with a larger share of faint steps was compressed: its cells do not have one colour
 * each.
 */
const mostFaint = 0.4;

export function wasCompressed(looks: Looks): boolean {
  return looks.faint > mostFaint;
}

/**
 * @param isExact whether each cell has one colour; otherwise only strong steps are borders
 * @param fractions fractional steps to try, such as the peaks of the picture's spectrum
 * @param blocks where the first block of a JPEG begins, if it was one
 * @returns undefined without evidence of two sizes
 */
export function mixedSizes(
  image: Image,
  isExact: boolean,
  fractions: readonly number[] = [],
  blocks?: readonly [number, number],
): MixedSizes | undefined {
  const borders = bordersOf(image, isExact);
  const steps = stepsWith(fractions);
  const size = [image.width, image.height] as const;
  const all = steps.map((step) => votesOf(windowsFor(borders, size, step, partCells * step), step));
  const found = all.flatMap(({ lattice, bits, hasOnePhase, others, bitsElsewhere }): MixedSizes[] => {
    if (!hasOnePhase || bits < leastBits || bitsElsewhere < leastElsewhere(bits)) return [];
    const eachOwn = () => (isExact ? eachPixel(borders, lattice.step, others) : undefined);
    const other = otherLattice(borders, size, steps, lattice.step, others) ?? eachOwn();
    if (!other || (blocks && areBlocks(borders, lattice, others, blocks))) return [];
    const [fine, coarse] = [lattice, other].sort((a, b) => a.step - b.step);
    return [{ coarse, fine, bits }];
  });
  return widestOf(found);
}

/**
 * Borders in a lattice also lie in every lattice finer by a whole factor. So the widest with this
 * share of the most bits wins.
 */
const widestTrust = 0.35;

/** @param all from the widest to the narrowest */
function widestOf<T extends { readonly bits: number }>(all: readonly T[]): T | undefined {
  const most = Math.max(...all.map(({ bits }) => bits));
  return all.find(({ bits }) => bits >= widestTrust * most);
}

function leastElsewhere(bits: number): number {
  return Math.max(leastBitsElsewhere, leastShareElsewhere * bits);
}

function stepsWith(fractions: readonly number[]): number[] {
  const isFraction = (step: number) =>
    step >= leastFraction && step < wholeSteps[0] && Math.abs(step / Math.round(step) - 1) > nearWhole;
  return [...wholeSteps, ...fractions.filter(isFraction)].sort((a, b) => b - a);
}

/**
 * The bits of one border in a lattice: the logarithm of the factor to the next finer lattice.
 * Between fractions, any factor is possible.
 */
function bitsOf(step: number): number {
  for (let factor = 2; factor < step; factor++) if (step % factor === 0) return Math.log2(factor);
  return Number.isInteger(step) ? Math.log2(step) : 1;
}

function windowsFor(borders: Borders, size: readonly [number, number], step: number, side: number): Window[] {
  return windowsOf(borders, size, step, side, leastPartBits / bitsOf(step));
}

interface Votes {
  /** The lattice with the most evidence. */
  readonly lattice: Lattice;
  readonly bits: number;
  readonly others: readonly Window[];
  readonly bitsElsewhere: number;
  readonly bitsInAll: number;
  readonly hasOnePhase: boolean;
}

function votesOf(windows: readonly Window[], step: number): Votes {
  const lattices = new Map<string, { lattice: Lattice; bits: number }>();
  const others: Window[] = [];
  let [bitsElsewhere, bitsOfAny, bitsInAll] = [0, 0, 0];
  for (const window of windows) {
    const { across, down, count } = window;
    // Windows overlap, so each border is in four of them.
    const bits = (count * bitsOf(step)) / 4;
    bitsInAll += bits;
    if (Math.min(across.share, down.share) >= inside) {
      const phase = [across.phase, down.phase] as const;
      const key = phase.map((place) => Math.round(place) % Math.round(step)).join();
      const own = lattices.get(key) ?? { lattice: { step, phase }, bits: 0 };
      own.bits += bits;
      bitsOfAny += bits;
      lattices.set(key, own);
    } else if (Math.max(across.share, down.share) < outside) {
      bitsElsewhere += bits;
      others.push(window);
    }
  }
  let best = { lattice: { step, phase: [0, 0] as const } as Lattice, bits: 0 };
  for (const own of lattices.values()) if (own.bits > best.bits) best = own;
  const hasOnePhase = best.bits >= leastShareOfPhase * bitsOfAny;
  return { ...best, hasOnePhase, others, bitsElsewhere, bitsInAll };
}

/**
 * The widest lattice of another step that contains the borders of the parts that do not fit the
 * first one.
 */
function otherLattice(
  borders: Borders,
  size: readonly [number, number],
  steps: readonly number[],
  coarse: number,
  others: readonly Window[],
): Lattice | undefined {
  const side = partCells * coarse;
  const isOther = ({ place }: Window) =>
    others.some((other) => other.place.every((middle, axis) => Math.abs(middle - place[axis]) <= side / 4));
  const found = steps
    .filter((step) => Math.abs(step / coarse - 1) > 0.1)
    .map((step) => {
      const windows = windowsFor(borders, size, step, Math.max(otherCells * step, side / 2));
      return votesOf(windows.filter(isOther), step);
    })
    .filter(
      ({ bits, hasOnePhase, bitsInAll }) =>
        hasOnePhase && bits >= Math.max(leastBitsOfOther, leastShareOfOther * bitsInAll),
    );
  return widestOf(found)?.lattice;
}

/**
 * As a last resort, the other parts may have one pixel per cell. Then they must contain runs one
 * pixel long. Art that was enlarged by a fraction has none.
 */
function eachPixel(borders: Borders, coarse: number, others: readonly Window[]): Lattice | undefined {
  const side = partCells * coarse;
  const narrow = others.filter(({ place: [x, y] }) => {
    return hasNeighbours(linesIn(borders.across, x, y, side)) && hasNeighbours(linesIn(borders.down, y, x, side));
  });
  return narrow.length >= others.length / 2 ? { step: 1, phase: [0, 0] } : undefined;
}

/**
 * Whether the borders of the other parts lie in the first lattice and between the blocks of a JPEG. Together, these
 * look like a lattice that contains both: cells of six pixels and blocks of eight like cells of two.
 */
function areBlocks(
  borders: Borders,
  { step, phase }: Lattice,
  others: readonly Window[],
  blocks: readonly [number, number],
): boolean {
  const side = partCells * step;
  let [count, explained] = [0, 0];
  const isLine = (place: number, width: number) => Math.abs(place / width - Math.round(place / width)) * width <= 0.5;
  for (const { place } of others)
    for (const axis of [0, 1]) {
      const lines = linesIn([borders.across, borders.down][axis], place[axis], place[1 - axis], side);
      count += lines.length;
      explained += lines.filter(
        (line) => isLine(line - phase[axis], step) || isLine(line - blocks[axis], block),
      ).length;
    }
  return explained >= mostByBlocks * count;
}

/** The lines of the borders in a window, each once per border. */
function linesIn(borders: Borders["across"], line: number, place: number, side: number): number[] {
  const found: number[] = [];
  const isIn = (at: number, middle: number) => at >= middle - side / 2 && at < middle + side / 2;
  for (let at = Math.max(0, Math.ceil(line - side / 2)); at < Math.min(borders.length, line + side / 2); at++)
    for (const one of borders[at]) if (isIn(one, place)) found.push(at);
  return found;
}

/** Whether a third of the lines lies next to another one. */
function hasNeighbours(lines: readonly number[]): boolean {
  const all = new Set(lines);
  return lines.filter((line) => all.has(line - 1) || all.has(line + 1)).length >= lines.length / 3;
}
