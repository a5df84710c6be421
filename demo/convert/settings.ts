// What a visitor can choose of the result. None of it runs the network again, but for the longest side.

import { computed, signal } from "@preact/signals";
import type { ColourOptions } from "../../src/pixelart/colours.ts";
import type { DitherKind } from "../../src/pixelart/dither.ts";
import { gpu } from "../parts/shell-state.ts";
import type { ArtOptions, ModelDescription, PaletteSearch } from "./api.ts";
import { given, locked } from "./palette-choice.ts";

/** `art` on a grid; `drawing`, the network's own picture. */
export const look = signal<"art" | "drawing">("art");

export const largestCell = 16;
export const cell = signal(4);

/** Null for the cell: the result is as large as its source then. */
export const scale = signal<number | null>(null);

/** Pixels along a cell of pictures on their own grid. */
export const ownScale = signal(1);

/** The slider's places: the first finds the number by itself, the last leaves as many colours as there are. */
export const automaticColours = 1;
export const mostColours = 64;
export const allColours = mostColours + 1;
export const colours = signal(automaticColours);

/** How far the source's colours are kept, from 0 to 1. */
export const keepColors = signal(1);

/** How strongly stray cells and jagged outlines are cleaned, from 0 to 1. */
export const clean = signal(0);

export const dither = signal<DitherKind>("none");

/** How much of what is not a colour of the palette is mixed, from 0 to 1. */
export const ditherStrength = signal(1);

const limitsColours = computed(() => given.value !== null || colours.value !== allColours);

/** Why nothing can be dithered; undefined where it can. */
export const ditherProblem = computed(() => {
  if (clean.value > 0) return "Cleaning takes away the single cells that dithering makes: set Clean to off first.";
  if (!limitsColours.value) return "It mixes the colours of a palette: choose one, or limit the colours first.";
  return undefined;
});

/** Why nothing can be cleaned; undefined where it can. */
export const cleanProblem = computed(() =>
  dithers.value ? "It would take away the single cells that dithering makes: set Dithering to none first." : undefined,
);

const dithers = computed(() => dither.value !== "none" && ditherProblem.value === undefined);

/** The number of colours that is looked for: locked ones count, so there are no fewer. */
const wantedColours = computed<number | "auto" | "none">(() => {
  if (colours.value === automaticColours) return "auto";
  return colours.value === allColours ? "none" : Math.max(colours.value, locked.value.length);
});

/** How one palette for all pictures is found. */
export const paletteSearch = computed<PaletteSearch>(() => ({
  colors: wantedColours.value === "none" ? "auto" : wantedColours.value,
  locked: locked.value,
}));

/** What results may have for colours, and how what they lack is mixed. */
const colourOptions = computed<ColourOptions>(() => ({
  ...(given.value
    ? { palette: given.value.colours }
    : { colors: wantedColours.value, locked: limitsColours.value ? locked.value : [] }),
  ...(dithers.value && { dither: dither.value, ditherStrength: ditherStrength.value }),
}));

/** On its own grid a picture keeps the colours that it has, unless others are asked for. */
const ownColours = computed<ColourOptions>(() => {
  const isAsked =
    given.value !== null || colours.value !== automaticColours || locked.value.length > 0 || dithers.value;
  return isAsked ? colourOptions.value : { colors: "none" };
});

export const artOptions = computed<ArtOptions>(() => ({
  own: { scale: ownScale.value, colours: ownColours.value },
  grid:
    look.value === "drawing"
      ? null
      : {
          cell: cell.value,
          scale: scale.value ?? cell.value,
          keepColors: keepColors.value,
          clean: clean.value,
          ...colourOptions.value,
        },
}));

/** Pixels; null for no limit. */
export const longestSides: readonly (number | null)[] = [256, 384, 512, 768, 1024, 1536, 2048, null];
const chosenLongestSide = signal<number | null | undefined>(undefined);

/** Until somebody chooses, what converts in a few seconds: without a GPU little, with one a good deal. */
export const longestSide = computed<number | null>(() => {
  if (chosenLongestSide.value !== undefined) return chosenLongestSide.value;
  return gpu.value.state === "there" && gpu.value.adapter.software ? 256 : 1024;
});

export function chooseLongestSide(side: number | null): void {
  chosenLongestSide.value = side;
}

/** A model comes with the grid that it draws on; one that draws none is shown as it draws. */
export function suit({ cell: modelCell }: ModelDescription): void {
  look.value = modelCell === 1 ? "drawing" : "art";
  cell.value = modelCell === null || modelCell === 1 ? 4 : Math.min(modelCell, largestCell);
  scale.value = null;
}
