// Converts an animation. Each frame is converted like a picture, but by one network that uses the
// same statistics for all, with still cells held and one palette. Frames arrive one at a time, and
// only their cells are kept.

import type { Sequence } from "../data/animation.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Generator, Sharing } from "../nn/generator.ts";
import type { ConvertOptions } from "../nn/picture-program.ts";
import { pooled, type Statistics } from "../nn/shared-statistics.ts";
import { drawCells, widened, type BorderOptions, type GridPictureOptions } from "./convert.ts";
import { HeldCells } from "./held-cells.ts";
import type { Cells } from "./pixelate.ts";

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

/**
 * All frames on their grid, before their colours are reduced.
 *
 * @param options `onProgress` receives the share of all frames together
 * @throws UserError as `convertPicture`, and whatever reading a frame throws
 */
export async function drawFrames(
  gpu: Gpu,
  generator: Generator,
  animation: Sequence,
  options: GridPictureOptions & ConvertOptions & Sharing,
): Promise<readonly Cells[]> {
  const { onProgress, signal, margin, cell } = options;
  const statistics = await statisticsOfFrames(generator, animation, { margin, signal });
  const cellOf = (pixels: number) => Int32Array.from({ length: pixels }, (_, i) => Math.floor(i / cell));
  let held: HeldCells | undefined;
  const drawn: Cells[] = [];
  const count = animation.delays.length;
  for await (const frame of animation.frames()) {
    const cells = await drawCells(gpu, generator, frame, {
      ...options,
      statistics,
      onProgress: (share) => onProgress?.((drawn.length + share) / count),
    });
    held ??= new HeldCells(cellOf(frame.width), cellOf(frame.height), reach);
    drawn.push({ ...cells, image: held.next(frame, cells.image) });
  }
  return drawn;
}
