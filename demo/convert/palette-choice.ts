// The palette of all results: found in each, or one that is given, which a visitor may edit. Colours may be locked; those stay when a palette
// is found anew.

import { batch, signal } from "@preact/signals";
import { mostColours } from "../../src/pixelart/colours.ts";
import { builtInNames, builtInPalette } from "../../src/pixelart/palettes/built-in.ts";
import { hexOf, type Colour, type Palette } from "../../src/pixelart/palettes/palette.ts";

/** What everybody knows, in the order of the command line. */
export const builtIn: readonly Palette[] = builtInNames.map((name) => builtInPalette(name)!);

/** Null while each picture's is found by itself. */
export const given = signal<Palette | null>(null);

export const locked = signal<readonly Colour[]>([]);

export function isLocked(colour: Colour): boolean {
  return has(locked.value, colour);
}

/** Whether nothing more may be locked: no palette that is found has more colours. */
export function isFullyLocked(): boolean {
  return locked.value.length >= mostColours;
}

export function toggleLock(colour: Colour): void {
  locked.value = isLocked(colour) ? without(locked.value, colour) : [...locked.value, colour];
}

export function choose(palette: Palette | null): void {
  batch(() => {
    given.value = palette;
    // What is locked belongs to the palette that was left, unless that is now to be found.
    if (palette) locked.value = locked.value.filter((colour) => has(palette.colours, colour));
  });
}

/** What edited palettes are called, unless they have a name. */
const ownName = "Your own";

/**
 * Puts a colour in another's place; one that the palette has already changes nothing.
 *
 * @param shown the colours that are seen: a palette that was found becomes the visitor's own by being edited
 */
export function replace(shown: readonly Colour[], old: Colour, next: Colour): void {
  if (has(shown, next)) return;
  const put = (colours: readonly Colour[]) => colours.map((colour) => (same(colour, old) ? next : colour));
  edit(put(shown), put(locked.value));
}

/** Adds a colour that the palette lacks, as its last. */
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
