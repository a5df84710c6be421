// Snaps pictures to their own grids: reads each, finds its grid, and writes its cells, one pixel
// each or enlarged. No network is involved, and a GPU only if colours are chosen.

import { UserError } from "../../../errors.ts";
import type { UnreadPicture } from "../../../formats/pictures/picture-choice.ts";
import type { Sequence } from "../../../picture/animation.ts";
import { checkImageSize, type Image } from "../../../picture/image.ts";
import { coloursOfFrames } from "../../../pixelart/found-palette.ts";
import { enlarge } from "../../../pixelart/grid/cells/geometry.ts";
import type { GridFinding, GridWish } from "../../../pixelart/grid/detect.ts";
import { snapFrames, type SnappedFrames } from "../../../pixelart/grid/sequence.ts";
import { requireWritable } from "../../../platform/files/files.node.ts";
import type { AnimationTiming } from "../../../platform/pictures/animations.node.ts";
import type { AnimationChoice } from "../../files/animations.ts";
import { planPictures, writesAny, type PlannedPicture } from "../../files/inputs.ts";
import { exists } from "../../files/model.ts";
import { saveBeside, type Drawing } from "../../files/palettes.ts";
import { runPipeline, warningsOf, type Failure } from "../../files/pipeline.ts";
import { readPlanned } from "../../files/reading.ts";
import { enlarged, writeResult } from "../../files/results.ts";
import { checkSequence } from "../../files/sequence.ts";
import { takeShard, type Shard } from "../../files/shard.ts";
import { checkDithering } from "../../options/companions.ts";
import { endingOf, isFatal, type Ending } from "../../terminal/ending.ts";
import { startProgress } from "../../terminal/progress.ts";
import { colouringOf, type ColouringOptions } from "./colouring.ts";

export interface SnapPicturesOptions extends GridWish, ColouringOptions, AnimationChoice {
  /** Files, folders and globs. */
  readonly inputs: string[];
  /**
   * The folder to write to, created if missing; for a single picture, optionally the file's name.
   */
  readonly out: string;
  /** Pixels of the result along a cell's side. Default: 1. */
  readonly scale?: number;
  readonly shard?: Shard | undefined;
}

export interface SnappedPicture extends Pick<GridFinding, "verdict" | "cell" | "phase" | "size" | "confidence"> {
  readonly file: string;
  /** Null if there is no grid; nothing was written then. */
  readonly output: string | null;
  /** The number of an animation's frames. */
  readonly frames?: number;
}

export interface SnapSummary extends Ending {
  /** In the list's order. */
  readonly pictures: readonly SnappedPicture[];
  readonly skipped: number;
  /** Pictures of unsupported kinds. */
  readonly leftOut: readonly UnreadPicture[];
  /** What was wrong with pictures that were read nevertheless, in the list's order. */
  readonly warnings: readonly Failure[];
  /** Where the shared palette was written. */
  readonly paletteFile?: string;
}

interface Snapped extends SnappedFrames {
  readonly timing: AnimationTiming;
}

/** The largest allowed enlargement of a cell. */
const mostScale = 1024;

/**
 * Snaps all pictures that the inputs name, each to its own grid or all to one.
 *
 * @throws UserError if the run cannot start: no picture, an option out of range, frames of several
 * sizes
 */
export async function snapPictures(options: SnapPicturesOptions): Promise<SnapSummary> {
  checkOptions(options);
  const plan = await planPictures(options.inputs, options.out, { animations: options });
  const items = options.shard ? takeShard(plan.pictures, options.shard) : plan.pictures;
  if (await writesAny(items, options.skipExisting)) await requireWritable(plan.folder);
  const warned = new Map<PlannedPicture, string>();
  const drawing: Drawing<Sequence | Snapped, Snapped> = {
    load: (item) => readPlanned(item, options, { onWarning: (reason) => void warned.set(item, reason) }),
    draw: async (loaded) => ("grid" in loaded ? loaded : snapAnimation(loaded, options)),
    cellsOf: ({ frames }) => frames,
  };
  const colouring = await colouringOf(items, drawing, plan.folder, options);
  const progress = startProgress({ total: items.length, label: "snapping", unit: "images", silent: options.quiet });
  const found = new Map<PlannedPicture, SnappedPicture[]>();
  const result = await runPipeline({
    items,
    nameOf: ({ source }) => source,
    skip: options.skipExisting ? ({ output }) => exists(output) : undefined,
    load: async (item) => colouring.kept.get(item) ?? (await drawing.load(item)),
    process: async (loaded) => {
      const snapped = await drawing.draw(loaded);
      return { ...snapped, coloured: snapped.frames.length > 0 ? await colouring.finish(snapped.frames) : undefined };
    },
    save: async ({ grid, timing, coloured }, item) => {
      if (coloured) {
        const { frames, palette } = coloured;
        if (options.savePalette && palette && !colouring.isForAll) await saveBeside(item, palette, options.savePalette);
        const known = palette ?? coloursOfFrames(frames, 256);
        const large = enlarged(frames, (cells) => drawn(cells, options.scale));
        await writeResult(item, { frames: large, palette, known, timing });
      }
      const { verdict, cell, phase, size, confidence } = grid;
      const count = item.animation && item.animation !== "frames" && { frames: timing.delays.length };
      const files = item.animation === "frames" ? item.frames! : [item];
      const told = { verdict, cell, phase, size, confidence, ...count };
      found.set(
        item,
        files.map(({ source, output }) => ({ file: source, output: coloured ? output : null, ...told })),
      );
    },
    isFatal,
    signal: options.signal,
    onProgress: ({ saved, skipped, failed }) => progress.update(saved + skipped + failed, skipped),
  }).finally(() => colouring.close());
  progress.stop();
  return {
    pictures: items.flatMap((item) => found.get(item) ?? []),
    skipped: result.skipped,
    leftOut: plan.unread,
    warnings: warningsOf(items, warned),
    ...endingOf(result, options.signal),
    ...(colouring.paletteFile && { paletteFile: colouring.paletteFile }),
  };
}

async function snapAnimation(
  { delays, loops, frames }: Sequence,
  { cell, size, scale = 1 }: SnapPicturesOptions,
): Promise<Snapped> {
  const snapped = await snapFrames(delays.length, frames, { cell, size });
  for (const { width, height } of snapped.frames.slice(0, 1)) checkImageSize(scale * width, scale * height);
  return { ...snapped, timing: { delays, loops } };
}

function drawn(cells: Image, scale = 1): Image {
  return scale === 1 ? cells : enlarge(cells, scale, cells.width * scale, cells.height * scale);
}

function checkOptions(options: SnapPicturesOptions): void {
  const { cell, size, scale } = options;
  checkSequence(options, options.shard);
  checkDithering(options);
  if (cell !== undefined && size) throw new UserError("--cell and --size exclude each other: give only one of them.");
  if (cell !== undefined && !(cell >= 2 && cell <= 1024))
    throw new UserError(`--cell must be from 2 to 1024 pixels, not ${cell}.`);
  if (size?.some((side) => !Number.isInteger(side) || side < 1))
    throw new UserError(`--size must be columns x rows, such as 64x48, not ${size.join("x")}.`);
  if (scale !== undefined && (!Number.isInteger(scale) || scale < 1 || scale > mostScale))
    throw new UserError(`--scale must be a whole number from 1 to ${mostScale}, not ${scale}.`);
}
