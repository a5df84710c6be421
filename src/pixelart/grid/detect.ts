// Finds the pixel grid of a picture: the size of its cells, where they begin, whether there is a
// grid at all, and how certain that is. It runs on the CPU, deterministically and in double
// precision, so that a picture has the same answer everywhere. docs/pixelart.md describes the
// method and how well it works.

import { UserError } from "../../errors.ts";
import type { Image } from "../../picture/image.ts";
import { cellCount, evenCuts, trackedCuts } from "./cells/cuts.ts";
import type { Cuts } from "./cells/recover.ts";
import { mixedSizes, wasCompressed, type MixedSizes } from "./content/mixed.ts";
import { hasSingles, looksOf, looksTogether, nativenessOf } from "./content/native.ts";
import { photoLikelihood } from "./content/photo.ts";
import { detrended } from "./signal/fold.ts";
import { enlargementGain } from "./signal/interpolation.ts";
import { blocksOf } from "./signal/jpeg-blocks.ts";
import { planesOf, transposed, type Planes } from "./signal/planes.ts";
import { axisOf, type Axis, type Fit } from "./steps/axis.ts";
import { belowTwo } from "./steps/below-two.ts";
import { bestEvidence, enlargedTwice, evidenceOf, gainOfTwo } from "./steps/choice-evidence.ts";
import { chooseSteps } from "./steps/choose.ts";
import { confidenceOf, exactly, type AxisLine, type Evidence } from "./steps/confidence.ts";
import { shareAtCuts } from "./steps/refine.ts";

/**
 * `grid`: cells of one size; `native`: already one pixel per cell; `mixed`: two sizes of cells, of
 * which the finer is reported (1 if a part has one pixel per cell); `none`: no grid, as in photos.
 */
export type Verdict = "grid" | "native" | "none" | "mixed";

export interface GridFinding {
  readonly verdict: Verdict;
  /** Pixels along a cell's sides, possibly fractional; 1 for native pictures and without a grid. */
  readonly cell: readonly [number, number];
  /**
   * Where the first cell begins, in pixels, from minus half a cell to half a cell: less than half a
   * cell does not count.
   */
  readonly phase: readonly [number, number];
  /** Columns and rows. */
  readonly size: readonly [number, number];
  /** The probability, from 0 to 1, that the verdict, and the columns and rows, are right. */
  readonly confidence: number;
  readonly cuts: Cuts;
}

export interface GridWish {
  /** Pixels along a cell's side. */
  readonly cell?: number | undefined;
  /** Columns and rows, which then cover the whole picture. */
  readonly size?: readonly [number, number] | undefined;
  /**
   * Whether to report what the edges show, without asking if it is a photo, has narrower cells or
   * lies at whole pixels. Default: false. The audit's networks were fitted to such grids.
   */
  readonly unchecked?: boolean;
}

/** A grid is reported from this confidence on. */
const enough = 0.65;

/** A grid with cells like those of a photo is not reported from this likelihood on. */
const leastPhoto = 0.95;

/** From this contrast of the lines on, each cell has one colour, even those of a photo. */
const clearContrast = 1.75;

/** At most this many frames of an animation are examined. */
const mostFrames = 16;

/**
 * @param frames pictures of one size that share a grid; usually one
 * @param wish what is known about the grid; the verdict is then always `grid`
 * @throws RangeError without frames, or if their sizes differ; UserError if more cells are wished
 * than there are pixels
 */
