// The losses of a whole run in bounded memory, for charts. Consecutive logged steps share a bucket,
// and when the buckets are full, pairs of them are merged. A run of 800,000 steps keeps as many
// numbers as one of 2,000.

import { cellLossNames, lossNames, type CellLossName, type LossName, type Metrics } from "../step/metrics.ts";

/** Columns of equal length, one entry per bucket, oldest first. */
export interface HistoryColumns {
  /** The last step of the bucket. */
  readonly step: readonly number[];
  /**
   * Means over the bucket; null if none of its values is finite, since JSON has no NaN. Of the cell
   * losses, only those that the run has.
   */
  readonly losses: Readonly<Record<LossName, LossColumn> & Partial<Record<CellLossName, LossColumn>>>;
}

export type LossColumn = readonly (number | null)[];

const allNames = [...lossNames, ...cellLossNames];

interface Bucket {
  step: number;
  /** Logged steps in it. */
  count: number;
  /** Sums over the finite values, and their number, for each loss. */
  sums: number[];
  counts: number[];
}

export class LossHistory {
  readonly #buckets: Bucket[] = [];
  /** Logged steps per bucket; the last one may not be full yet. */
  #capacity = 1;
  readonly #names = new Set<LossName | CellLossName>(lossNames);

  /** @param size the maximum number of buckets; even */
  constructor(private readonly size = 2000) {}

  add(metrics: Metrics): void {
    let last = this.#buckets.at(-1);
    if (!last || last.count === this.#capacity) {
      if (this.#buckets.length === this.size) this.#halve();
      last = { step: 0, count: 0, sums: allNames.map(() => 0), counts: allNames.map(() => 0) };
      this.#buckets.push(last);
    }
    last.step = metrics.step;
    last.count++;
    allNames.forEach((name, index) => {
      const value = metrics[name];
      if (value === undefined) return;
      this.#names.add(name);
      if (!Number.isFinite(value)) return;
      last.sums[index] += value;
      last.counts[index]++;
    });
  }

  #halve(): void {
    for (let pair = 0; 2 * pair < this.size; pair++) {
      const [first, second] = [this.#buckets[2 * pair], this.#buckets[2 * pair + 1]];
      this.#buckets[pair] = {
        step: second.step,
        count: first.count + second.count,
        sums: first.sums.map((sum, index) => sum + second.sums[index]),
        counts: first.counts.map((count, index) => count + second.counts[index]),
      };
    }
    this.#buckets.length = this.size / 2;
    this.#capacity *= 2;
  }

  /** Four significant digits, more than a chart shows. */
  columns(): HistoryColumns {
    const mean = ({ sums, counts }: Bucket, index: number) =>
      counts[index] === 0 ? null : Number((sums[index] / counts[index]).toPrecision(4));
    const losses: Partial<Record<LossName | CellLossName, LossColumn>> = {};
    allNames.forEach((name, index) => {
      if (this.#names.has(name)) losses[name] = this.#buckets.map((bucket) => mean(bucket, index));
    });
    return { step: this.#buckets.map(({ step }) => step), losses: losses as HistoryColumns["losses"] };
  }
}
