// Converts an animation. Each frame is converted like a picture, but by one network that uses the
// same statistics for all, with still cells held and one palette. Frames arrive one at a time, and
// only their cells are kept.

import type { Gpu } from "../gpu/gpu.ts";
import type { Generator, Sharing } from "../nn/generator.ts";
import type { BorderOptions, ConvertOptions } from "../nn/picture-program.ts";
import { pooled, type Statistics } from "../nn/shared-statistics.ts";
import type { Sequence } from "../picture/animation.ts";
import type { Image } from "../picture/image.ts";
import { shadersOfColours } from "./colours.ts";
import { drawCells, type GridPictureOptions } from "./convert.ts";
import type { GridOptions } from "./grid/cells/geometry.ts";
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
  options: BorderOptions & ConvertOptions = {},
): Promise<Statistics | undefined> {
  const count = delays.length;
  if (count === 1) return undefined;
  const keys = new Set(Array.from({ length: keyFrames }, (_, i) => Math.floor(((i + 0.5) * count) / keyFrames)));
  const all: Statistics[] = [];
  let place = 0;
  for await (const frame of frames()) {
    if (!keys.has(place++)) continue;
    all.push(await generator.statisticsOf(frame, options));
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
  options: BorderOptions & ConvertOptions,
): AsyncGenerator<PaintedFrame, void, undefined> {
  for await (const { source, sharing } of sharingFrames(generator, animation, options))
    yield { source, drawn: await generator.convert(source, { ...options, ...sharing }) };
}

/** The frames, and for each the options that it shares with the others. */
async function* sharingFrames(
  generator: Generator,
  animation: Sequence,
  { margin, signal, onProgress }: BorderOptions & ConvertOptions,
): AsyncGenerator<{ readonly source: Image; readonly sharing: ConvertOptions & Sharing }, void, undefined> {
  const statistics = await statisticsOfFrames(generator, animation, { margin, signal });
  const count = animation.delays.length;
  let done = 0;
  for await (const source of animation.frames()) {
    const before = done++;
    yield { source, sharing: { statistics, signal, onProgress: (share) => onProgress?.((before + share) / count) } };
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
  const held = new HeldFrames(options.cell);
  for await (const { source, drawn } of painted) {
    const { width, height } = source;
    held.add(source, await snapCells(gpu, drawn, { ...options, width, height, source }));
  }
  return held.frames;
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
  options: GridPictureOptions & ConvertOptions,
): Promise<readonly Cells[]> {
  gpu.ahead?.foresee("colours", () => shadersOfColours(gpu, options));
  const held = new HeldFrames(options.cell);
  for await (const { source, sharing } of sharingFrames(generator, animation, options))
    held.add(source, await drawCells(generator, source, { ...options, ...sharing }));
  return held.frames;
}

/** Frames on their grid, of which the still cells are held. */
class HeldFrames {
  readonly frames: Cells[] = [];
  private held: HeldCells | undefined;

  constructor(private readonly cell: number) {}

  add(source: Image, cells: Cells): void {
    const cellOf = (pixels: number) => Int32Array.from({ length: pixels }, (_, i) => Math.floor(i / this.cell));
    this.held ??= new HeldCells(cellOf(source.width), cellOf(source.height), reach);
    this.frames.push({ ...cells, image: this.held.next(source, cells.image) });
  }
}
