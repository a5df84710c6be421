// Which pixel sizes a folder has, found before anything is trained: a sample of its pictures is looked at, one after the other, beside the page's
// other work. A network that is shown several sizes is taught to draw all of them.

import { computed, signal } from "@preact/signals";
import { spread } from "../../../src/data/spread.ts";
import type { OwnGrid } from "../../parts/grid-api.ts";
import { plural } from "../../parts/words.ts";

/** Pictures that are looked at: so many tell the sizes of a folder, and take well under a minute. */
export const mostLooked = 48;

/** What a picture is: its cells' size in whole pixels, or that it has two sizes, or none. */
export type Size = number | "two" | "none";

type Finding = Pick<OwnGrid, "verdict" | "cell">;

export class CellSizes {
  /** Of the pictures that were looked at so far. */
  readonly sizes = signal<readonly Size[]>([]);
  /** How many will be. */
  readonly total = signal(0);
  readonly isOver = computed(() => this.sizes.value.length === this.total.value);
  #turn = 0;

  constructor(private readonly find: (file: File) => Promise<Finding>) {}

  /** Begins anew, with pictures from all over the list; one that cannot be read is left out. */
  async look(files: readonly File[]): Promise<void> {
    const turn = ++this.#turn;
    const sample = spread(files, mostLooked);
    this.sizes.value = [];
    this.total.value = sample.length;
    for (const file of sample) {
      const found = await this.find(file).catch(() => undefined);
      if (turn !== this.#turn) return;
      if (found) this.sizes.value = [...this.sizes.value, sizeOf(found)];
      else this.total.value--;
    }
  }
}

function sizeOf({ verdict, cell: [x, y] }: Finding): Size {
  if (verdict === "none") return "none";
  if (verdict === "mixed") return "two";
  return verdict === "native" ? 1 : Math.max(1, Math.round((x + y) / 2));
}

export interface SizeCount {
  readonly size: Size;
  readonly count: number;
}

/** From the smallest cells to the largest, then pictures of two sizes, then of none. */
export function countsOf(sizes: readonly Size[]): SizeCount[] {
  const rank = (size: Size) => (size === "none" ? Infinity : size === "two" ? Number.MAX_VALUE : size);
  return [...new Set(sizes)]
    .sort((a, b) => rank(a) - rank(b))
    .map((size) => ({ size, count: sizes.filter((other) => other === size).length }));
}

/** Fewer pictures than this share of another size are no reason to warn. */
const strayShare = 0.1;

/** @returns which sizes are mixed, as a sentence; undefined where the pictures with a grid are of one size, or few of them are not */
export function mixedSentence(sizes: readonly Size[]): string | undefined {
  const gridded = countsOf(sizes).filter(({ size }) => size !== "none");
  const total = gridded.reduce((sum, { count }) => sum + count, 0);
  const [most, ...others] = gridded.sort((a, b) => b.count - a.count);
  if (!most || (most.size !== "two" && total - most.count <= strayShare * total)) return undefined;
  const part = ({ size, count }: SizeCount) =>
    size === "two" ? `${count} with two sizes in one picture` : `${count} with cells of ${pixels(size)}`;
  const parts = [most, ...others].map(part);
  return `Pixel sizes are mixed: of ${plural(total, "picture")} with a grid there are ${listed(parts)}.`;
}

/** The size that most have, for a command that brings the others to it; at least two pixels. */
export function commonSize(sizes: readonly Size[]): number {
  const counts = countsOf(sizes).filter(({ size }) => typeof size === "number" && size > 1);
  return (counts.sort((a, b) => b.count - a.count)[0]?.size as number | undefined) ?? 4;
}

const pixels = (size: Size) => `${size} ${size === 1 ? "pixel" : "pixels"}`;

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
