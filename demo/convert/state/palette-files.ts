// Reads and saves palette files, and finds one palette for all pictures.

import { signal } from "@preact/signals";
import type { Palette } from "../../../src/pixelart/palettes/palette.ts";
import { encodePalette, type PaletteKind } from "../../../src/pixelart/palettes/write.ts";
import { download } from "../../parts/download.ts";
import { sentenceOf } from "../../parts/sentence.ts";
import { choose } from "../palette-choice.ts";
import { artOptions, paletteSearch } from "../settings.ts";
import { done } from "./pictures.ts";
import { message, say, worker } from "./worker.ts";

/** The file types that a dialog offers. Pictures with few colours are palettes too. */
export const paletteTypes = ".gpl,.hex,.pal,.txt,.act,.aseprite,.ase,image/*";

/**
 * Whether the extension is a palette's. A picture counts as a palette only if it is dropped on the
 * palette.
 */
export function isPaletteName(name: string): boolean {
  return /\.(gpl|hex|pal|txt|act|aseprite|ase)$/i.test(name);
}

/** Reads a palette from a file. A bad file changes nothing. */
export async function openPalette(file: File): Promise<void> {
  message.value = null;
  try {
    choose(await (await worker()).readPalette(file));
  } catch (error) {
    say("error", sentenceOf(error));
  }
}

/** Whether a palette for all pictures is being found. */
export const searching = signal(false);

/** Finds one palette in all finished pictures, and uses it for all. */
export async function findShared(): Promise<void> {
  searching.value = true;
  try {
    const ids = done.value.map(({ id }) => id);
    const colours = await (await worker()).sharedPalette(ids, artOptions.value, paletteSearch.value);
    choose({ name: "Shared by all", colours });
  } catch (error) {
    say("error", sentenceOf(error));
  } finally {
    searching.value = false;
  }
}

export async function downloadPalette(palette: Palette, kind: PaletteKind): Promise<void> {
  const bytes = (await encodePalette(palette, kind)) as Uint8Array<ArrayBuffer>;
  const name = palette.name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
  download(new Blob([bytes]), `${name || "palette"}.${kind}`);
}
