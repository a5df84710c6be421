// What the page may ask of the worker that finds the grids of pictures, beside the one that has the GPU: a batch is looked at while the network works.

import type { Sequence } from "../../src/data/animation.ts";
import type { Image } from "../../src/data/image.ts";
import type { GridFinding } from "../../src/pixelart/grid/detect.ts";
import type { PictureFiles } from "./picture-files.ts";

/** When the frames of an animation are shown; a still picture has one frame. */
export type Timing = Pick<Sequence, "delays" | "loops">;

/** What was found in a picture, or in all frames of an animation. */
export interface OwnGrid extends Pick<GridFinding, "verdict" | "cell" | "size" | "confidence"> {
  /** By its cells: photos that were enlarged have a grid too, and so have photos that were made small and large again. */
  readonly looksLike: "art" | "shrunk photo" | "photo";
  /** To snap to; null where there is no grid, or the picture is at its own size already. */
  readonly grid: Pick<GridFinding, "verdict" | "cuts"> | null;
  readonly timing: Timing;
}

/** A picture on its own grid. */
export interface OwnCells {
  /** A pixel a cell; as many as there are frames. */
  readonly cells: readonly Image[];
  /** Where the cells lie in the picture, in its pixels; the outer ones may reach out of it. */
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
  /** Finds the grid of a picture. No network and no GPU take part. @throws UserError where it cannot be read */
  find(picture: PictureFiles): Promise<OwnGrid>;
  /** Brings a picture to the grid that was found. @throws as `find`, and an AbortError when `stop` is called meanwhile */
  snap(picture: PictureFiles, grid: NonNullable<OwnGrid["grid"]>, onShare: (share: number) => void): Promise<OwnCells>;
  /** Ends what `snap` does. */
  stop(): Promise<void>;
  /** The picture in full, frame by frame. @throws as `find`, and where an animation's frames are too many to be shown */
  picture(picture: PictureFiles): Promise<readonly ImageBitmap[]>;
}
