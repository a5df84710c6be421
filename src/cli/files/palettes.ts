// The palette that --palette names, or that is found for all pictures together, and the files that
// palettes are written to.

import { basename, dirname, join } from "node:path";
import { UserError } from "../../errors.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { loadPalette } from "../../library/palettes.node.ts";
import type { Image } from "../../picture/image.ts";
import { SharedPalette } from "../../pixelart/found-palette.ts";
import type { Colour, Palette } from "../../pixelart/palettes/palette.ts";
import { encodePalette, type PaletteKind } from "../../pixelart/palettes/write.ts";
import { writeFileAtomically } from "../../platform/files/files.node.ts";
import { everyNth } from "../../spread.ts";
import type { PlannedPicture } from "./inputs.ts";
import { exists } from "./model.ts";
import { runPipeline } from "./pipeline.ts";

/** The value of --palette for a palette found for all pictures. */
export const sharedName = "shared";

export interface PaletteChoice {
  readonly palette?: string | undefined;
  readonly savePalette?: PaletteKind | undefined;
  readonly skipExisting?: boolean | undefined;
  readonly shard?: unknown;
}

/**
 * The palette that is known before any picture is read: from a file, a built-in one, or the shared
 * one of an earlier run that continues.
 *
 * @throws UserError if there is none of that name, or it cannot be read; and for a shared one if
 * only a part of the pictures is available
 */
export async function givenPalette(choice: PaletteChoice, folder: string): Promise<Palette | undefined> {
  if (choice.palette === undefined) return undefined;
  if (choice.palette !== sharedName) return loadPalette(choice.palette);
  const earlier = paletteOfAll(folder, "gpl");
  if (choice.skipExisting && (await exists(earlier))) return loadPalette(earlier);
  if (choice.shard) {
    throw new UserError(
      "--palette shared needs all pictures, and --shard takes only a part: convert some without --shard first, then give the palette.gpl that this writes as --palette.",
    );
  }
  return undefined;
}

/** Writes the palette of all pictures, and returns the file's path. */
export async function saveForAll(palette: Palette, choice: PaletteChoice, folder: string): Promise<string | undefined> {
  // A shared palette is always written as .gpl, from which a continued run reads it.
  const isShared = choice.palette === sharedName;
  const kinds = new Set<PaletteKind>([
    ...(isShared ? (["gpl"] as const) : []),
    ...(choice.savePalette ? [choice.savePalette] : []),
  ]);
  for (const kind of kinds) await writeFileAtomically(paletteOfAll(folder, kind), await encodePalette(palette, kind));
  return kinds.size > 0 ? paletteOfAll(folder, choice.savePalette ?? "gpl") : undefined;
}

/** Writes a picture's own palette beside its result. */
export async function saveBeside(
  { output }: PlannedPicture,
  colours: Palette["colours"],
  kind: PaletteKind,
): Promise<void> {
  const name = stemOf(output);
  await writeFileAtomically(paletteBeside(output, kind), await encodePalette({ name, colours }, kind));
}

/** @throws UserError if a palette and a result would have the same path */
export function refuseReplacing(items: readonly PlannedPicture[], kind: PaletteKind, folder: string): void {
  const outputs = new Set(items.map(({ output }) => output));
  const palettes = [paletteOfAll(folder, kind), ...items.map(({ output }) => paletteBeside(output, kind))];
  const both = palettes.find((path) => outputs.has(path));
  if (both)
    throw new UserError(`A palette and a result would both be written to ${both}; give --save-palette gpl or hex.`);
}

function paletteBeside(output: string, kind: PaletteKind): string {
  return join(dirname(output), `${stemOf(output)}${kind === "png" ? ".palette" : ""}.${kind}`);
}

function stemOf(path: string): string {
  return basename(path).replace(/\.[^.]*$/, "");
}

function paletteOfAll(folder: string, kind: PaletteKind): string {
  return join(folder, `palette.${kind}`);
}

/**
 * This many pictures are enough to find the colours; of longer lists every n-th picture is used.
 */
const mostPictures = 256;

/** Pictures drawn for the palette are kept for the results up to this total size. */
const mostKeptBytes = 256 * 2 ** 20;

/** How pictures become cells. */
export interface Drawing<Loaded, Drawn> {
  readonly load: (item: PlannedPicture) => Promise<Loaded>;
  /** Puts a picture on its grid, before colours are chosen. */
  readonly draw: (loaded: Loaded) => Promise<Drawn>;
  /**
   * The cells of each frame, one pixel a cell; none for a picture that will not be written and so
   * does not count.
   */
  readonly cellsOf: (drawn: Drawn) => readonly Image[];
}

interface SearchOptions<Loaded, Drawn> extends Drawing<Loaded, Drawn> {
  readonly gpu: Gpu;
  readonly items: readonly PlannedPicture[];
  /** The number of colours. Default: `auto`. */
  readonly colors?: number | "auto" | undefined;
  /** Colours that the palette always includes. */
  readonly locked?: readonly Colour[] | undefined;
  readonly isFatal: (error: unknown) => boolean;
  /** Starts a progress display for a search through `total` pictures. */
  readonly startProgress: (total: number) => { update(done: number): void; stop(): void };
  readonly signal?: AbortSignal | undefined;
}

export interface Search<Drawn> {
  /** Undefined if no picture had visible pixels, or if the search was interrupted. */
  readonly palette?: Palette | undefined;
  /** Pictures on their grid, before colours are chosen. */
  readonly kept: ReadonlyMap<PlannedPicture, Drawn>;
}

/**
 * Finds one palette for all pictures. Unreadable pictures do not count; converting them reports
 * why.
 *
 * @throws any error that ends a run
 */
export async function findSharedPalette<Loaded, Drawn>(options: SearchOptions<Loaded, Drawn>): Promise<Search<Drawn>> {
  const { gpu, load, draw, cellsOf, signal } = options;
  const items = everyNth(options.items, options.items.length / mostPictures);
  const shared = new SharedPalette(options.colors, options.locked);
  const kept = new Map<PlannedPicture, Drawn>();
  let keptBytes = 0;
  const progress = options.startProgress(items.length);
  const { stopped } = await runPipeline({
    items,
    nameOf: ({ source }) => source,
    load,
    process: draw,
    save: async (drawn, item) => {
      for (const cells of cellsOf(drawn)) {
        shared.add(cells);
        keptBytes += cells.data.length;
      }
      if (keptBytes <= mostKeptBytes) kept.set(item, drawn);
    },
    saveBehind: 1,
    isFatal: (error) => options.isFatal(error) || signal?.aborted === true,
    signal,
    onProgress: ({ saved, failed }) => progress.update(saved + failed),
  });
  progress.stop();
  if (signal?.aborted) return { kept };
  if (stopped && stopped !== "aborted") throw stopped.error;
  const colours = await shared.find(gpu);
  return { kept, palette: colours && { name: "shared", colours } };
}
