// What the page knows: its pictures, what is chosen of their facets, the order, and which picture is the current one.

import { computed, signal } from "@preact/signals";
import { usualVerdicts, whyDropped } from "../dataset/prepare/selection.ts";
import { choices, choose, chosenSets, type Choice } from "./choices.browser.ts";
import { picturesOf, type GalleryFile, type GalleryPicture } from "./data.ts";
import { facetsOf, sift, type ChosenBins, type Facet } from "./facets.ts";
import { layoutOf } from "./layout.ts";
import { inOrder, orderNumbers, type OrderName } from "./order.ts";

const file = (globalThis as unknown as { gallery?: GalleryFile }).gallery;

/** Whether data.js was there. */
export const isThere = file !== undefined;
export const sources = file?.sources ?? [];
/** Leads from the page to where the names of files begin. */
export const base = file?.base ?? "";
export const pictures: readonly GalleryPicture[] = file ? picturesOf(file.columns) : [];
const names = pictures.map(({ file }) => file.toLowerCase());

/** By place, the places of the pictures that are like it. */
export const alike = new Map<number, number[]>();
for (const [place, { duplicateOf }] of pictures.entries()) {
  if (duplicateOf === null) continue;
  if (alike.has(duplicateOf)) alike.get(duplicateOf)!.push(place);
  else alike.set(duplicateOf, [place]);
}

const lasting = facetsOf(pictures);

/** As `dataset prepare` decides of art, by default. @returns why it is left out; undefined where it is taken */
export function whyLeftOut(picture: GalleryPicture): string | undefined {
  const { file, verdict, reason, blank, duplicateOf, duplicateKind } = picture;
  const like = duplicateOf === null ? undefined : pictures[duplicateOf].file;
  const row = { file, verdict, reason, blank, duplicateOf: like, duplicateKind: duplicateKind ?? undefined };
  return whyDropped(file, row, { ...chosenSets.value, verdicts: usualVerdicts });
}

/** These follow the choices that are made by hand. */
const changing = computed<Facet[]>(() => [
  {
    id: "choice",
    title: "By hand",
    bins: [{ label: "kept" }, { label: "dropped" }, { label: "undecided" }],
    binOf: Uint16Array.from(pictures, ({ file }) => ["keep", "drop", undefined].indexOf(choices.value.get(file))),
  },
  {
    id: "taken",
    title: "As art, prepare",
    bins: [{ label: "takes it" }, { label: "leaves it out" }],
    binOf: Uint16Array.from(pictures, (picture) => (whyLeftOut(picture) === undefined ? 0 : 1)),
  },
]);

export const facets = computed(() => [...lasting, ...changing.value]);

export const chosen = signal<ChosenBins>(new Map());
export const words = signal("");
export const orderName = signal<OrderName>("name");
export const isDescending = signal(false);
/** The least width of a tile, in CSS pixels. */
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
/** Places of the pictures that are shown, in their order. */
export const shown = computed(() => inOrder(sifted.value.shown, numbers.value, isDescending.value));

/** The width that there is for tiles. */
export const listWidth = signal(0);
export const layout = computed(() => layoutOf(listWidth.value, tileWidth.value, shown.value.length));

/** A place among the pictures. */
export const current = signal(0);
export const isOpen = signal(false);

/** Its place among those that are shown; -1 where it is not. */
export const position = computed(() => shown.value.indexOf(current.value));

/** Moves the current picture among those that are shown; from one that is not, to the first. */
export function move(steps: number): void {
  const { length } = shown.value;
  if (length === 0) return;
  const to = position.value < 0 ? 0 : Math.min(length - 1, Math.max(0, position.value + steps));
  current.value = shown.value[to];
}

/** Of the current picture. Where that takes it out of what is shown, the next one is the current one. */
export function decide(choice: Choice | undefined): void {
  const before = position.value;
  choose([pictures[current.value].file], choice);
  if (before >= 0 && position.value < 0 && shown.value.length > 0)
    current.value = shown.value[Math.min(before, shown.value.length - 1)];
}

/** Of all that are shown. */
export function decideAll(choice: Choice | undefined): void {
  choose(
    Array.from(shown.value, (place) => pictures[place].file),
    choice,
  );
}
