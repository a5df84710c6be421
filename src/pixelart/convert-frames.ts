// Converts an animation. Each frame is converted like a picture, but by one network that uses the
// same statistics for all, with still cells held and one palette. Frames arrive one at a time, and
// only their cells are kept.

import type { Gpu } from "../gpu/gpu.ts";
import type { Generator, Sharing } from "../nn/generator.ts";
import type { ConvertOptions } from "../nn/picture-program.ts";
import { pooled, type Statistics } from "../nn/shared-statistics.ts";
import type { Sequence } from "../picture/animation.ts";
import type { Image } from "../picture/image.ts";
import { drawPicture, foreseeGrid, widened, type BorderOptions, type GridPictureOptions } from "./convert.ts";
import type { GridOptions } from "./grid/geometry.ts";
import { HeldCells } from "./held-cells.ts";
import { snapCells, type Cells } from "./pixelate.ts";

/** How many frames the statistics are measured on; they are spread evenly. */
const keyFrames = 4;

/** The network's outlines span a cell or two. Cells further than this from a change are held. */
const reach = 2;

/**
 * The statistics that all frames share.
 *
 * @returns undefined for a single frame, which uses its own
 * @throws UserError as `convertPicture`, and whatever reading a frame throws
 */
export async function statisticsOfFrames(
  generator: Generator,
  { delays, frames }: Sequence,
  { margin = 0, ...options }: BorderOptions & ConvertOptions = {},
): Promise<Statistics | undefined> {
  const count = delays.length;
  if (count === 1) return undefined;
  const keys = new Set(Array.from({ length: keyFrames }, (_, i) => Math.floor(((i + 0.5) * count) / keyFrames)));
  const all: Statistics[] = [];
  let place = 0;
  for await (const frame of frames()) {
    if (!keys.has(place++)) continue;
    generator.checkFits(frame.width, frame.height, margin);
    all.push(await generator.statisticsOf(widened(frame, margin), options));
    // The remaining frames need not be decoded.
    if (all.length === keys.size) break;
  }
  return pooled(all);
}

/** A frame as the network saw it, and what it made of that. */
export interface PaintedFrame {
  readonly source: Image;
  readonly drawn: Image;
}

/**
 * The network's picture of each frame, all by the same statistics.
 *
 * @param options `onProgress` counts all frames
 * @throws UserError as `convertPicture`, and what reading a frame throws
 */
export async function* paintFrames(
  generator: Generator,
  animation: Sequence,
  { onProgress, ...options }: BorderOptions & ConvertOptions & Sharing,
): AsyncGenerator<PaintedFrame, void, undefined> {
  const { signal, margin } = options;
  const statistics = await statisticsOfFrames(generator, animation, { margin, signal });
  const count = animation.delays.length;
  let done = 0;
  for await (const source of animation.frames()) {
    const drawn = await drawPicture(generator, source, {
      ...options,
      statistics,
      onProgress: (share) => onProgress?.((done + share) / count),
    });
    done++;
    yield { source, drawn };
  }
}

/**
 * Puts the network's output on its grid and holds still cells, before colours are reduced.
 *
 * @throws UserError as `snapCells`
 */
export async function gridFrames(
  gpu: Gpu,
  painted: AsyncIterable<PaintedFrame>,
  options: GridOptions,
): Promise<readonly Cells[]> {
  const cellOf = (pixels: number) => Int32Array.from({ length: pixels }, (_, i) => Math.floor(i / options.cell));
  let held: HeldCells | undefined;
  const all: Cells[] = [];
  for await (const { source, drawn } of painted) {
    const { width, height } = source;
    const cells = await snapCells(gpu, drawn, { ...options, width, height, source });
    held ??= new HeldCells(cellOf(width), cellOf(height), reach);
    all.push({ ...cells, image: held.next(source, cells.image) });
  }
  return all;
}

/**
 * All frames on their grid, before their colours are reduced.
 *
 * @param options `onProgress` receives the share of all frames together
 * @throws UserError as `convertPicture`, and whatever reading a frame throws
 */
export function drawFrames(
  gpu: Gpu,
  generator: Generator,
  animation: Sequence,
  options: GridPictureOptions & ConvertOptions & Sharing,
): Promise<readonly Cells[]> {
  foreseeGrid(gpu, options);
  return gridFrames(gpu, paintFrames(generator, animation, options), options);
}
