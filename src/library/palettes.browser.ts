// Palettes for pages: by name, from addresses, files and bytes.

import { UserError } from "../errors.ts";
import { builtInPalette } from "../pixelart/palettes/built-in.ts";
import type { Palette } from "../pixelart/palettes/palette.ts";
import { maximumPaletteBytes, readPalette } from "../pixelart/palettes/read.ts";
import { decodeNumbers } from "../platform/pictures/images.browser.ts";
import { fetchBytes } from "./fetch.browser.ts";

/**
 * Loads a palette: .gpl, .hex, .pal, .txt, .act, .aseprite, or a picture with at most 256 colours.
 *
 * @param source the name of a built-in palette, such as `pico-8`; or a URL, a file, or bytes
 * @throws UserError if it cannot be fetched or is not a palette
 * @example
 * ```ts
 * const { name, colours } = await loadPalette("pico-8");
 * const chosen = await loadPalette(new File(["1a1c2c\nf4f4f4\n"], "two.hex"));
 * ```
 */
export async function loadPalette(source: string | File | Uint8Array): Promise<Palette> {
  if (source instanceof Uint8Array) return readPalette(source, "the palette", decodeNumbers);
  if (typeof source === "string") {
    return builtInPalette(source) ?? readPalette(await fetchBytes(source), source, decodeNumbers);
  }
  if (source.size > maximumPaletteBytes) throw new UserError(`${source.name}: it is too large for a palette.`);
  return readPalette(new Uint8Array(await source.arrayBuffer()), source.name, decodeNumbers);
}
