// The orders in which pictures are shown. Each assigns a number to every picture; ties keep the
// table's order.

import type { GalleryPicture } from "./data.ts";
import { cellSide, hasGrid, verdictNames } from "./facets.ts";

interface Order {
  readonly label: string;
  readonly number: (picture: GalleryPicture, place: number) => number;
}

export const orders = {
  name: { label: "Name", number: (_, place) => place },
  verdict: { label: "Verdict", number: ({ verdict }) => verdictNames.indexOf(verdict) },
  cell: { label: "Cell size", number: (picture) => (hasGrid(picture) ? cellSide(picture) : 0) },
  colors: { label: "Colors", number: ({ colors }) => colors },
  confidence: { label: "Confidence", number: ({ confidence }) => confidence },
  cells: { label: "Size in cells", number: ({ columns, rows }) => columns * rows },
  antialiasing: { label: "Anti-aliasing", number: ({ antialiasing }) => antialiasing },
  likeness: { label: "Duplicates together", number: ({ duplicateOf }, place) => duplicateOf ?? place },
} satisfies Record<string, Order>;

export type OrderName = keyof typeof orders;

/**
 * A number for each picture, in the given order. Pictures without duplicates come after the groups
 * of duplicates.
 */
export function orderNumbers(pictures: readonly GalleryPicture[], name: OrderName): Float64Array {
  const { number } = orders[name] as Order;
  const numbers = Float64Array.from(pictures, number);
  if (name !== "likeness") return numbers;
  const roots = new Set(pictures.flatMap(({ duplicateOf }) => (duplicateOf === null ? [] : [duplicateOf])));
  return numbers.map((root) => (roots.has(root) ? root : root + pictures.length));
}

/** Places of pictures, sorted by their numbers; ties keep the table's order. */
export function inOrder(places: Uint32Array, numbers: Float64Array, isDescending: boolean): Uint32Array {
  const sign = isDescending ? -1 : 1;
  return places.slice().sort((a, b) => sign * (numbers[a] - numbers[b]) || a - b);
}
