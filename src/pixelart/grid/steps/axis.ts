// One axis of a picture: the steps that its edges may have, and how well each step explains them.

import { edgeProfilesOf, profileKinds, type EdgeProfile } from "../signal/edges.ts";
import { detrended, Folding } from "../signal/fold.ts";
import { block } from "../signal/jpeg-blocks.ts";
import type { Planes } from "../signal/planes.ts";
import { powersOfSize } from "../signal/spectrum.ts";
import { withoutBlocks } from "../signal/without-blocks.ts";

/**
 * The range of steps that are tried, in pixels a cell. Below it, cells cannot be distinguished from
 * pixels.
 */
export const leastStep = 1.9;
export const mostStep = 64;

export interface Axis {
  readonly pixels: number;
  /** One for each of `profileKinds`. */
  readonly profiles: readonly EdgeProfile[];
  /** Where the first block of a JPEG begins; undefined if the picture was not a JPEG. */
  readonly firstBlock: number | undefined;
  /** Whether the picture cannot show blocks. */
  readonly isSmooth: boolean;
  /**
   * The profiles of a JPEG without the edges of its blocks. The key is the number of cells in a
   * block for steps that divide the block, and 0 for all other steps.
   */
  readonly cleaned: ReadonlyMap<number, readonly EdgeProfile[]>;
}

/** How well a step explains an axis. */
export interface Fit {
  readonly step: number;
  /**
   * The share of the best profile's variance that the step explains, minus what chance would
   * explain; at most 1.
   */
  readonly share: number;
  /** The index of that profile in `profileKinds`. */
  readonly profile: number;
  /**
   * Where the grid has a single phase: everywhere, within each band of rows, or only within parts
   * of the axis, because it drifts.
   */
  readonly extent: "whole" | "bands" | "parts";
}

/**
 * @param frames of one size: one picture, or several that share a grid
 * @param firstBlock where the first block of a JPEG begins, if it was one
 */
export function axisOf(frames: readonly Planes[], firstBlock?: number): Axis {
  const profiles = edgeProfilesOf(frames);
  const cleaned = new Map<number, readonly EdgeProfile[]>();
  if (firstBlock !== undefined)
    for (const cells of [0, 2])
      cleaned.set(
        cells,
        profiles.map((profile) => withoutBlocks(profile, firstBlock, cells)),
      );
  const { width, isSmooth } = frames[0];
  return { pixels: width, profiles, firstBlock, isSmooth, cleaned };
}

/**
 * The profiles in which to test a step, and whether compression blocks alone could produce what
 * they show.
 */
export function profilesFor(
  { pixels, profiles, isSmooth, cleaned }: Axis,
  step: number,
): { profiles: readonly EdgeProfile[]; mayBeBlocks: boolean } {
  const mayBeBlocks = !isSmooth && goesWithBlocks(step, widthOf(step, pixels));
  const cells = mayBeBlocks && step < 1.5 * block ? Math.round(block / step) : 0;
  const own = cleaned.get(cells);
  return own ? { profiles: own, mayBeBlocks: false } : { profiles, mayBeBlocks };
}

/** The relative width of a step: an axis this long cannot distinguish it from closer ones. */
function widthOf(step: number, pixels: number): number {
  return (0.6 * Math.max(1, block / step)) / (pixels / step);
}

/** Whether a step is a multiple or a fraction of a block's side, within this relative tolerance. */
function goesWithBlocks(step: number, tolerance: number): boolean {
  const ratio = step > block ? step / block : block / step;
  return Math.abs(ratio - Math.round(ratio)) < tolerance * ratio;
}

/**
 * The steps at the ten strongest peaks of each profile's spectrum, with and without overtones
 * added.
 */
export function stepsOf({ pixels, profiles, cleaned }: Axis): number[] {
  let size = 64;
  while (size < 4 * pixels) size *= 2;
  const powerOf = powersOfSize(size);
  const own = cleaned.get(0);
  const blocks = own ? [block / 4, block / 3, block / 2, block] : [];
  return blocks.concat(
    (own ?? profiles).flatMap(({ whole, bands }) => {
      const power = new Float64Array(size / 2 + 1);
      for (const part of [whole, ...bands]) {
        const own = powerOf(detrended(part, pixels / 8));
        const total = own.reduce((sum, value) => sum + value, 1e-9);
        for (let i = 0; i < power.length; i++) power[i] += own[i] / total;
      }
      const withOvertones = power.slice();
      for (let i = 1; i < power.length; i++)
        for (let k = 2; k <= 4 && k * i < size / 2; k++)
          withOvertones[i] += Math.max(power[k * i - 1], power[k * i], power[k * i + 1]);
      return [power, withOvertones].flatMap((strength) => peaksOf(strength, size, pixels));
    }),
  );
}

