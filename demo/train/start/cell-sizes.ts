// Finds the pixel sizes of a folder before training, from a sample of its pictures. A network that
// sees several sizes learns to draw all of them.

import { computed, signal } from "@preact/signals";
import { spread } from "../../../src/spread.ts";
import type { OwnGrid } from "../../parts/grid-api.ts";
import { plural } from "../../parts/words.ts";

/** The size of the sample: enough for the sizes of a folder, in well under a minute. */
export const sampleSize = 48;

/** The size of a picture's cells in whole pixels; or two sizes, or no cells. */
export type Size = number | "two" | "none";

type Finding = Pick<OwnGrid, "verdict" | "cell">;

export class CellSizes {
  /** The sizes of the pictures that were checked so far. */
  readonly sizes = signal<readonly Size[]>([]);
  /** The number of pictures to check. */
  readonly total = signal(0);
  readonly isOver = computed(() => this.sizes.value.length === this.total.value);
  #turn = 0;

  constructor(private readonly find: (file: File) => Promise<Finding>) {}

  /** Starts again, with pictures spread over the list. Unreadable ones are skipped. */
  async check(files: readonly File[]): Promise<void> {
    const turn = ++this.#turn;
    const sample = spread(files, sampleSize);
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

/** Sorted from the smallest cells to the largest, then two sizes, then none. */
export function countsOf(sizes: readonly Size[]): SizeCount[] {
  const rank = (size: Size) => (size === "none" ? Infinity : size === "two" ? Number.MAX_VALUE : size);
  return [...new Set(sizes)]
    .sort((a, b) => rank(a) - rank(b))
    .map((size) => ({ size, count: sizes.filter((other) => other === size).length }));
}

/** Up to this share of pictures may have other sizes without a warning. */
const strayShare = 0.1;

/**
 * @returns a sentence that lists the mixed sizes; undefined if all or nearly all pictures with a
 * grid have one size
 */
export function mixedSentence(sizes: readonly Size[]): string | undefined {
  const gridded = countsOf(sizes).filter(({ size }) => size !== "none");
  const total = gridded.reduce((sum, { count }) => sum + count, 0);
  const [most, ...others] = gridded.sort((a, b) => b.count - a.count);
  if (!most || (most.size !== "two" && total - most.count <= strayShare * total)) return undefined;
  const part = ({ size, count }: SizeCount) =>
    size === "two" ? `${count} with two sizes in one picture` : `${count} with cells of ${pixels(size)}`;
  const parts = [most, ...others].map(part);
  return `Pixel sizes are mixed: ${plural(total, "picture")} with a grid, ${listed(parts)}.`;
}

/** The most frequent size of at least two pixels, as the target for the others. */
export function commonSize(sizes: readonly Size[]): number {
  const counts = countsOf(sizes).filter(({ size }) => typeof size === "number" && size > 1);
  return (counts.sort((a, b) => b.count - a.count)[0]?.size as number | undefined) ?? 4;
}

const pixels = (size: Size) => `${size} ${size === 1 ? "pixel" : "pixels"}`;

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