export function findGrid(frames: readonly Image[], wish: GridWish = {}): GridFinding {
  const { width, height } = frames[0] ?? { width: 0, height: 0 };
  if (width === 0 || frames.some((frame) => frame.width !== width || frame.height !== height))
    throw new RangeError("All frames must have the same size to find their grid.");
  if (wish.size) return wishedSize([width, height], wish.size);
  const spread = frames.filter((_, i) => isLookedAt(i, frames.length));
  const each = new Map(spread.map((frame) => [frame, looksOf(frame)]));
  const looks = looksTogether([...each.values()]);
  const isExact = !wasCompressed(looks);
  const photoAt = ({ cuts }: GridFinding) => (wish.unchecked ? 0 : photoLikelihood(looked[0], cuts));
  // Some measures use only the first frame, so it is the one with the most edges.
  const looked = [...spread].sort((a, b) => each.get(b)!.steps - each.get(a)!.steps);
  const mixedOf = (fractions?: readonly number[], blocks?: readonly [number, number]) => {
    const mixed = mixedInFrames(spread, isExact, fractions, blocks);
    if (!mixed) return undefined;
    // If many runs are one pixel long, the finer cells do not have two or more.
    if (isExact && mixed.fine.step >= 2 && hasSingles(looks)) return undefined;
    const grid = mixedGrid(frames[0], mixed);
    return mixed.fine.step === 1 && photoAt(grid) > leastPhoto ? undefined : grid;
  };
  const atOnce = !wish.cell && isExact ? mixedOf() : undefined;
  if (atOnce) return atOnce;
  const upright = looked.map(planesOf);
  const planes = [upright, upright.map(transposed)];
  if (!wish.cell) {
    const native = nativenessOf(frames[0], looks);
    if (native >= 0.5 && gainOfTwo(planes) < sureGain) return oneToOne(frames[0], "native", native);
    if (Math.min(width, height) < leastSide) return oneToOne(frames[0], "none", 0.5);
  }
  const { isSmooth } = upright[0];
  const blocks = isSmooth ? undefined : blocksOf(looked[0]);
  const axes = [axisOf(planes[0], blocks?.[0]), axisOf(planes[1], blocks?.[1])] as const;
  const choices = chooseSteps(axes, wish.cell ? [wish.cell, wish.cell] : undefined);
  const all = choices.map((choice) => evidenceOf(axes, planes, choice, wish.cell));
  const best = bestEvidence(all);
  // Unlike a lossless enlargement, a smooth one leaves many runs one pixel long. So does JPEG,
  // whose coefficients also help to predict pixels.
  const evidence = wish.cell || blocks || !hasSingles(looks) ? best : enlargedTwice(axes, planes, best);
  if (!wish.cell && (evidence === best || isExact || blocks)) {
    const mixed = mixedOf(squareSteps(all), blocks);
    if (mixed) return mixed;
  }
  const gains = evidence.lines.map(({ step }, axis) => enlargementGain(planes[axis][0], step));
  const confidence = confidenceOf(evidence, gains, isSmooth);
  if (wish.cell) return { ...gridOf(axes, planes, evidence), confidence };
  if (confidence < enough) return oneToOne(frames[0], "none", 1 - confidence);
  const right = wish.unchecked ? evidence : belowTwo(axes, planes, evidence);
  if (!right) return oneToOne(frames[0], "none", 0.5);
  const found = { ...gridOf(axes, planes, right), confidence };
  const grid = wish.unchecked ? found : inWholePixels(found, planes);
  const [x, y] = evidence.lines;
  const photo = x.contrast * y.contrast > clearContrast ** 2 ? 0 : photoAt(grid);
  return photo > leastPhoto ? oneToOne(frames[0], "none", photo) : grid;
}

/** The steps of the choices with square cells. */
function squareSteps(all: readonly Evidence[]): number[] {
  return all.filter(({ lines: [x, y] }) => Math.abs(x.step / y.step - 1) < 0.01).map(({ lines: [x] }) => x.step);
}

/** Whether a frame is examined; these are evenly spread. */
export function isLookedAt(place: number, count: number, most = mostFrames): boolean {
  const every = Math.max(1, count / most);
  return Math.floor(place / every) !== Math.floor((place - 1) / every);
}

/**
 * The check for two pixel sizes is slow, so it examines few frames. This share of them must have
 * two: a figure may come and go, and a single frame may be wrong.
 */
const mostAsked = 6;
const leastShareMixed = 1 / 3;

/** The two sizes with the strongest evidence in any of the frames. */
function mixedInFrames(
  frames: readonly Image[],
  isExact: boolean,
  fractions?: readonly number[],
  blocks?: readonly [number, number],
): MixedSizes | undefined {
  const asked = frames.filter((_, i) => isLookedAt(i, frames.length, mostAsked));
  const found = asked.flatMap((frame) => mixedSizes(frame, isExact, fractions, blocks) ?? []);
  if (found.length === 0 || found.length < leastShareMixed * asked.length) return undefined;
  return found.reduce((most, other) => (other.bits > most.bits ? other : most));
}

/**
 * The finer of two sizes, over the whole picture. With more bits of evidence, coincidence is less
 * likely.
 */
