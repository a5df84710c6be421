// What the page may ask of the worker that finds the grids of pictures, beside the one that has the GPU: a batch is looked at while the network works.

import type { Image } from "../../src/data/image.ts";
import type { GridFinding } from "../../src/pixelart/grid/detect.ts";

/** What was found in a picture. */
export interface OwnGrid extends Pick<GridFinding, "verdict" | "cell" | "size" | "confidence"> {
  /** By its cells: photos that were enlarged have a grid too, and so have photos that were made small and large again. */
  readonly looksLike: "art" | "shrunk photo" | "photo";
  /** On its grid, a pixel a cell; null where there is no grid, or it is at its own size already. */
  readonly cells: Image | null;
  /** Where the cells lie in the picture, in its pixels; the outer ones may reach out of it. */
  readonly place: Place;
}

export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface GridApi {
  /** Finds the grid of a picture. No network and no GPU take part. @throws UserError where it cannot be read */
  find(file: File): Promise<OwnGrid>;
  /** The picture in full. @throws as `find` */
  picture(file: File): Promise<ImageBitmap>;
}
