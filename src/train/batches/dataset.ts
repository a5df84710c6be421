// The pictures of a training run, in order: the reference's unaligned dataset, whose two sides are
// not paired.
//
// An epoch has as many items as the larger side has pictures. Item i is picture i of side A (modulo
// their number) and a random picture of side B, each randomly cropped and mirrored; B may be given
// the colours of A. Every choice comes from a random stream of its own (random-streams.ts), so a
// batch depends on its number alone: not on earlier batches, on what was prepared ahead, or on what
// is still in memory.

import { allInOrder } from "../../errors.ts";
import type { Image } from "../../picture/image.ts";
import { cropAndFlip } from "../../picture/preprocess.ts";
import type { TrainingOptions } from "../options/options.ts";
import { preprocessOptions, type Side } from "../options/picture-options.ts";
import { Lanes, Pictures, type PictureSource, type ReadyPicture } from "./pictures.ts";
import { streamOf } from "./random-streams.ts";
import { recolor } from "./recolor.ts";
import { checkBatch, survey } from "./survey.ts";

export type { PictureSource, Side };

/**
 * Pictures of one size per side; the last batch of an epoch may be smaller. Nobody may write to
 * their bytes.
 */
export interface Batch {
  /** The networks' input A: pictures of side B if the direction is BtoA. */
  readonly realA: readonly Image[];
  readonly realB: readonly Image[];
  /** The source's names for them. */
  readonly namesA: readonly string[];
  readonly namesB: readonly string[];
}

export interface DatasetSettings {
  /**
   * Memory for pictures that are scaled but not yet cropped, so that later epochs need not read
   * them again. Default: 1 GiB.
   */
  readonly cacheBytes?: number;
  /** Receives each warning once, about things that need not stop the run. */
  readonly onWarning?: (sentence: string) => void;
}

type Item = Readonly<Record<Side, ReadyPicture>>;

/** A batch, and a sentence for each of its pictures that is damaged or replaced by another. */
interface PreparedBatch {
  readonly batch: Batch;
  readonly remarks: readonly string[];
}

export class Dataset {
  /** Items per epoch. */
  readonly length: number;
  readonly batchesPerEpoch: number;
  /** The milliseconds that the last `batch` took; near 0 if preparation keeps ahead. */
  lastWait = 0;

  /** Batches that are ready or in preparation, by their number over all epochs. */
  private readonly prepared = new Map<number, Promise<PreparedBatch>>();
  private readonly orders = new Map<number, Uint32Array>();

  private constructor(
    private readonly options: TrainingOptions,
    private readonly pictures: Readonly<Record<Side, Pictures>>,
    private readonly lanes: Lanes,
    /**
     * A hash of the pictures' names, in order. A resumed run with another fingerprint sees other
     * pictures than the original run would have.
     */
    readonly fingerprint: string,
    private readonly tell: (sentence: string) => void,
  ) {
    this.length = Math.max(pictures.A.count, pictures.B.count);
    this.batchesPerEpoch = Math.ceil(this.length / options.batchSize);
  }

  /**
   * Reads all headers first.
   *
   * @throws UserError if the pictures cannot be trained on with these options; see `survey`
   */
  static async open(
    source: PictureSource,
    options: TrainingOptions,
    { cacheBytes = 2 ** 30, onWarning = () => {} }: DatasetSettings = {},
  ): Promise<Dataset> {
    const lanes = new Lanes(Math.max(1, options.numThreads));
    const budget = { bytes: cacheBytes };
    const tell = onceEach(onWarning);
    const open = async (side: Side) => {
      const pictures = new Pictures(source, side, options, budget, lanes);
      const unreadable = await survey(source, side, options, lanes, onWarning);
      for (const { index, reason } of unreadable) tell(pictures.markUnreadable(index, reason));
      return pictures;
    };
    return new Dataset(options, { A: await open("A"), B: await open("B") }, lanes, await fingerprintOf(source), tell);
  }

