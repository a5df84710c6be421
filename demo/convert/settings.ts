// What a visitor can choose of the result. None of it runs the network again, but for the longest side.

import { computed, signal } from "@preact/signals";
import { gpu } from "../parts/shell-state.ts";
import type { ArtOptions, ModelDescription } from "./api.ts";

/** `art` on a grid; `drawing`, the network's own picture. */
export const look = signal<"art" | "drawing">("art");

export const largestCell = 16;
export const cell = signal(4);

/** Null for the cell: the result is as large as its source then. */
export const scale = signal<number | null>(null);

/** The slider's places: the first finds the number by itself, the last leaves as many colours as there are. */
export const automaticColours = 1;
export const mostColours = 64;
export const allColours = mostColours + 1;
export const colours = signal(automaticColours);

/** How far the source's colours are kept, from 0 to 1. */
export const keepColors = signal(1);

/** How strongly stray cells and jagged outlines are cleaned, from 0 to 1. */
export const clean = signal(0);

export const artOptions = computed<ArtOptions>(() => ({
  grid:
    look.value === "drawing"
      ? null
      : {
          cell: cell.value,
          scale: scale.value ?? cell.value,
          colors: colours.value === automaticColours ? "auto" : colours.value === allColours ? "none" : colours.value,
          keepColors: keepColors.value,
          clean: clean.value,
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
