// A generator that is ready to convert pictures: its weights are on the device, with a program for
// the current size. Pictures that belong together, such as the frames of an animation, may share
// the statistics of their norms. Then what stands still has the same colours in all of them,
// whatever moves elsewhere.

import type { Plan } from "../autograd/plan.ts";
import { UserError } from "../errors.ts";
import type { NamedTensor } from "../formats/tensors/tensors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Precision } from "../kernels/core/operation.ts";
import type { Image } from "../picture/image.ts";
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
   * @throws UserError: a PictureSizeError with the largest picture of the same shape that fits, or
   * another if the network cannot take this size
   */
  checkFits(job: PictureJob): void {
    if (this.sharing?.isReady(job)) return;
    const shortage = this.program.shortage(job);
    if (shortage === undefined) return;
    const { width, height } = job;
    const multiple = multipleOf(this.architecture);
    const scaled = (share: number) => [width, height].map((n) => multiple * Math.floor((n * share) / multiple));
    let [low, high] = [0, 1];
    for (let step = 0; step < 20; step++) {
      const middle = (low + high) / 2;
      const [w, h] = scaled(middle);
      if (Math.min(w, h) > 0 && this.program.fits({ ...job, width: w, height: h })) low = middle;
      else high = middle;
    }
    const [w, h] = scaled(low);
    const reason = `A picture of ${width} x ${height} pixels ${shortage}.`;
    if (Math.min(w, h) === 0)
      throw new UserError(`${reason} Not even a small picture fits: close other programs that use the GPU.`);
    const longest = Math.max(w, h);
    throw new PictureSizeError(
      `${reason} The largest size of this shape that fits is ${w} x ${h}: shrink the longer side to ${longest}.`,
      { longest },
    );
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
 * The size that a picture would need, in pixels: `longest` is its longest side, and both sides must
 * be multiples of `multiple`.
 */
export type SizeRemedy = { readonly longest: number } | { readonly multiple: number };

/**
 * The network cannot take a picture of this size. `remedy` is the size that it would take; each
 * user interface says in its own words how to get there.
 */
export class PictureSizeError extends UserError {
  constructor(
    sentence: string,
    readonly remedy: SizeRemedy,
  ) {
    super(sentence);
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
      `The picture has ${width} x ${height} pixels; a ${networkName(architecture)} takes only multiples of ${multiple}: ` +
        "scale or crop it to such a size.",
      { multiple },
    );
  }
}
