// The settings of the result. Only the longest side and the precision require running the network
// again.

import { computed, signal } from "@preact/signals";
import type { Precision } from "../../src/kernels/core/operation.ts";
import type { ColourOptions } from "../../src/pixelart/colour-options.ts";
import type { DitherKind } from "../../src/pixelart/dither.ts";
import type { ModelDescription } from "../parts/model.ts";
import { gpu } from "../parts/shell-state.ts";
import type { ArtOptions, PaletteSearch } from "./api.ts";
import { given, locked } from "./palette-choice.ts";

/** `art` is on a grid; `drawing` is the network's output. */
export const look = signal<"art" | "drawing">("art");

export const largestCell = 16;
export const cell = signal(4);

/** Null for the cell size, which makes the result as large as its source. */
export const scale = signal<number | null>(null);

/** The pixels along a cell of pictures that are snapped to their own grid. */
export const ownScale = signal(1);

/**
 * The slider's positions: the first chooses the number automatically, the last keeps all colours.
 */
export const automaticColours = 1;
export const mostColours = 64;
export const allColours = mostColours + 1;
export const colours = signal(automaticColours);

/** How much of the source's colours is kept, from 0 to 1. */
export const keepColors = signal(1);

/** How strongly stray cells and jagged outlines are cleaned, from 0 to 1. */
export const clean = signal(0);

export const dither = signal<DitherKind>("none");

/** How strongly dithering mixes the palette's colours, from 0 to 1. */
export const ditherStrength = signal(1);

const limitsColours = computed(() => given.value !== null || colours.value !== allColours);

/** Why dithering is unavailable; undefined if it is available. */
export const ditherProblem = computed(() => {
  if (clean.value > 0) return "Cleaning removes the single cells that dithering creates. Set Cleaning to off first.";
  if (!limitsColours.value) return "Dithering mixes the colours of a palette. Choose one, or limit the colours first.";
  return undefined;
});

/** Why cleaning is unavailable; undefined if it is available. */
export const cleanProblem = computed(() =>
  dithers.value ? "Cleaning removes the single cells that dithering creates. Set Dithering to None first." : undefined,
);

const dithers = computed(() => dither.value !== "none" && ditherProblem.value === undefined);

/** The number of colours to find. Locked colours count, so there are at least as many. */
const wantedColours = computed<number | "auto" | "none">(() => {
  if (colours.value === automaticColours) return "auto";
  return colours.value === allColours ? "none" : Math.max(colours.value, locked.value.length);
});

/** The options for finding one palette for all pictures. */
export const paletteSearch = computed<PaletteSearch>(() => ({
  colors: wantedColours.value === "none" ? "auto" : wantedColours.value,
  locked: locked.value,
}));

/** The colours and the dithering of results. */
const colourOptions = computed<ColourOptions>(() => ({
  ...(given.value
    ? { palette: given.value.colours }
    : { colors: wantedColours.value, locked: limitsColours.value ? locked.value : [] }),
  ...(dithers.value && { dither: dither.value, ditherStrength: ditherStrength.value }),
}));

/**
 * A picture that is snapped to its own grid keeps its colours, unless the visitor chooses others.
 */
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

/** The default is a size that converts in a few seconds, with or without a GPU. */
export const longestSide = computed<number | null>(() => {
  if (chosenLongestSide.value !== undefined) return chosenLongestSide.value;
  return gpu.value.state === "there" && gpu.value.adapter.software ? 256 : 1024;
});

export function chooseLongestSide(side: number | null): void {
  chosenLongestSide.value = side;
}

/** How the network's numbers are stored: see docs/speed.md. */
export const precision = signal<Precision>("full");

/** Takes the cell size from a model. The output of a model without cells is shown as it is. */
export function suit({ cell: modelCell }: ModelDescription): void {
  look.value = modelCell === 1 ? "drawing" : "art";
  cell.value = modelCell === null || modelCell === 1 ? 4 : Math.min(modelCell, largestCell);
  scale.value = null;
}
