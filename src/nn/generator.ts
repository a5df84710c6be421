// A generator that is ready to convert pictures: its weights are on the device, with a program for
// the current size. Pictures that belong together, such as the frames of an animation, may share
// the statistics of their norms. Then what stands still has the same colours in all of them,
// whatever moves elsewhere.

import type { Plan } from "../autograd/plan.ts";
import { UserError } from "../errors.ts";
import type { NamedTensor } from "../formats/tensors/tensors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Precision } from "../kernels/core/operation.ts";
import { nameOption } from "../option-names.ts";
import type { Image } from "../picture/image.ts";
import { fittedSize } from "../picture/resize.ts";
import { networkName, type Architecture, type ResnetGenerator, type UnetGenerator } from "./architecture.ts";
import { identify } from "./identify.ts";
import { converting, type Mode } from "./layers.ts";
import { network } from "./networks.ts";
import {
  PictureProgram,
  type BorderOptions,
  type ConvertOptions,
  type DrawOptions,
  type PictureJob,
  type TracePicture,
} from "./picture-program.ts";
import { measureStatistics, SharingProgram, type Statistics } from "./shared-statistics.ts";
import { uploadWeights } from "./weights.ts";

/**
 * The architecture of a generator.
 *
 * @example
 * ```ts
 * const architecture: GeneratorArchitecture = generator.architecture;
 * const depth = architecture.kind === "resnet" ? architecture.blocks : architecture.downs;
 * ```
 */
export type GeneratorArchitecture = ResnetGenerator | UnetGenerator;

export interface Sharing {
  /** The pooled statistics of several pictures. Default: the picture's own. */
  readonly statistics?: Statistics | undefined;
}

/** How far below the largest size that fits the one may be that is found, as a share of it. */
const closeness = 1 / 256;
const mostGuesses = 6;

/** A generator from pictures to pictures. */
export type PictureArchitecture = GeneratorArchitecture & {
  readonly inputChannels: 1 | 3;
  readonly outputChannels: 1 | 3;
};

export class Generator {
  private constructor(
    private readonly gpu: Gpu,
    readonly architecture: PictureArchitecture,
    private readonly weights: ReadonlyMap<string, GPUBuffer>,
    private readonly mode: Mode,
    private readonly precision: Precision,
    /** Converts with each picture's own statistics. */
    private readonly program: PictureProgram,
  ) {}

  /** Converts with given statistics; created when they are first given. */
  private sharing: SharingProgram | undefined;

  /**
   * @param tensors a state dict; the architecture is identified from it
   * @param mode how norms and dropout behave; by default as in the reference's test, without
   * dropout
   * @param precision how weights and images are stored; "half" takes half of the memory, and bytes
   * of the picture come out a little different
   * @throws UserError if the tensors belong to no known network, to a discriminator, or to a
   * generator of something other than pictures
   */
  static async create(
    gpu: Gpu,
    tensors: readonly NamedTensor[],
    mode: Mode = converting,
    precision: Precision = "full",
  ): Promise<Generator> {
    const architecture = pictureArchitecture(tensors);
    const weights = await uploadWeights(gpu, architecture, tensors, precision);
    const trace: TracePicture = (picture, shown) => {
      checkSize(architecture, picture.shape[3], picture.shape[2]);
      return [shown(network(architecture, picture, mode))];
    };
    const program = await PictureProgram.create(gpu, weights, architecture.inputChannels, trace, precision);
    return new Generator(gpu, architecture, weights, mode, precision, program);
  }

  /**
   * The network's picture, truncated to bytes, with the alpha of its source. With a margin it has
   * the source's size. Without one it is the reference's result: a ResNet's has 4 * ceil(n / 4)
   * pixels a side. With a continuation it is what that makes of it.
   *
   * @throws UserError if the picture does not fit the network or the memory; nothing has been
   * started then
   */
  async convert(
    image: Image,
    { statistics, margin, continuation, ...options }: ConvertOptions & DrawOptions & Sharing = {},
  ): Promise<Image> {
    const { width, height, hasAlpha } = image;
    const job = { width, height, hasAlpha, margin, continuation };
    this.checkFits(job);
    if (!statistics || statistics.size === 0) {
      this.sharing?.rest();
      return (await this.program.convert(job, image, options))[0];
    }
    this.program.rest();
    this.sharing ??= await SharingProgram.create(
      this.gpu,
      this.architecture,
      this.weights,
      this.mode,
      this.precision,
      statistics,
    );
    return this.sharing.convert(job, image, statistics, options);
  }

  /**
   * The statistics that the norms compute from a picture, to be pooled with those of other pictures
   * and passed to `convert`. Empty if the norms compute none, or use running ones.
   *
   * @throws UserError as `convert`
   */
  async statisticsOf(image: Image, { margin, ...options }: BorderOptions & ConvertOptions = {}): Promise<Statistics> {
    const { width, height } = image;
    const job = { width, height, margin };
    this.checkFits(job);
    this.program.rest();
    this.sharing?.rest();
    return measureStatistics(this.gpu, this.architecture, this.weights, this.mode, this.precision, job, image, options);
  }

  /**
   * The cost of converting a picture of this size: its dispatches, memory and arithmetic.
   *
   * @throws UserError if the network cannot take this size
   */
  plan(width: number, height: number): Plan {
    return this.program.plan({ width, height });
  }

