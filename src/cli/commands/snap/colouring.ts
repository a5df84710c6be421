// The colours of snapped pictures: unchanged, or reduced to a palette as in `convert`, which needs
// a GPU. The frames of a sequence share one palette.

import { UserError } from "../../../errors.ts";
import type { Image } from "../../../picture/image.ts";
import { checkColours } from "../../../pixelart/colour-options.ts";
import { colourFrames, type ColouredFrames } from "../../../pixelart/colours.ts";
import type { DitherOptions } from "../../../pixelart/dither.ts";
import type { Colour } from "../../../pixelart/palettes/palette.ts";
import type { PaletteKind } from "../../../pixelart/palettes/write.ts";
import { openGpu } from "../../../platform/gpu/gpu.node.ts";
import type { PlannedPicture } from "../../files/inputs.ts";
import {
  findSharedPalette,
  givenPalette,
  refuseReplacing,
  saveForAll,
  sharedName,
  type Drawing,
} from "../../files/palettes.ts";
import { isFatal } from "../../terminal/ending.ts";
import { startProgress } from "../../terminal/progress.ts";

export interface ColouringOptions extends DitherOptions {
  /**
   * The most colours of each picture, or of all frames together. Default: `none`, which means no
   * limit.
   */
  readonly colors?: number | "auto" | "none";
  /**
   * A palette's file, the name of a built-in palette, or `shared` for one palette found for all
   * pictures together.
   */
  readonly palette?: string;
  /** Colours that a found palette always includes. */
  readonly lock?: readonly Colour[];
  /**
   * Writes the palette beside each result or, if all pictures share one, as `palette` into the
   * folder. Default: only a shared palette is written, as .gpl.
   */
  readonly savePalette?: PaletteKind;
  /** The pictures are frames that share one grid and one palette. */
  readonly sequence?: boolean;
  /** The name of the GPU that chooses colours, or a part of it. */
  readonly adapter?: string;
  readonly skipExisting?: boolean;
  readonly shard?: unknown;
  /** No terminal output. */
  readonly quiet?: boolean | undefined;
  readonly signal?: AbortSignal;
}

export interface Colouring<Drawn> {
  /** @param frames one pixel a cell; a still picture has a single frame */
  readonly finish: (frames: readonly Image[]) => Promise<ColouredFrames>;
  /** Pictures that the search for a shared palette has already snapped. */
  readonly kept: ReadonlyMap<PlannedPicture, Drawn>;
  /** Whether all pictures share one palette. */
  readonly isForAll: boolean;
  /** Where the shared palette was written. */
  readonly paletteFile?: string | undefined;
  close(): void;
}

/**
 * Finds or reads the palette that all pictures share, and writes it.
 *
 * @throws UserError if options contradict each other, or if a palette or a GPU is not available;
 * and any error that ends a run
 */
export async function colouringOf<Loaded, Drawn>(
  items: readonly PlannedPicture[],
  drawing: Drawing<Loaded, Drawn>,
  folder: string,
  options: ColouringOptions,
): Promise<Colouring<Drawn>> {
  const { colors, lock: locked, dither, ditherStrength, savePalette, signal } = options;
  const isFound = colors !== undefined && colors !== "none" && options.palette === undefined;
  const palette = options.sequence && isFound ? sharedName : options.palette;
  const choice = { ...options, palette };
  if (palette === sharedName && colors === "none")
    throw new UserError("--palette shared needs a number of colors: give --colors a number, or leave it out.");
  const given = await givenPalette(choice, folder);
  const mixing = { dither, ditherStrength };
  if (palette !== undefined && palette !== sharedName)
    checkColours({ ...mixing, colors, locked, palette: given?.colours });
  else checkColours({ ...mixing, locked, colors: colors ?? (palette ? "auto" : "none") });
  if (palette === undefined && !isFound) {
    if (savePalette) throw new UserError("--save-palette has no palette to write: also give --palette or --colors.");
    return { finish: async (frames) => ({ frames }), kept: new Map(), isForAll: false, close: () => {} };
  }
  if (savePalette) refuseReplacing(items, savePalette, folder);
  const gpu = await openGpu({ adapter: options.adapter });
  try {
    const search =
      palette === sharedName && !given
        ? await findSharedPalette({
            gpu,
            items,
            ...drawing,
            colors: colors === "none" ? undefined : colors,
            locked,
            isFatal,
            startProgress: (total) => startProgress({ total, label: "palette", unit: "images", silent: options.quiet }),
            signal,
          })
        : undefined;
    const forAll = given ?? search?.palette;
    const paletteFile = forAll && (await saveForAll(forAll, choice, folder));
    const wanted = forAll ? { ...mixing, palette: forAll.colours } : { ...mixing, colors, locked };
    return {
      finish: (frames) => colourFrames(gpu, frames, wanted),
      kept: search?.kept ?? new Map<PlannedPicture, Drawn>(),
      isForAll: forAll !== undefined,
      paletteFile,
      close: () => gpu.close(),
    };
  } catch (error) {
    gpu.close();
    throw error;
  }
}
