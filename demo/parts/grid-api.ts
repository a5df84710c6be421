// The requests to the worker that finds the grids of pictures. It is separate from the GPU's
// worker, so it checks a batch while the network works.

import type { Sequence } from "../../src/picture/animation.ts";
import type { Image } from "../../src/picture/image.ts";
import type { GridFinding } from "../../src/pixelart/grid/detect.ts";
import type { PictureFiles } from "./picture-files.ts";

/** The timing of an animation's frames. A still picture has one frame. */
export type Timing = Pick<Sequence, "delays" | "loops">;

/** The grid found in a picture, or in all frames of an animation. */
export interface OwnGrid extends Pick<GridFinding, "verdict" | "cell" | "size" | "confidence"> {
  /**
   * Judged by the cells: enlarged photos have a grid too, and so do photos that were shrunk and
   * enlarged again.
   */
  readonly looksLike: "art" | "shrunk photo" | "photo";
  /** The grid to snap to; null if there is none, or if each cell is one pixel already. */
  readonly grid: Pick<GridFinding, "verdict" | "cuts"> | null;
  readonly timing: Timing;
}

/** A picture snapped to its own grid. */
export interface OwnCells {
  /** One image per frame, with one pixel per cell. */
  readonly cells: readonly Image[];
  /**
   * The rectangle of the cells in the picture, in its pixels. The outer cells may extend beyond the
   * picture.
   */
  readonly place: Place;
  readonly timing: Timing;
}

export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface GridApi {
  /** Finds the grid of a picture, without network or GPU. @throws UserError if it cannot be read */
  find(picture: PictureFiles): Promise<OwnGrid>;
  /**
   * Snaps a picture to the grid that was found.
   *
   * @throws as `find`, and an AbortError if `stop` is called meanwhile
   */
  snap(picture: PictureFiles, grid: NonNullable<OwnGrid["grid"]>, onShare: (share: number) => void): Promise<OwnCells>;
  /** Aborts a running `snap`. */
  stop(): Promise<void>;
  /**
   * The full picture, frame by frame.
   *
   * @throws as `find`, and if an animation has too many frames to show
   */
  picture(picture: PictureFiles): Promise<readonly ImageBitmap[]>;
}
