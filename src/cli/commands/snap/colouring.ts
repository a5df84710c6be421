// The colours of what is snapped: as they are, or brought to a palette as `convert` does, which takes a GPU. Frames of a sequence share what is found.

import type { Image } from "../../../data/image.ts";
import { UserError } from "../../../errors.ts";
import { checkColours, colourFrames, type ColouredFrames } from "../../../pixelart/colours.ts";
import type { DitherOptions } from "../../../pixelart/dither.ts";
import type { Colour } from "../../../pixelart/palettes/palette.ts";
import type { PaletteKind } from "../../../pixelart/palettes/write.ts";
import { openGpu } from "../../../platform/gpu.node.ts";
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
  /** The most colours of each picture, or of all frames together. Default: `none`, as many as there are. */
  readonly colors?: number | "auto" | "none";
  /** A palette's file, the name of a built-in one, or `shared`: one that is found for all pictures together. */
  readonly palette?: string;
  /** Colours that a palette which is found has in any case. */
  readonly lock?: readonly Colour[];
  /** Writes the palette beside each result, or, where it is one for all, as `palette` into the folder. Default: only a shared one, as .gpl. */
  readonly savePalette?: PaletteKind;
  /** The pictures are frames: one grid and one palette for all. */
  readonly sequence?: boolean;
  /** A GPU's name, or a part of it, for choosing colours. */
  readonly adapter?: string;
  readonly skipExisting?: boolean;
  readonly shard?: unknown;
  /** Nothing on the terminal. */
  readonly quiet?: boolean | undefined;
  readonly signal?: AbortSignal;
}

export interface Colouring<Drawn> {
  /** @param frames one pixel a cell; a single one of a still picture */
  readonly finish: (frames: readonly Image[]) => Promise<ColouredFrames>;
  /** What the search for a shared palette has snapped already. */
  readonly kept: ReadonlyMap<PlannedPicture, Drawn>;
  /** Whether there is one palette for all. */
  readonly isForAll: boolean;
  /** Where that was written. */
  readonly paletteFile?: string | undefined;
  close(): void;
}

/**
 * Finds or reads the palette that is to serve all pictures, and writes it.
 *
 * @throws UserError where options make no sense together, or a palette or a GPU cannot be had; and what ends a run
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
    throw new UserError("--palette shared finds a number of colors: give --colors a number, or leave it out.");
  const given = await givenPalette(choice, folder);
  const mixing = { dither, ditherStrength };
  if (palette !== undefined && palette !== sharedName)
    checkColours({ ...mixing, colors, locked, palette: given?.colours });
  else checkColours({ ...mixing, locked, colors: colors ?? (palette ? "auto" : "none") });
  if (palette === undefined && !isFound) {
    if (savePalette) throw new UserError("--save-palette has none to write: give --palette or --colors as well.");
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
