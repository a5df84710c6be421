// Two pixel sizes in one picture: a figure on a background that was enlarged more, text at one pixel a cell over art at four. In art of one size the borders
// between colours lie in any of its lines, in the odd ones as often as in the even. So where the borders of a part, across and down, all lie in the lines of a
// wider lattice, that part speaks for larger cells, with a bit for each border (more, if the lattice is not just twice as wide); parts that speak
// for the same lattice add up. A picture is mixed if enough speaks for a lattice, and enough other parts do not fit one of that step at all, but
// a finer one.

import type { Image } from "../../data/image.ts";
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
  /** What speaks for the coarse lattice, in bits. */
  readonly bits: number;
}

const wholeSteps = [16, 14, 12, 10, 9, 8, 7, 6, 5, 4, 3, 2];

/** Fractions nearer to a whole step than this share, or below the least, are not asked for. */
const nearWhole = 0.015;
const leastFraction = 2.4;

/** Parts have so many cells along a side, and begin at every half of it. */
const partCells = 6;

/** A part speaks from so many bits along its weaker axis on, since a few borders lie in a lattice by chance. */
const leastPartBits = 6;
/** Parts speak for a lattice if this share of their borders lies in it, and are of another size if less than the other share does. */
const inside = 0.97;
const outside = 0.75;

/** How much must speak for the coarse lattice, and against it elsewhere, also as a share of what speaks for it. */
const leastBits = 12;
const leastBitsElsewhere = 20;
const leastShareElsewhere = 0.05;

/** Parts that speak for a step speak for one phase of it, by this share: in art with a drifting grid, and by chance, for many. */
const leastShareOfPhase = 0.75;

/** The other parts are looked at in smaller windows, for figures are small. This share of them must speak for the other lattice, and so many bits. */
const otherCells = 4;
const leastShareOfOther = 0.2;
const leastBitsOfOther = 15;

/** Pictures of which more steps than this share are faint were compressed: their cells are not of one colour. */
const mostFaint = 0.4;

export function wasCompressed(looks: Looks): boolean {
  return looks.faint > mostFaint;
}

/**
 * @param isExact whether each cell has one colour; else strong steps alone are borders
 * @param fractions steps of a fraction that the picture may have, such as the peaks of its spectrum
 * @returns undefined where there is nothing to be seen of two sizes
 */
export function mixedSizes(image: Image, isExact: boolean, fractions: readonly number[] = []): MixedSizes | undefined {
  const borders = bordersOf(image, isExact);
  const steps = stepsWith(fractions);
  const size = [image.width, image.height] as const;
  const all = steps.map((step) => votesOf(windowsFor(borders, size, step, partCells * step), step));
  const found = all.flatMap(({ lattice, bits, hasOnePhase, others, bitsElsewhere }): MixedSizes[] => {
    if (!hasOnePhase || bits < leastBits || bitsElsewhere < leastElsewhere(bits)) return [];
    const eachOwn = () => (isExact ? eachPixel(borders, lattice.step, others) : undefined);
    const other = otherLattice(borders, size, steps, lattice.step, others) ?? eachOwn();
    if (!other) return [];
    const [fine, coarse] = [lattice, other].sort((a, b) => a.step - b.step);
    return [{ coarse, fine, bits }];
  });
  return widestOf(found);
}

/** Borders in a lattice lie in all that are finer by a whole factor: the widest is taken that has this share of the most bits. */
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

/** What a border in a lattice says: the next finer lattice is finer by this factor. Between fractions any is possible. */
function bitsOf(step: number): number {
  for (let factor = 2; factor < step; factor++) if (step % factor === 0) return Math.log2(factor);
  return Number.isInteger(step) ? Math.log2(step) : 1;
}

function windowsFor(borders: Borders, size: readonly [number, number], step: number, side: number): Window[] {
  return windowsOf(borders, size, step, side, leastPartBits / bitsOf(step));
}

interface Votes {
  /** That for which most speaks, and how much. */
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
    // Windows overlap, so that each border is in four of them.
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

/** The widest lattice of another step in which borders of the parts lie that do not fit the first one. */
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
 * At worst the lattice of the other parts is that of each pixel. Then stretches one pixel wide must be among them: where there are none, as in
 * art that was enlarged by a fraction, it is none of them.
 */
function eachPixel(borders: Borders, coarse: number, others: readonly Window[]): Lattice | undefined {
  const side = partCells * coarse;
  const narrow = others.filter(({ place: [x, y] }) => {
    return hasNeighbours(linesIn(borders.across, x, y, side)) && hasNeighbours(linesIn(borders.down, y, x, side));
  });
  return narrow.length >= others.length / 2 ? { step: 1, phase: [0, 0] } : undefined;
}

/** The lines of the borders in a window, each as often as it has borders. */
function linesIn(borders: Borders["across"], line: number, place: number, side: number): number[] {
  const found: number[] = [];
  const isIn = (at: number, middle: number) => at >= middle - side / 2 && at < middle + side / 2;
  for (let at = Math.max(0, Math.ceil(line - side / 2)); at < Math.min(borders.length, line + side / 2); at++)
    for (const one of borders[at]) if (isIn(one, place)) found.push(at);
  return found;
}

/** Whether a third of the lines lies beside another one. */
function hasNeighbours(lines: readonly number[]): boolean {
  const all = new Set(lines);
  return lines.filter((line) => all.has(line - 1) || all.has(line + 1)).length >= lines.length / 3;
}
