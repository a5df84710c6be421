// Frames of an animation, or files used as frames, on one common grid. They are read twice, one
// after another: first to find the grid in some of them together, then to reduce each to its cells,
// so that only cells are held in memory.

import { pixelsOf, type Image } from "../../picture/image.ts";
import { HeldCells } from "../held-cells.ts";
import { cellsAt } from "./cells/recover.ts";
import { shareColours } from "./cells/shared-colours.ts";
import { findGrid, isLookedAt, type GridFinding, type GridWish } from "./detect.ts";

export interface SnappedFrames {
  readonly grid: GridFinding;
  /** Each frame's cells, one pixel per cell; empty without a grid. */
  readonly frames: readonly Image[];
}

type Frames = () => AsyncIterable<Image>;

/**
 * @param count the number of frames
 * @param frames yields them from the first on, each time it is called
 * @throws RangeError without frames, or if their sizes differ; and whatever `frames` throws
 */
export async function snapFrames(count: number, frames: Frames, wish: GridWish = {}): Promise<SnappedFrames> {
  const grid = await gridOfFrames(count, frames, wish);
  return { grid, frames: await framesOnGrid(grid, count, frames) };
}

/**
 * The common grid of all frames, from evenly spread ones. Parameters and errors are those of
 * `snapFrames`.
 */
export async function gridOfFrames(count: number, frames: Frames, wish: GridWish = {}): Promise<GridFinding> {
  const looked: Image[] = [];
  let place = 0;
  for await (const frame of frames()) if (isLookedAt(place++, count)) looked.push(frame);
  return findGrid(looked, wish);
}

/**
 * The cells of all frames on a grid, with still cells held; empty without a grid.
 *
 * @param onShare receives the share that is done; if it throws, the work ends
 */
export async function framesOnGrid(
  grid: Pick<GridFinding, "verdict" | "cuts">,
  count: number,
  frames: Frames,
  onShare?: (share: number) => void,
): Promise<readonly Image[]> {
  if (grid.verdict === "none") return [];
  const cells: Image[] = [];
  const still: Image[] = [];
  let held: HeldCells | undefined;
  let exact = 0;
  for await (const frame of frames()) {
    if (grid.verdict === "native") cells.push(frame);
    else {
      const found = cellsAt(frame, grid.cuts);
      cells.push(found);
      if (count > 1) {
        const [across, down] = [cellsOfPixels(grid.cuts.x, frame.width), cellsOfPixels(grid.cuts.y, frame.height)];
        exact += sharePainted(frame, found, across, down) / count;
        still.push((held ??= new HeldCells(across, down, reach)).next(frame, found));
      }
    }
    onShare?.(cells.length / count);
  }
  // Frames that were enlarged without loss contain exactly the artist's shades, so none need to be
  // merged.
  return still.length === 0 || exact >= withoutLoss ? cells : shareColours(still);
}

/**
 * Without loss, at least this share of pixels has exactly the colour of its cell; at the lines of
 * fractional steps a few differ.
 */
const withoutLoss = 0.97;

/** A changed cell also redraws cells this far away, since lines continue from cell to cell. */
const reach = 1;

/** The share of pixels with the colour of their cell. */
function sharePainted(image: Image, cells: Image, across: Int32Array, down: Int32Array): number {
  const [pixels, colours] = [image, cells].map((picture) => pixelsOf(picture));
  let [same, all] = [0, 0];
  down.forEach((row, top) =>
    across.forEach((column, left) => {
      if (row < 0 || column < 0) return;
      all++;
      if (pixels[top * image.width + left] === colours[row * cells.width + column]) same++;
    }),
  );
  return same / all;
}

/** The cell that contains each pixel's middle; -1 beyond the cuts. */
function cellsOfPixels(cuts: readonly number[], pixels: number): Int32Array {
  return Int32Array.from({ length: pixels }, (_, i) => {
    const next = cuts.findIndex((cut) => cut > i + 0.5);
    return next < 0 ? -1 : next - 1;
  });
}
