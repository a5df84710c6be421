// Palettes for Node: by name, from files, and from bytes.

import { stat } from "node:fs/promises";
import { UserError } from "../errors.ts";
import { builtInNames, builtInPalette } from "../pixelart/palettes/built-in.ts";
import type { Palette } from "../pixelart/palettes/palette.ts";
import { maximumPaletteBytes, readPalette } from "../pixelart/palettes/read.ts";
import { readFileBytes } from "../platform/files/files.node.ts";
import { decodeImage } from "../platform/pictures/images.node.ts";

/**
 * Loads a palette: .gpl, .hex, .pal, .txt, .act, .aseprite, or a picture with at most 256 colours.
 *
 * @param source a file's path, or its bytes; or the name of a built-in palette, such as `pico-8`,
 * if there is no file of that name
 * @throws UserError if it is neither, or not a palette
 * @example
 * ```ts
 * const { name, colours } = await loadPalette("pico-8");
 * const fromFile = await loadPalette("two.hex");
 * ```
 */
export async function loadPalette(source: string | Uint8Array): Promise<Palette> {
  if (typeof source !== "string") return readPalette(source, "the palette", decodeImage);
  const isFile = await stat(source).then(
    (status) => status.isFile(),
    () => false,
  );
  if (isFile) return readPalette(await readFileBytes(source, maximumPaletteBytes), source, decodeImage);
  const known = builtInPalette(source);
  if (known) return known;
  if (/[\\/]|\.\w+$/.test(source)) throw new UserError(`${source}: there is no such file.`);
  throw new UserError(`There is no palette called "${source}"; give a file or one of ${builtInNames.join(", ")}.`);
}
