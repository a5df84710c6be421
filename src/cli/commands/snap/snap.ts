// Pictures onto their own grids: each is read, its grid is found, and its cells are written, one pixel each or enlarged. No network; a GPU only where
// colours are to be chosen.

import { UserError } from "../../../errors.ts";
import type { Image } from "../../../data/image.ts";
import type { UnreadPicture } from "../../../data/picture-choice.ts";
import { findGrid, type GridFinding, type GridWish } from "../../../pixelart/grid/detect.ts";
import { enlarge } from "../../../pixelart/grid/geometry.ts";
import { cellsAt } from "../../../pixelart/grid/recover.ts";
import { shareColours } from "../../../pixelart/grid/shared-colours.ts";
import { encodeIndexed } from "../../../pixelart/palettes/indexed.ts";
import { requireWritable, writeFileAtomically } from "../../../platform/files.node.ts";
import { decodeImage, encodePng } from "../../../platform/images.node.ts";
import { planPictures, writesAny, type PlannedPicture } from "../../files/inputs.ts";
import { exists } from "../../files/model.ts";
import { saveBeside, type Drawing } from "../../files/palettes.ts";
import { runPipeline, warningsOf, type Failure } from "../../files/pipeline.ts";
import { takeShard, type Shard } from "../../files/shard.ts";
import { endingOf, isFatal, type Ending } from "../../terminal/ending.ts";
import { startProgress } from "../../terminal/progress.ts";
import { colouringOf, type ColouringOptions } from "./colouring.ts";

export interface SnapPicturesOptions extends GridWish, ColouringOptions {
  /** Files, folders and globs. */
  readonly inputs: string[];
  /** The folder to write to, which is made where it is missing; for one picture the name of a PNG as well. */
  readonly out: string;
  /** Pixels of the result along a cell's side. Default: 1. */
  readonly scale?: number;
  readonly shard?: Shard;
}

export interface SnappedPicture extends Pick<GridFinding, "verdict" | "cell" | "phase" | "size" | "confidence"> {
  readonly file: string;
  /** Null where there is no grid, so that nothing was written. */
  readonly output: string | null;
}

export interface SnapSummary extends Ending {
  /** In the list's order. */
  readonly pictures: readonly SnappedPicture[];
  readonly skipped: number;
  /** Pictures of kinds that are not read. */
  readonly leftOut: readonly UnreadPicture[];
  /** What was wrong with pictures that were read all the same, in the list's order. */
  readonly warnings: readonly Failure[];
  /** Where the palette of all pictures was written. */
  readonly paletteFile?: string;
}

interface Snapped {
  readonly grid: GridFinding;
  /** One pixel a cell; undefined where there is no grid. */
  readonly cells?: Image;
}

/** As large as a cell may be drawn. */
const mostScale = 1024;

/**
 * Snaps all pictures that the inputs name, each or all to one grid.
 *
 * @throws UserError where nothing could be begun: no picture, an option out of range, frames of several sizes
 */