function peaksOf(strength: Float64Array, size: number, pixels: number): number[] {
  const last = strength.length - 1;
  const found: { strength: number; step: number }[] = [];
  for (let i = Math.max(1, Math.ceil(size / Math.min(mostStep, pixels / 4))); i <= last; i++) {
    const before = strength[i - 1];
    const here = strength[i];
    const after = strength[i === last ? i - 1 : i + 1];
    if (here < before || here < after) continue;
    const bend = before - 2 * here + after;
    const aside = bend < 0 ? (0.5 * (before - after)) / bend : 0;
    found.push({ strength: here, step: size / (i + aside) });
  }
  return found
    .sort((a, b) => b.strength - a.strength)
    .slice(0, 10)
    .map(({ step }) => step);
}

/** Fits all steps coarsely, and the best of them again at higher resolution and in bands. */
export function fitsOf(axis: Axis, steps: readonly number[]): Fit[] {
  const foldings = steps.map((step) => new Folding(step));
  const rough = steps.map((step, i) => fitOf(axis, step, ["whole", "parts"], foldings[i]));
  const middle = steps.map((step, i) => fitOf(axis, step, ["middle"], foldings[i]).share);
  const bestOf = (shares: readonly number[]) => [...shares].sort((a, b) => b - a)[Math.min(closely, shares.length) - 1];
  const [least, leastMiddle] = [bestOf(rough.map(({ share }) => share)), bestOf(middle)];
  return rough.map((fit, i) => {
    if (fit.share < least && middle[i] < leastMiddle) return fit;
    const tries = [
      fit,
      ...[-0.125, 0, 0.125].map((aside) => fitOf(axis, 1 / (1 / steps[i] + aside / axis.pixels), ["whole", "bands"])),
    ];
    return tries.reduce((best, other) => (other.share > best.share ? other : best));
  });
}

const closely = 8;

function fitOf(
  axis: Axis,
  step: number,
  extents: readonly (Fit["extent"] | "middle")[],
  folding = new Folding(step),
): Fit {
  let best: Fit = { step, share: -1, profile: 0, extent: "whole" };
  if (step < leastStep) return best;
  const { profiles, mayBeBlocks } = profilesFor(axis, step);
  const isJpeg = axis.firstBlock !== undefined;
  const isBlocky = (extent: Fit["extent"]) =>
    mayBeBlocks || (!isJpeg && !axis.isSmooth && extent === "parts" && goesWithBlocks(step, partsWidth));
  profiles.forEach(({ start, whole, bands }, profile) => {
    const fold = folding.at(detrended(whole, step), start);
    const offer = (explained: number, cells: number, extent: Fit["extent"]) => {
      const place = (fold.place - (axis.firstBlock ?? 0) + block * step) % step;
      const trust = isBlocky(extent) ? trustInBlocks(profile, step, place) * (isJpeg ? surelyBlocks : 1) : 1;
      const share = trust * lessChance(explained, cells) * (extent === "parts" ? partsTrust : 1);
      if (share > best.share) best = { step, share, profile, extent };
    };
    const shareOf = (values: Float64Array) => folding.at(detrended(values, step), start).share;
    const cells = axis.pixels / step;
    for (const extent of extents) {
      if (extent === "whole") offer(fold.share, cells, "whole");
      else if (extent === "middle") offer(shareOf(bands[bands.length >> 1]), cells, "bands");
      else if (extent === "bands" && bands.length > 1)
        offer(bands.reduce((sum, band) => sum + shareOf(band), 0) / bands.length, cells, "bands");
      else if (extent === "parts") {
        const parts = shareOfParts(folding, detrended(whole, step), start, step);
        offer(parts.share, parts.cells, "parts");
      }
    }
  });
  return best;
}

/**
 * How much to trust a step that compression blocks alone could produce. Noise within a block bends
 * at its border, so bends there are hardly evidence. Bends in the middle of cells come from smooth
 * enlargement instead. Steps at the border are small, but visible; averaged over several rows they
 * vanish.
 *
 * @param place where the edges gather, relative to a block's border
 */
function trustInBlocks(profile: number, step: number, place: number): number {
  const { bends, measure } = profileKinds[profile];
  if (bends) return step >= 3 && Math.abs(place / step - 0.5) < 0.25 ? 0.8 : 0.2;
  if (measure === 2) return 0.9;
  return step < 3 ? 0.7 : 0.5;
}

/** Further distrust if the picture is known to have blocks. */
const surelyBlocks = 0.6;

/**
 * Parts have a coarser resolution than the whole axis, and more often show a grid that does not
 * exist.
 */
const partsWidth = 0.05;
const partsTrust = 0.8;

/** If the step drifts, each part of this many cells is folded on its own. */
const partCells = 12;

function shareOfParts(
  folding: Folding,
  profile: Float64Array,
  start: number,
  step: number,
): { share: number; cells: number } {
  const length = Math.ceil(partCells * step);
  const count = Math.floor(profile.length / length);
  if (count < 3) return { share: 0, cells: 1 };
  let sum = 0;
  for (let part = 0; part < count; part++) {
    const from = Math.floor((part * profile.length) / count);
    sum += folding.at(profile, start, from, Math.floor(((part + 1) * profile.length) / count)).share;
  }
  return { share: sum / count, cells: profile.length / count / step };
}

/** Over a few cells, some bump explains a large share of anything. */
function lessChance(share: number, cells: number): number {
  const chance = Math.min(0.9, 2.2 / cells);
  return (share - chance) / (1 - chance);
}
