// Frames of an animation, or files that are its frames, on the one grid that all of them share. They come one after the other, twice: first some are
// looked at together for the grid, then each gives its cells, so that only cells are in memory.

import { pixelsOf, type Image } from "../../data/image.ts";
import { HeldCells } from "../held-cells.ts";
import { findGrid, isLookedAt, type GridFinding, type GridWish } from "./detect.ts";
import { cellsAt } from "./recover.ts";
import { shareColours } from "./shared-colours.ts";

export interface SnappedFrames {
  readonly grid: GridFinding;
  /** Each frame's cells, one pixel a cell; none where there is no grid. */
  readonly frames: readonly Image[];
}

type Frames = () => AsyncIterable<Image>;

/**
 * @param count how many frames there are
 * @param frames gives them from the first on, each time that it is called
 * @throws RangeError where there are none, or of several sizes; and what `frames` throws
 */
export async function snapFrames(count: number, frames: Frames, wish: GridWish = {}): Promise<SnappedFrames> {
  const grid = await gridOfFrames(count, frames, wish);
  return { grid, frames: await framesOnGrid(grid, count, frames) };
}

/** The one grid of all frames, looked for in some that are spread over them. Parameters and errors as those of `snapFrames`. */
export async function gridOfFrames(count: number, frames: Frames, wish: GridWish = {}): Promise<GridFinding> {
  const looked: Image[] = [];
  let place = 0;
  for await (const frame of frames()) if (isLookedAt(place++, count)) looked.push(frame);
  return findGrid(looked, wish);
}

/**
 * The cells of all frames on a grid that was found, still ones held; none where there is no grid.
 *
 * @param onShare is told the share that is done; what it throws ends the work
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
  // What was enlarged without loss has the artist's shades, and no others that only look like them.
  return still.length === 0 || exact >= withoutLoss ? cells : shareColours(still);
}

/** Such a share of pixels has the colour of its cell, to the last bit, where nothing was lost; at the lines of fractions a few may not. */
const withoutLoss = 0.97;

/** A line in a cell goes on in its neighbours. */
const reach = 1;

/** The share of pixels that have the colour of their cell. */
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

/** The cell that each pixel's middle lies in; -1 beyond the cuts. */
function cellsOfPixels(cuts: readonly number[], pixels: number): Int32Array {
  return Int32Array.from({ length: pixels }, (_, i) => {
    const next = cuts.findIndex((cut) => cut > i + 0.5);
    return next < 0 ? -1 : next - 1;
  });
}
