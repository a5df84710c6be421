// The pictures of one side of a dataset, ready to be cropped. They are read on request and cached
// as long as memory allows. An unreadable picture is replaced by its neighbour, so that one bad
// file does not end a run of three days.

import { UserError } from "../../errors.ts";
import { fillHidden } from "../../picture/fill-hidden.ts";
import type { Image } from "../../picture/image.ts";
import { scale, type Size } from "../../picture/preprocess.ts";
import type { TrainingOptions } from "../options/options.ts";
import { pictureMisfit, preprocessOptions, type Side } from "../options/picture-options.ts";

/**
 * A source of pictures: folders in Node, selected files in a page. The order must be the same in
 * every run.
 */
export interface PictureSource {
  count(side: Side): number;
  /** The picture's name in messages. */
  name(side: Side, index: number): string;
  /**
   * The size, from the picture's header alone if possible.
   *
   * @throws UserError if the picture cannot be read
   */
  size(side: Side, index: number): Promise<Size>;
  /**
   * @param onWarning receives what is wrong with a picture that can still be read
   * @throws UserError if the picture cannot be read; that must depend on its contents alone
   */
  load(side: Side, index: number, onWarning: (sentence: string) => void): Promise<Image>;
}

export interface ReadyPicture {
  readonly name: string;
  /** Scaled, not yet cropped. It may be shared, so do not write to it. */
  readonly image: Image;
  /** Warnings: one for each picture that this one replaces, and one if it is damaged. */
  readonly remarks: readonly string[];
}

/**
 * The memory budget for pictures, shared by both sides. Nothing is evicted: every epoch needs all
 * pictures, so eviction would gain nothing.
 */
export interface PictureBudget {
  bytes: number;
}

export class Pictures {
  readonly count: number;
  /** A warning for each picture that cannot be read. */
  private readonly unreadable = new Map<number, string>();
  /** A warning for each picture that is damaged but readable. */
  private readonly damaged = new Map<number, string>();
  private readonly kept = new Map<number, Promise<Image | undefined>>();

  constructor(
    private readonly source: PictureSource,
    private readonly side: Side,
    private readonly options: TrainingOptions,
    private readonly budget: PictureBudget,
    private readonly lanes: Lanes,
  ) {
    this.count = source.count(side);
  }

  /**
   * The picture, or the next readable one in the list. The choice depends on the files alone, so
   * that a resumed run sees the same pictures.
   *
   * @throws UserError if none can be read, or if the picture's size does not suit the options
   */
  async get(index: number): Promise<ReadyPicture> {
    const remarks: string[] = [];
    for (let step = 0; step < this.count; step++) {
      const candidate = (index + step) % this.count;
      const image = this.unreadable.has(candidate) ? undefined : await this.scaled(candidate);
      if (image) {
        const damage = this.damaged.get(candidate);
        if (damage !== undefined) remarks.push(damage);
        return { name: this.source.name(this.side, candidate), image, remarks };
      }
      remarks.push(this.unreadable.get(candidate)!);
    }
    throw new UserError(`None of the ${this.count} pictures of side ${this.side} can still be read.`);
  }

  /**
   * Replaces a picture by the next one from now on.
   *
   * @returns a warning about it
   */
  markUnreadable(index: number, reason: string): string {
    const sentence = `${reason} The next picture is used instead.`;
    this.unreadable.set(index, sentence);
    return sentence;
  }

  /** undefined for a picture that cannot be read. */
  private scaled(index: number): Promise<Image | undefined> {
    const known = this.kept.get(index);
    if (known) return known;
    const image = this.load(index);
    this.kept.set(index, image);
    const settle = (image?: Image) => {
      if (image && image.data.byteLength <= this.budget.bytes) this.budget.bytes -= image.data.byteLength;
      else this.kept.delete(index);
    };
    image.then(settle, () => settle());
    return image;
  }

  private async load(index: number): Promise<Image | undefined> {
    const warn = (sentence: string) => this.damaged.set(index, `${this.source.name(this.side, index)}: ${sentence}`);
    const read = () => this.source.load(this.side, index, warn).catch(userErrorOf);
    const image = await this.lanes.run(read);
    if (image instanceof UserError) {
      this.markUnreadable(index, image.message);
      return undefined;
    }
    const misfit = pictureMisfit(image, this.options, this.side);
    if (misfit) throw new UserError(`${this.source.name(this.side, index)} ${misfit}`);
    return scale(fillHidden(image), preprocessOptions(this.options, this.side));
  }
}

/** What is wrong with a picture. Any other error is a defect of ours and is thrown again. */
function userErrorOf(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}

/** Runs a limited number of tasks at a time, started in order. */
export class Lanes {
  private readonly waiting: (() => void)[] = [];
  private free: number;
  private closed = false;

  constructor(count: number) {
    this.free = count;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((begin) => this.waiting.push(begin));
    try {
      return await task();
    } finally {
      if (this.closed) await new Promise<never>(() => {});
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }

  /** Starts nothing further. Tasks under way never resolve or reject. */
  close(): void {
    this.closed = true;
    this.free = 0;
    this.waiting.length = 0;
  }
}
