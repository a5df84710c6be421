// The pictures of one side of a dataset, ready to be cropped: read when they are asked for, kept as long as memory lasts, and replaced
// by their neighbour where they cannot be read, so that one bad file does not end a run of three days.

import { fillHidden } from "../../data/fill-hidden.ts";
import type { Image } from "../../data/image.ts";
import { scale, type Size } from "../../data/preprocess.ts";
import { UserError } from "../../errors.ts";
import type { TrainingOptions } from "../options/options.ts";
import { pictureMisfit, preprocessOptions, type Side } from "../options/picture-options.ts";

/** Where pictures come from: folders in Node, chosen files in a page. The order must be the same in every run. */
export interface PictureSource {
  count(side: Side): number;
  /** How people are told of a picture. */
  name(side: Side, index: number): string;
  /** From the picture's header alone, where that can be. @throws UserError when the picture cannot be read */
  size(side: Side, index: number): Promise<Size>;
  /**
   * @param onWarning is told what is wrong with a picture that can be read all the same
   * @throws UserError when the picture cannot be read; that must follow from its contents alone
   */
  load(side: Side, index: number, onWarning: (sentence: string) => void): Promise<Image>;
}

export interface ReadyPicture {
  readonly name: string;
  /** Scaled, not yet cropped. Others may hold it too, so nobody writes to it. */
  readonly image: Image;
  /** Sentences for the user: of each picture whose place this one takes, and of this one where it is damaged. */
  readonly remarks: readonly string[];
}

/** Memory for pictures, shared by both sides. What comes first stays: every epoch asks for all, so nothing is gained by exchange. */
export interface PictureBudget {
  bytes: number;
}

export class Pictures {
  readonly count: number;
  /** A sentence for each that cannot be read. */
  private readonly unreadable = new Map<number, string>();
  /** A sentence for each that is damaged and could be read all the same. */
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
   * The picture, or the next of the list that can be read. Which one that is depends on the files alone, so that a run that is taken up
   * again sees the same.
   * @throws UserError when none can be read, or when the picture's size does not suit the options
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
    throw new UserError(`None of the ${this.count} pictures of side ${this.side} can be read any more.`);
  }

  /** Takes the next one in a picture's place from now on. @returns a sentence that says so */
  markUnreadable(index: number, reason: string): string {
    const sentence = `${reason} The next picture takes its place.`;
    this.unreadable.set(index, sentence);
    return sentence;
  }

  /** undefined for one that cannot be read. */
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
    const misfit = pictureMisfit(image, this.options);
    if (misfit) throw new UserError(`${this.source.name(this.side, index)} ${misfit}`);
    return scale(fillHidden(image), preprocessOptions(this.options, this.side));
  }
}

/** What is wrong with a picture; anything else that is thrown is a defect of ours. */
function userErrorOf(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}

/** Runs a few tasks at the same time, begun in the order in which they came. */
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

  /** Begins nothing further, and of what has begun no result or failure arrives. */
  close(): void {
    this.closed = true;
    this.free = 0;
    this.waiting.length = 0;
  }
}