  /**
   * Refuses a size that does not fit into memory, before anything runs.
   *
   * @throws UserError: a PictureSizeError with the largest picture of the same shape that fits, also
   * in half precision, or another if the network cannot take this size
   */
  checkFits(job: PictureJob): void {
    if (this.sharing?.isReady(job)) return;
    const { share, shortage } = this.program.need(job);
    if (shortage === undefined) return;
    const { width, height } = job;
    const reason = `A picture of ${width} x ${height} pixels ${shortage}.`;
    const size = this.largestSize(job, this.precision, share);
    if (!size) throw new UserError(`${reason} Not even a small picture fits: close other programs that use the GPU.`);
    const longest = Math.max(...size);
    const largest = `the largest size of this shape that fits is about ${size.join(" x ")}: shrink the longer side to ${longest}.`;
    const half = this.precision === "full" ? this.largestSize(job, "half", share / 2) : undefined;
    if (!half) throw new PictureSizeError(reason, `T${largest.slice(1)}`, { longest });
    const fits = half[0] === width ? "it fits" : `${half.join(" x ")} fits`;
    const advice = `With ${nameOption("precision", "half")} ${fits}; otherwise ${largest}`;
    throw new PictureSizeError(reason, advice, { longest, longestInHalf: Math.max(...half) });
  }

  /**
   * The largest size of a shape that fits, at most the given one, with sides as if the picture were
   * shrunk to the longer one; undefined if none fits.
   *
   * @param least the share of the memory that the given size needs at least
   */
  private largestSize(job: PictureJob, precision: Precision, least: number) {
    const { width, height } = job;
    const multiple = multipleOf(this.architecture);
    const sized = (longest: number) => {
      const small = fittedSize(width, height, longest * multiple);
      return [small.width, small.height].map((side) => multiple * Math.max(1, Math.round(side / multiple)));
    };
    const shareOf = (longest: number) => {
      const [w, h] = sized(longest);
      try {
        return this.program.need({ ...job, width: w, height: h }, precision).share;
      } catch (error) {
        if (error instanceof UserError) return Infinity;
        throw error;
      }
    };
    let [low, high] = [0, Math.max(width, height) / multiple];
    let share = least > 1 ? least : shareOf(high);
    if (share <= 1) return [width, height];
    // A plan of a large picture takes a second or two. The need grows as the area, so guesses are
    // soon close. Where it grows in leaps, halving ends the search.
    let last = high;
    for (let tries = 0; high - low > Math.max(1, high * closeness); tries++) {
      const guess =
        tries < mostGuesses && share < Infinity
          ? (last / Math.sqrt(share)) * (share > 1 ? 1 - closeness / 2 : 1)
          : (low + high) / 2;
      last = Math.min(high - 1, Math.max(low + 1, Math.floor(guess)));
      share = shareOf(last);
      if (share <= 1) low = last;
      else high = last;
    }
    return low > 0 ? sized(low) : undefined;
  }

  /** Releases the device's memory. */
  release(): void {
    this.weights.forEach((buffer) => this.gpu.buffers.release(buffer));
    this.sharing?.release();
    this.program.release();
  }
}

/** @throws UserError for the architecture of a discriminator */
export function requireGenerator(architecture: Architecture): asserts architecture is GeneratorArchitecture {
  if (architecture.kind !== "resnet" && architecture.kind !== "unet") {
    throw new UserError(
      `These are the weights of a discriminator (${networkName(architecture)}), which judges pictures but makes none. ` +
        "Give the file of a generator, such as latest_net_G_A.pth.",
    );
  }
}

/**
 * The architecture of the generator that a state dict belongs to.
 *
 * @throws UserError if the tensors belong to no known network, to a discriminator, or to a
 * generator of something other than pictures
 */
export function pictureArchitecture(tensors: readonly NamedTensor[]): PictureArchitecture {
  const { architecture } = identify(tensors);
  requireGenerator(architecture);
  for (const [which, channels] of [
    ["takes", architecture.inputChannels],
    ["makes", architecture.outputChannels],
  ] as const) {
    if (channels !== 1 && channels !== 3) {
      throw new UserError(`This generator ${which} images of ${channels} channels; pictures have 1 or 3.`);
    }
  }
  return architecture as PictureArchitecture;
}

/**
 * The size that a picture would need, in pixels: `longest` is its longest side, `longestInHalf` that
 * in half precision if it is another choice, and both sides must be multiples of `multiple`.
 */
export type SizeRemedy = { readonly longest: number; readonly longestInHalf?: number } | { readonly multiple: number };

/**
 * The network cannot take a picture of this size. `remedy` is the size that it would take; each
 * user interface says in its own words how to get there.
 */
export class PictureSizeError extends UserError {
  /** The message is the reason and the advice, a sentence each. */
  constructor(
    readonly reason: string,
    readonly advice: string,
    readonly remedy: SizeRemedy,
  ) {
    super(`${reason} ${advice}`);
  }
}

/** Both sides of a picture must be multiples of this, in pixels. */
export function multipleOf(architecture: GeneratorArchitecture): number {
  return architecture.kind === "unet" ? 2 ** architecture.downs : 1;
}

/**
 * The minimum side: a norm needs more than one pixel at the lowest resolution, and reflection needs
 * more pixels than it mirrors.
 */
export const smallestResnetSide = 5;

/** @throws UserError if the network cannot take a picture of this size */
export function checkSize(architecture: GeneratorArchitecture, width: number, height: number): void {
  const multiple = multipleOf(architecture);
  if (architecture.kind === "resnet" && Math.min(width, height) < smallestResnetSide) {
    throw new UserError(
      `The picture has ${width} x ${height} pixels, too few for this network: it needs ${smallestResnetSide} a side. Enlarge it first.`,
    );
  }
  if (width % multiple !== 0 || height % multiple !== 0) {
    throw new PictureSizeError(
      `The picture has ${width} x ${height} pixels; a ${networkName(architecture)} takes only multiples of ${multiple}.`,
      "Scale or crop it to such a size.",
      { multiple },
    );
  }
}
