// The palette of all results: found for each picture, or a given one that the visitor can edit.
// Locked colours stay when a palette is found again.

import { batch, signal } from "@preact/signals";
import { mostColours } from "../../src/pixelart/colour-options.ts";
import { builtInNames, builtInPalette } from "../../src/pixelart/palettes/built-in.ts";
import { hexOf, type Colour, type Palette } from "../../src/pixelart/palettes/palette.ts";

/** The built-in palettes, in the order of the command line. */
export const builtIn: readonly Palette[] = builtInNames.map((name) => builtInPalette(name)!);

/** Null while a palette is found for each picture. */
export const given = signal<Palette | null>(null);

export const locked = signal<readonly Colour[]>([]);

export function isLocked(colour: Colour): boolean {
  return has(locked.value, colour);
}

/** Whether no more colours can be locked: a found palette has no more. */
export function isFullyLocked(): boolean {
  return locked.value.length >= mostColours;
}

export function toggleLock(colour: Colour): void {
  locked.value = isLocked(colour) ? without(locked.value, colour) : [...locked.value, colour];
}

export function choose(palette: Palette | null): void {
  batch(() => {
    given.value = palette;
    // A given palette keeps only the locks of its own colours. A palette to be found keeps all.
    if (palette) locked.value = locked.value.filter((colour) => has(palette.colours, colour));
  });
}

/** The name of an edited palette that has none. */
const ownName = "Custom";

/**
 * Replaces a colour, unless the palette already has the new one.
 *
 * @param shown the visible colours: editing a found palette makes it a given one
 */
export function replace(shown: readonly Colour[], old: Colour, next: Colour): void {
  if (has(shown, next)) return;
  const put = (colours: readonly Colour[]) => colours.map((colour) => (same(colour, old) ? next : colour));
  edit(put(shown), put(locked.value));
}

/** Appends a colour, unless the palette has it. */
export function add(shown: readonly Colour[], colour: Colour): void {
  if (!has(shown, colour)) edit([...shown, colour], locked.value);
}

export function remove(shown: readonly Colour[], colour: Colour): void {
  edit(without(shown, colour), without(locked.value, colour));
}

function edit(colours: readonly Colour[], nowLocked: readonly Colour[]): void {
  const before = given.value;
  const name = before && !builtIn.includes(before) ? before.name : ownName;
  batch(() => {
    given.value = { name, colours };
    locked.value = nowLocked;
  });
}

function same(a: Colour, b: Colour): boolean {
  return hexOf(a) === hexOf(b);
}

function has(colours: readonly Colour[], colour: Colour): boolean {
  return colours.some((other) => same(other, colour));
}

function without(colours: readonly Colour[], colour: Colour): readonly Colour[] {
  return colours.filter((other) => !same(other, colour));
}