  /**
   * A batch of an epoch. Meanwhile the next ones are prepared, across the end of the epoch.
   *
   * @param epoch from 1
   * @param number from 0 to `batchesPerEpoch - 1`
   * @throws UserError if pictures cannot be read or do not suit the options; another call tries
   * again
   */
  async batch(epoch: number, number: number): Promise<Batch> {
    if (!(
      Number.isInteger(epoch) &&
      epoch >= 1 &&
      Number.isInteger(number) &&
      number >= 0 &&
      number < this.batchesPerEpoch
    )) {
      throw new RangeError(`There is no batch ${number} of epoch ${epoch}.`);
    }
    const start = performance.now();
    const index = (epoch - 1) * this.batchesPerEpoch + number;
    const last = index + batchesAhead * this.options.numThreads;
    for (const known of this.prepared.keys()) if (known < index || known > last) this.prepared.delete(known);
    for (const known of this.orders.keys()) if (known < epoch) this.orders.delete(known);
    for (let next = index; next <= last; next++) {
      if (this.prepared.has(next)) continue;
      const batch = this.assemble(next);
      // The error goes to the caller that requests this batch.
      batch.catch(() => this.prepared.delete(next));
      this.prepared.set(next, batch);
    }
    try {
      const { batch, remarks } = await this.prepared.get(index)!;
      // Warnings are reported here and not when they arise, since that order may differ between
      // runs.
      remarks.forEach(this.tell);
      return batch;
    } finally {
      this.lastWait = performance.now() - start;
    }
  }

  /** Reads nothing further. A pending batch never resolves. */
  close(): void {
    this.prepared.clear();
    this.lanes.close();
  }

  private async assemble(index: number): Promise<PreparedBatch> {
    const epoch = Math.floor(index / this.batchesPerEpoch) + 1;
    const first = (index % this.batchesPerEpoch) * this.options.batchSize;
    const items = this.order(epoch).subarray(first, first + this.options.batchSize);
    const made = await allInOrder(Array.from(items, (item) => this.item(epoch, item)));
    const [input, output] = this.options.direction === "AtoB" ? (["A", "B"] as const) : (["B", "A"] as const);
    for (const side of [input, output])
      checkBatch(made.map((item) => ({ name: item[side].name, size: item[side].image })));
    const batch = {
      realA: made.map((item) => item[input].image),
      realB: made.map((item) => item[output].image),
      namesA: made.map((item) => item[input].name),
      namesB: made.map((item) => item[output].name),
    };
    return { batch, remarks: made.flatMap(({ A, B }) => [...A.remarks, ...B.remarks]) };
  }

  private async item(epoch: number, item: number): Promise<Item> {
    const { seed, serialBatches, recolorB } = this.options;
    const partners = this.pictures.B.count;
    const partner = serialBatches ? item % partners : streamOf(seed, "partner", epoch, item).below(partners);
    const [A, B] = await allInOrder([
      this.picture("A", item % this.pictures.A.count, epoch, item),
      this.picture("B", partner, epoch, item),
    ]);
    return { A, B: recolorB ? { ...B, image: recolor(B.image, A.image) } : B };
  }

  private async picture(side: Side, index: number, epoch: number, item: number): Promise<ReadyPicture> {
    const ready = await this.pictures[side].get(index);
    const random = streamOf(this.options.seed, "picture", epoch, item, side === "A" ? 0 : 1);
    return { ...ready, image: cropAndFlip(ready.image, preprocessOptions(this.options, side), random) };
  }

  /** The items of an epoch, shuffled (Fisher and Yates) unless batches are serial. */
  private order(epoch: number): Uint32Array {
    let order = this.orders.get(epoch);
    if (!order) {
      order = Uint32Array.from({ length: this.length }, (_, item) => item);
      if (!this.options.serialBatches) {
        const random = streamOf(this.options.seed, "order", epoch);
        for (let place = order.length - 1; place > 0; place--) {
          const other = random.below(place + 1);
          [order[place], order[other]] = [order[other], order[place]];
        }
      }
      this.orders.set(epoch, order);
    }
    return order;
  }
}

/** Reports each warning once. */
function onceEach(say: (sentence: string) => void): (sentence: string) => void {
  const said = new Set<string>();
  return (sentence) => {
    if (!said.has(sentence)) say(sentence);
    said.add(sentence);
  };
}

/** SHA-256 of the names without their folders, so that a dataset may be moved. */
async function fingerprintOf(source: PictureSource): Promise<string> {
  const names = (["A", "B"] as const).map((side) =>
    Array.from({ length: source.count(side) }, (_, index) => source.name(side, index).split(/[\\/]/).at(-1)),
  );
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(names)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Batches prepared ahead per thread, as in PyTorch's DataLoader. */
const batchesAhead = 2;
