// The two previews of a picture. The small one is for the list: if cells are whole pixels, it has
// one pixel per cell and stays crisp at any size. The large one is for the large view, under the
// grid: the picture's own pixels, up to a maximum size.

import type { Image } from "../picture/image.ts";
import type { GalleryPicture } from "./data.ts";

const smallSide = 192;
const largeSide = 1024;
/** Whole cells take few bytes, and shrinking would destroy them. */
const largeSideOfCells = 2048;

export interface PreviewSizes {
  readonly small: readonly [number, number];
  /** Whether each pixel of the small preview is the centre of a cell. */
  readonly isCells: boolean;
  /** Undefined if the small preview has all the picture's pixels. */
  readonly large?: readonly [number, number];
}

type Measures = Pick<GalleryPicture, "width" | "height" | "columns" | "rows" | "cellX" | "cellY" | "phaseX" | "phaseY">;

export function previewSizes({ width, height, columns, rows, cellX, cellY }: Measures): PreviewSizes {
  const isWhole = [cellX, cellY].every((step) => step >= 2 && Number.isInteger(step));
  const isCells = isWhole && Math.max(columns, rows) <= smallSide && Math.min(columns, rows) > 0;
  const small = isCells ? ([columns, rows] as const) : within(width, height, smallSide);
  return small[0] === width && small[1] === height
    ? { small, isCells: false }
    : { small, isCells, large: within(width, height, isWhole ? largeSideOfCells : largeSide) };
}

function within(width: number, height: number, side: number): readonly [number, number] {
  const scale = Math.min(1, side / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** The central pixel of each cell. */
export function cellMiddles(image: Image, { columns, rows, cellX, cellY, phaseX, phaseY }: Measures): Image {
  const pixels = new Uint32Array(image.data.buffer, image.data.byteOffset, image.width * image.height);
  const middles = new Uint32Array(columns * rows);
  const at = (cell: number, step: number, phase: number, side: number) =>
    Math.min(side - 1, Math.max(0, Math.floor(phase + (cell + 0.5) * step)));
  for (let y = 0; y < rows; y++) {
    const row = at(y, cellY, phaseY, image.height) * image.width;
    for (let x = 0; x < columns; x++) middles[y * columns + x] = pixels[row + at(x, cellX, phaseX, image.width)];
  }
  return { ...image, width: columns, height: rows, data: new Uint8ClampedArray(middles.buffer) };
}
