// What a run of convert is asked for, and the check of what needs no picture, model or adapter.

import { UserError } from "../../../errors.ts";
import type { Trace } from "../../../gpu/trace.ts";
import type { Precision } from "../../../kernels/core/operation.ts";
import { checkPreprocessOptions, type PreprocessOptions } from "../../../picture/preprocess.ts";
import type { DitherKind } from "../../../pixelart/dither.ts";
import type { Colour } from "../../../pixelart/palettes/palette.ts";
import type { PaletteKind } from "../../../pixelart/palettes/write.ts";
import type { AnimationChoice } from "../../files/animations.ts";
import { sharedName } from "../../files/palettes.ts";
import { checkSequence } from "../../files/sequence.ts";
import type { Shard } from "../../files/shard.ts";
import { checkDithering } from "../../options/companions.ts";

export interface ConvertPicturesOptions extends AnimationChoice {
  /** Files, folders and globs. */
  readonly inputs: string[];
  /**
   * The folder to write to, created if missing; for a single picture, optionally the file's name.
   */
  readonly out: string;
  /** A checkpoint's path or the name of a bundled model. Default: the bundled model. */
  readonly weights?: string | undefined;
  /** Selects a network if a file or a run contains several. */
  readonly key?: string;
  /** Writes the network's output unchanged, without a grid. */
  readonly raw?: boolean;
  /** Default: from the model's card, otherwise 4. */
  readonly cell?: number | undefined;
  /** Default: the cell, so results are as large as their sources. */
  readonly scale?: number;
  /** Like `GridOptions`, with the same defaults. */
  readonly colors?: number | "auto" | "none";
  readonly keepColors?: number;
  readonly clean?: number | undefined;
  readonly dither?: DitherKind;
  readonly ditherStrength?: number;
  /**
   * A palette's file, the name of a built-in palette, or `shared` for one palette found for all
   * pictures together. Default: each picture has its own.
   */
  readonly palette?: string;
  /** Colours that a found palette always includes. */
  readonly lock?: readonly Colour[];
  /**
   * Writes the palette beside each result or, if all pictures share one, as `palette` into the
   * folder. Default: only a shared palette is written, as .gpl.
   */
  readonly savePalette?: PaletteKind;
  /** The longest side that a picture may have; larger ones are shrunk. */
  readonly maxSize?: number;
  /** The reference's preprocessing. Default: none. */
  readonly preprocess?: Pick<PreprocessOptions, "mode" | "loadSize" | "cropSize"> | undefined;
  /** Random crops depend only on this seed and a picture's place in the whole list. */
  readonly seed?: number;
  /** Batch norm uses its running statistics (PyTorch's eval()). */
  readonly evaluate?: boolean | undefined;
  readonly skipExisting?: boolean;
  readonly shard?: Shard | undefined;
  /** How the network's weights and images are stored. Default: full. */
  readonly precision?: Precision;
  readonly adapter?: string | undefined;
  /** No terminal output. */
  readonly quiet?: boolean | undefined;
  readonly signal?: AbortSignal;
  readonly onPicture?: (picture: ConvertedPicture) => void;
  readonly trace?: Trace | undefined;
}

export interface ConvertedPicture {
  readonly source: string;
  readonly output: string;
  readonly width: number;
  readonly height: number;
  /** The GPU's time; the first picture's includes compiling the kernels. */
  readonly seconds: number;
  readonly palette?: readonly (readonly number[])[] | undefined;
  /** The number of an animation's frames. */
  readonly frames?: number;
}

/** @throws UserError if an option is out of range, or makes no sense in combination with another */
export function checkOptions(options: ConvertPicturesOptions): void {
  checkSequence(options, options.shard);
  const { maxSize, preprocess: transforms, raw, colors, keepColors, clean, cell, scale } = options;
  const { palette, lock, savePalette, dither, ditherStrength } = options;
  if (maxSize !== undefined && (!Number.isInteger(maxSize) || maxSize < 1)) {
    throw new UserError(`--max-size must be a whole number of pixels from 1, not ${maxSize}.`);
  }
  if (transforms) checkPreprocessOptions(transforms);
  const artistic =
    colors ?? keepColors ?? clean ?? cell ?? scale ?? palette ?? lock ?? savePalette ?? dither ?? ditherStrength;
  if (raw && artistic !== undefined) {
    throw new UserError(
      "--raw writes the network's output unchanged: leave out --cell, --scale, --colors, --lock, --keep-colors, --clean, palettes and dithering.",
    );
  }
  checkDithering(options);
  if (palette === sharedName && colors === "none") {
    throw new UserError("--palette shared needs a number of colors: give --colors a number, or leave it out.");
  }
}
