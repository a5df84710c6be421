// Facets for filtering pictures. A facet puts each picture into one of a few bins. A person selects
// bins, and every facet shows how many pictures each of its bins would leave, given the selection
// in the others.

import type { AuditVerdict } from "../dataset/audit/row.ts";
import type { GalleryPicture } from "./data.ts";

export interface Facet {
  readonly id: string;
  readonly title: string;
  readonly bins: readonly Bin[];
  /** Each picture's bin. */
  readonly binOf: Uint16Array;
}

export interface Bin {
  readonly label: string;
  /** An explanation, if the label is not enough. */
  readonly meaning?: string;
}

export const verdictWords: Readonly<Record<AuditVerdict, Bin>> = {
  "real-pixel-art": { label: "real pixel art", meaning: "whole cells of one color each" },
  "rescaled-pixel-art": { label: "rescaled", meaning: "pixel art that was resized, blurred or compressed" },
  "naive-conversion": { label: "naive conversion", meaning: "a photo or painting that was shrunk and enlarged" },
  "mixed-pixel-sizes": { label: "mixed pixel sizes", meaning: "cells of two sizes in one picture" },
  "not-pixel-art": { label: "not pixel art", meaning: "no grid is found" },
  broken: { label: "broken", meaning: "cannot be read" },
};
export const verdictNames = Object.keys(verdictWords) as AuditVerdict[];

/** Whether a grid was found, including one with one pixel per cell. */
export function hasGrid({ verdict }: GalleryPicture): boolean {
  return verdict !== "not-pixel-art" && verdict !== "broken";
}

/** Cells up to these sizes, in pixels, share a bin; the last bin has no bound. */
const cellBounds = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, Infinity];
const colourBounds = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, Infinity];

export function cellSide({ cellX, cellY }: GalleryPicture): number {
  return (cellX + cellY) / 2;
}

/** The facets that stay constant while the page is open. */
export function facetsOf(pictures: readonly GalleryPicture[]): Facet[] {
  const facet = (id: string, title: string, bins: readonly Bin[], binOf: (picture: GalleryPicture) => number) => ({
    ...{ id, title, bins },
    binOf: Uint16Array.from(pictures, binOf),
  });
  const sources = [...new Set(pictures.map(({ source }) => source))].sort();
  const places = new Map(sources.map((source, place) => [source, place]));
  const yesNo = (id: "alpha" | "jpeg" | "blank", title: string) =>
    facet(id, title, [{ label: "yes" }, { label: "no" }], (picture) => (picture[id] ? 0 : 1));
  return [
    facet("verdict", "Verdict", Object.values(verdictWords), ({ verdict }) => verdictNames.indexOf(verdict)),
    facet(
      "cell",
      "Cell size",
      [{ label: "–", meaning: "no grid" }, ...boundLabels(cellBounds, (size) => `cells of ${size} pixels`)],
      (picture) => (hasGrid(picture) ? 1 + firstWithin(cellBounds, Math.round(cellSide(picture))) : 0),
    ),
    facet(
      "colors",
      "Colors",
      boundLabels(colourBounds, (count) => `${count} colors`),
      ({ colors }) => firstWithin(colourBounds, colors),
    ),
    facet(
      "confidence",
      "Confidence",
      Array.from({ length: 10 }, (_, tenth) => ({
        label: tenth === 0 ? "0" : `.${tenth}`,
        meaning: `confidence from ${tenth / 10} to ${(tenth + 1) / 10}`,
      })),
      ({ confidence }) => Math.min(9, Math.floor(10 * confidence)),
    ),
    facet(
      "duplicates",
      "Duplicates",
      [{ label: "unique or first" }, { label: "near-duplicate" }, { label: "palette swap" }],
      ({ duplicateKind }) => (duplicateKind === "near" ? 1 : duplicateKind === "palette-swap" ? 2 : 0),
    ),
    yesNo("alpha", "Alpha"),
    yesNo("jpeg", "JPEG"),
    yesNo("blank", "Blank"),
    facet(
      "source",
      "Source",
      sources.map((source) => ({ label: source || "(this folder)" })),
      ({ source }) => places.get(source)!,
    ),
  ];
}

function boundLabels(bounds: readonly number[], meaning: (range: string) => string): Bin[] {
  return bounds.map((bound, i) => {
    const from = i === 0 ? 1 : bounds[i - 1] + 1;
    const short = bound >= 1024 && bound < Infinity ? `${bound / 1024}k` : String(bound);
    if (bound === Infinity)
      return { label: `>${from > 1024 ? `${(from - 1) / 1024}k` : from - 1}`, meaning: meaning(`${from} and more`) };
    return { label: short, meaning: meaning(from === bound ? String(bound) : `${from} to ${bound}`) };
  });
}

/** The index of the first bound that is not smaller. */
function firstWithin(bounds: readonly number[], value: number): number {
  return bounds.findIndex((bound) => value <= bound);
}

/** The selected bins by facet; none are selected if all are shown. */
export type ChosenBins = ReadonlyMap<string, ReadonlySet<number>>;

export interface Sifted {
  /** Indices of the remaining pictures, in order. */
  readonly shown: Uint32Array;
  /** By facet and bin: the pictures that the other facets leave. */
  readonly counts: ReadonlyMap<string, Uint32Array>;
}

/** @param isFound an additional condition for a picture */
export function sift(
  facets: readonly Facet[],
  chosen: ChosenBins,
  count: number,
  isFound: (place: number) => boolean = () => true,
): Sifted {
  const tables = facets.map(({ id, bins }) => {
    const some = chosen.get(id);
    return Uint8Array.from(bins, (_, bin) => (!some || some.size === 0 || some.has(bin) ? 1 : 0));
  });
  const counts = facets.map(({ bins }) => new Uint32Array(bins.length));
  const shown = new Uint32Array(count);
  let left = 0;
  for (let place = 0; place < count; place++) {
    if (!isFound(place)) continue;
    let [refused, by] = [0, 0];
    for (let f = 0; f < facets.length && refused < 2; f++)
      if (!tables[f][facets[f].binOf[place]]) [refused, by] = [refused + 1, f];
    if (refused === 0) shown[left++] = place;
    if (refused === 0) for (let f = 0; f < facets.length; f++) counts[f][facets[f].binOf[place]]++;
    // A picture that only one facet refuses would appear with another selection in that facet.
    else if (refused === 1) counts[by][facets[by].binOf[place]]++;
  }
  return { shown: shown.slice(0, left), counts: new Map(facets.map(({ id }, f) => [id, counts[f]])) };
}
