// The options of a command that chooses its results' colours: their number, the palette, and the
// dithering.

import { InvalidArgumentError, Option, type Command } from "commander";
import { ditherKinds, type DitherKind } from "../../pixelart/dither.ts";
import { colourFromHex, type Colour } from "../../pixelart/palettes/palette.ts";
import { paletteKinds, type PaletteKind } from "../../pixelart/palettes/write.ts";
import { share, wholeNumber } from "./numbers.ts";

export interface ColourChoice {
  colors?: number | "auto" | "none";
  palette?: string;
  lock?: readonly Colour[];
  savePalette?: PaletteKind;
  dither?: DitherKind;
  ditherStrength?: number;
}

/** @param usual the command's default number of colours */
export function addColourOptions(command: Command, usual: "auto" | "none"): Command {
  const words = { auto: "a number, none for no limit, or auto", none: "a number, auto, or none for no limit" };
  return command
    .option("--colors <k>", `colors of each picture: ${words[usual]} (default)`, colorCount)
    .option(
      "--palette <file|name>",
      "use only these colors: a file, a name such as pico-8, or shared for one palette across all pictures",
    )
    .option("--lock <colors>", "colors that a palette found for the pictures must contain: #1a1c2c,#f4f4f4", hexColours)
    .addOption(
      new Option(
        "--save-palette <kind>",
        "write the palette beside each result, or once if all results share it",
      ).choices(paletteKinds),
    )
    .addOption(new Option("--dither <kind>", "mix colors that the palette lacks (default: none)").choices(ditherKinds))
    .option(
      "--dither-strength <s>",
      "for --dither: from 0 (none) to 1 (dither every color that the palette lacks)",
      share,
    );
}

export function hexColour(text: string): Colour {
  const match = /^#?([0-9a-f]{6})$/i.exec(text);
  if (!match) throw new InvalidArgumentError("It must be a color of six hexadecimal digits, such as #ffffff.");
  return colourFromHex(match[1].toLowerCase());
}

/** `--background`, white by default. */
export function backgroundOption(description: string): Option {
  return new Option("--background <hex>", description).argParser(hexColour).default([255, 255, 255], "#ffffff");
}

function hexColours(text: string): Colour[] {
  return text.split(",").map((colour) => hexColour(colour.trim()));
}

function colorCount(text: string): number | "auto" | "none" {
  return text === "auto" || text === "none" ? text : wholeNumber(text);
}