export async function snapPictures(options: SnapPicturesOptions): Promise<SnapSummary> {
  checkOptions(options);
  const { pictures: all, unread, folder } = await planPictures(options.inputs, options.out);
  const items = options.shard ? takeShard(all, options.shard) : all;
  if (await writesAny(items, options.skipExisting)) await requireWritable(folder);
  const warned = new Map<PlannedPicture, string>();
  const load = (item: PlannedPicture) => decodeImage(item.source, { onWarning: (reason) => warned.set(item, reason) });
  const frames = options.sequence ? await snapFrames(items, load, options) : undefined;
  const drawing: Drawing<Image | Snapped, Snapped> = {
    load: async (item) => frames?.get(item) ?? (await load(item)),
    draw: async (loaded) => ("grid" in loaded ? loaded : snapOne(loaded, options)),
    cellsOf: ({ cells }) => cells,
  };
  const colouring = await colouringOf(items, drawing, folder, options);
  const progress = startProgress({ total: items.length, label: "snapping", unit: "images", silent: options.quiet });
  const found = new Map<PlannedPicture, SnappedPicture>();
  const result = await runPipeline({
    items,
    nameOf: ({ source }) => source,
    skip: options.skipExisting ? ({ output }) => exists(output) : undefined,
    load: async (item) => colouring.kept.get(item) ?? (await drawing.load(item)),
    process: async (loaded) => {
      const { grid, cells } = await drawing.draw(loaded);
      return { grid, coloured: cells && (await colouring.finish(cells)) };
    },
    save: async ({ grid, coloured }, item) => {
      if (coloured) {
        const { cells, palette } = coloured;
        if (options.savePalette && palette && !colouring.isForAll) await saveBeside(item, palette, options.savePalette);
        const image = drawn(cells, options.scale);
        const indexed = palette && (await encodeIndexed(image, palette));
        await writeFileAtomically(item.output, indexed ?? (await encodePng(image)));
      }
      const { verdict, cell, phase, size, confidence } = grid;
      const output = coloured ? item.output : null;
      found.set(item, { file: item.source, output, verdict, cell, phase, size, confidence });
    },
    isFatal,
    signal: options.signal,
    onProgress: ({ saved, skipped, failed }) => progress.update(saved + skipped + failed, skipped),
  }).finally(() => colouring.close());
  progress.stop();
  return {
    pictures: items.flatMap((item) => found.get(item) ?? []),
    skipped: result.skipped,
    leftOut: unread,
    warnings: warningsOf(items, warned),
    ...endingOf(result, options.signal),
    ...(colouring.paletteFile && { paletteFile: colouring.paletteFile }),
  };
}

function snapOne(image: Image, { cell, size }: SnapPicturesOptions): Snapped {
  const grid = findGrid([image], { cell, size });
  return { grid, cells: grid.verdict === "none" ? undefined : cellsOf(image, grid) };
}

/** All frames are read first: the grid is found in all, and so are the colours. */
async function snapFrames(
  items: readonly PlannedPicture[],
  load: (item: PlannedPicture) => Promise<Image>,
  { cell, size }: SnapPicturesOptions,
): Promise<Map<PlannedPicture, Snapped>> {
  const frames: Image[] = [];
  for (const item of items) {
    const frame = await load(item);
    const { width, height } = frames[0] ?? frame;
    if (frame.width !== width || frame.height !== height)
      throw new UserError(
        `${item.source} has ${frame.width} x ${frame.height} pixels and the first frame ${width} x ${height}: ` +
          "the frames of a --sequence are of one size. Leave --sequence out to snap each picture by itself.",
      );
    frames.push(frame);
  }
  const grid = findGrid(frames, { cell, size });
  if (grid.verdict === "none") return new Map(items.map((item) => [item, { grid }]));
  const cells = shareColours(frames.map((frame) => cellsOf(frame, grid)));
  return new Map(items.map((item, i) => [item, { grid, cells: cells[i] }]));
}

function cellsOf(image: Image, { verdict, cuts }: GridFinding): Image {
  return verdict === "native" ? image : cellsAt(image, cuts);
}

function drawn(cells: Image, scale = 1): Image {
  return scale === 1 ? cells : enlarge(cells, scale, cells.width * scale, cells.height * scale);
}

function checkOptions({ cell, size, scale, sequence, shard }: SnapPicturesOptions): void {
  if (cell !== undefined && size) throw new UserError("--cell and --size say the same in two ways: give one of them.");
  if (cell !== undefined && !(cell >= 2 && cell <= 1024))
    throw new UserError(`--cell must be from 2 to 1024 pixels, not ${cell}.`);
  if (size?.some((side) => !Number.isInteger(side) || side < 1))
    throw new UserError(`--size must be columns x rows, such as 64x48, not ${size.join("x")}.`);
  if (scale !== undefined && (!Number.isInteger(scale) || scale < 1 || scale > mostScale))
    throw new UserError(`--scale must be a whole number from 1 to ${mostScale}, not ${scale}.`);
  if (sequence && shard) throw new UserError("A --sequence has one grid and cannot be divided: leave --shard out.");
}
