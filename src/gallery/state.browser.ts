// The page's state: its pictures, the selected bins, the order, and the current picture.

import { computed, signal } from "@preact/signals";
import { usualVerdicts, whyDropped } from "../dataset/prepare/selection.ts";
import { choices, choose, chosenSets, type Choice } from "./choices.browser.ts";
import { picturesOf, type GalleryFile, type GalleryPicture } from "./data.ts";
import { facetsOf, sift, type ChosenBins, type Facet } from "./facets.ts";
import { layoutOf } from "./layout.ts";
import { inOrder, orderNumbers, type OrderName } from "./order.ts";

const file = (globalThis as unknown as { gallery?: GalleryFile }).gallery;

/** Whether data.js was loaded. */
export const isThere = file !== undefined;
export const sources = file?.sources ?? [];
/** The path from the page to the folder that file names are relative to. */
export const base = file?.base ?? "";
export const pictures: readonly GalleryPicture[] = file ? picturesOf(file.columns) : [];
const names = pictures.map(({ file }) => file.toLowerCase());

/** By picture, the indices of the pictures that duplicate it. */
export const alike = new Map<number, number[]>();
for (const [place, { duplicateOf }] of pictures.entries()) {
  if (duplicateOf === null) continue;
  if (alike.has(duplicateOf)) alike.get(duplicateOf)!.push(place);
  else alike.set(duplicateOf, [place]);
}

const lasting = facetsOf(pictures);

/**
 * Like the default of `dataset prepare` for art.
 *
 * @returns why the picture is left out; undefined if it is accepted
 */
export function whyLeftOut(picture: GalleryPicture): string | undefined {
  const { file, verdict, reason, blank, duplicateOf, duplicateKind } = picture;
  const like = duplicateOf === null ? undefined : pictures[duplicateOf].file;
  const row = { file, verdict, reason, blank, duplicateOf: like, duplicateKind: duplicateKind ?? undefined };
  return whyDropped(file, row, { ...chosenSets.value, verdicts: usualVerdicts });
}

/** Facets that depend on the manual choices. */
const changing = computed<Facet[]>(() => [
  {
    id: "choice",
    title: "Choice",
    bins: [{ label: "kept" }, { label: "dropped" }, { label: "undecided" }],
    binOf: Uint16Array.from(pictures, ({ file }) => ["keep", "drop", undefined].indexOf(choices.value.get(file))),
  },
  {
    id: "taken",
    title: "Accepted as art",
    bins: [{ label: "yes" }, { label: "no" }],
    binOf: Uint16Array.from(pictures, (picture) => (whyLeftOut(picture) === undefined ? 0 : 1)),
  },
]);

export const facets = computed(() => [...lasting, ...changing.value]);

export const chosen = signal<ChosenBins>(new Map());
export const words = signal("");
export const orderName = signal<OrderName>("name");
export const isDescending = signal(false);
/** The minimum width of a tile, in CSS pixels. */
export const tileWidth = signal(innerWidth > 600 ? 132 : 96);

export function toggleBin(id: string, bin: number): void {
  const bins = new Set(chosen.value.get(id));
  if (!bins.delete(bin)) bins.add(bin);
  chosen.value = new Map(chosen.value).set(id, bins);
}

export function showAll(): void {
  chosen.value = new Map();
  words.value = "";
}

export const isSifted = computed(() => words.value !== "" || [...chosen.value.values()].some(({ size }) => size > 0));

const sifted = computed(() => {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  return sift(facets.value, chosen.value, pictures.length, (place) =>
    wanted.every((word) => names[place].includes(word)),
  );
});
const numbers = computed(() => orderNumbers(pictures, orderName.value));

/** By facet and bin. */
export const counts = computed(() => sifted.value.counts);
/** Indices of the pictures that are shown, in order. */
export const shown = computed(() => inOrder(sifted.value.shown, numbers.value, isDescending.value));

/** The width available for tiles. */
export const listWidth = signal(0);
export const layout = computed(() => layoutOf(listWidth.value, tileWidth.value, shown.value.length));

/** The index of a picture. */
export const current = signal(0);
export const isOpen = signal(false);

/** Its position among the shown pictures; -1 if it is not shown. */
export const position = computed(() => shown.value.indexOf(current.value));

/** Moves the selection among the shown pictures; from a picture that is not shown, to the first. */
export function move(steps: number): void {
  const { length } = shown.value;
  if (length === 0) return;
  const to = position.value < 0 ? 0 : Math.min(length - 1, Math.max(0, position.value + steps));
  current.value = shown.value[to];
}

/**
 * Decides about the current picture. If it then disappears from the list, the next one becomes
 * current.
 */
export function decide(choice: Choice | undefined): void {
  const before = position.value;
  choose([pictures[current.value].file], choice);
  if (before >= 0 && position.value < 0 && shown.value.length > 0)
    current.value = shown.value[Math.min(before, shown.value.length - 1)];
}

/** Decides about all shown pictures. */
export function decideAll(choice: Choice | undefined): void {
  choose(
    Array.from(shown.value, (place) => pictures[place].file),
    choice,
  );
}