function mixedGrid({ width, height }: Image, { fine, bits }: MixedSizes): GridFinding {
  const { step } = fine;
  const [x, y] = fine.phase.map((line) => line - step * Math.round(line / step));
  const size = [cellCount(width, step, x), cellCount(height, step, y)] as const;
  const cuts = { x: evenCuts(step, x, size[0]), y: evenCuts(step, y, size[1]) };
  return { verdict: "mixed", cell: [step, step], phase: [x, y], size, confidence: bits / (bits + doubt), cuts };
}

/** The evidence, in bits, at which two sizes are as likely as not. */
const doubt = 5;

/** The gain of a step of two that repeated tiles of art at its own size do not reach. */
const sureGain = 0.5;

/** In smaller pictures nothing repeats often enough. */
const leastSide = 12;

function oneToOne(image: Image, verdict: Verdict, confidence: number): GridFinding {
  const { width, height } = image;
  const cuts = { x: evenCuts(1, 0, width), y: evenCuts(1, 0, height) };
  return { verdict, cell: [1, 1], phase: [0, 0], size: [width, height], confidence, cuts };
}

function wishedSize([width, height]: readonly [number, number], size: readonly [number, number]): GridFinding {
  if (size[0] > width || size[1] > height)
    throw new UserError(
      `the picture has ${width} x ${height} pixels, too few for ${size[0]} x ${size[1]} cells; ` +
        "give a size of at most one cell per pixel.",
    );
  const cell = [width / size[0], height / size[1]] as const;
  const cuts = { x: evenCuts(cell[0], 0, size[0]), y: evenCuts(cell[1], 0, size[1]) };
  return { verdict: "grid", cell, phase: [0, 0], size, confidence: 1, cuts };
}

function gridOf(
  axes: readonly [Axis, Axis],
  planes: readonly (readonly Planes[])[],
  { choice, lines }: Evidence,
): Omit<GridFinding, "confidence"> {
  const [x, y] = axes.map((axis, i) => cutsOf(axis, planes[i], lines[i], choice.fits[i], choice.fits[1 - i]));
  return gridAt(x, y);
}

function gridAt(x: readonly number[], y: readonly number[]): Omit<GridFinding, "confidence"> {
  const stepOf = (cuts: readonly number[]) => (cuts[cuts.length - 1] - cuts[0]) / (cuts.length - 1);
  return {
    verdict: "grid",
    cell: [stepOf(x), stepOf(y)],
    phase: [x[0], y[0]],
    size: [x.length - 1, y.length - 1],
    cuts: { x, y },
  };
}

/** In pixels: a step this close to a whole number may stand for it. */
const mostApart = 0.05;

/**
 * The grid with lines at whole pixels, on each axis where they contain all edges: a search for the
 * step comes close to them, 3.001 for an enlargement by three, but does not meet them.
 */
function inWholePixels(grid: GridFinding, planes: readonly (readonly Planes[])[]): GridFinding {
  const [x, y] = [grid.cuts.x, grid.cuts.y].map((cuts, axis) => {
    const [step, first, count] = [Math.round(grid.cell[axis]), Math.round(cuts[0]), cuts.length - 1];
    const [frame] = planes[axis];
    if (step < 2 || Math.abs(grid.cell[axis] - step) > mostApart) return cuts;
    if (cellCount(frame.width, step, first) !== count) return cuts;
    const even = evenCuts(step, first, count);
    return shareAtCuts(frame, even) >= exactly ? even : cuts;
  });
  return { ...grid, ...gridAt(x, y) };
}

/**
 * If the step of a lossless enlargement drifts, even lines contain at most this share of the edges.
 */
const mostAstray = 0.9;

/**
 * Even cuts, or cuts that follow a drifting step: if both axes drift, or if those cuts contain all
 * edges and even ones do not.
 */
function cutsOf(
  { pixels, profiles }: Axis,
  planes: readonly Planes[],
  { step, phase, inLines }: AxisLine,
  fit: Fit,
  other: Fit,
): number[] {
  const even = evenCuts(step, phase, cellCount(pixels, step, phase));
  const follow = () => {
    const { whole, start } = profiles[0];
    return trackedCuts(detrended(whole, step), start, step, pixels);
  };
  const isSteady = Math.abs(other.step / fit.step - 1) < 0.015 && other.extent !== "parts";
  if (fit.extent === "parts" && !isSteady) return follow();
  // Narrower cells are cut at nearly all pixels, wherever their edges lie.
  if (inLines >= mostAstray || step < 2) return even;
  const followed = follow();
  return shareAtCuts(planes[0], followed) >= exactly ? followed : even;
}
