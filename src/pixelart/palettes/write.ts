// Writes palettes as files: .gpl, which keeps the name and opens everywhere; .hex, which Lospec and
// scripts read; and a PNG strip with one pixel per colour.

import { encodeIndexedPng } from "../../formats/pictures/indexed-png.ts";
import { hexOf, type Palette } from "./palette.ts";

export const paletteKinds = ["gpl", "hex", "png"] as const;
/**
 * The kinds of palette files that can be written.
 *
 * @useDeclaredType
 * @example
 * ```ts
 * const kind: PaletteKind = "hex";
 * const file = await encodePalette(await loadPalette("gameboy"), kind);
 * ```
 */
export type PaletteKind = (typeof paletteKinds)[number];

/**
 * A palette as a file: `gpl` keeps its name and opens everywhere, `hex` is read by Lospec and
 * scripts, `png` is a strip with one pixel per colour.
 *
 * @example
 * ```ts
 * const file = await encodePalette(await loadPalette("pico-8"), "gpl");
 * const same = await loadPalette(file);
 * ```
 */
export async function encodePalette({ name, colours }: Palette, kind: PaletteKind): Promise<Uint8Array> {
  switch (kind) {
    case "gpl": {
      const rows = colours.map((colour) => {
        const numbers = colour.map((value) => String(value).padStart(3)).join(" ");
        return `${numbers}\t${hexOf(colour)}`;
      });
      const title = name.replace(/\s+/g, " ").trim();
      return new TextEncoder().encode(["GIMP Palette", `Name: ${title}`, "#", ...rows, ""].join("\n"));
    }
    case "hex":
      return new TextEncoder().encode(`${colours.map(hexOf).join("\n")}\n`);
    case "png":
      return encodeIndexedPng(
        colours.length,
        1,
        Uint8Array.from(colours, (_, i) => i),
        colours.map((colour) => [...colour, 255]),
      );
  }
}
