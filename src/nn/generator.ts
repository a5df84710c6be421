// A generator that is ready to convert pictures: weights on the device, and a program for the size at hand.

import { makePlan, type Plan } from "../autograd/plan.ts";
import { Program, traitsOf } from "../autograd/program.ts";
import { apply, input, parameter } from "../autograd/tensor.ts";
import type { Image } from "../data/image.ts";
import { UserError } from "../errors.ts";
import type { NamedTensor } from "../formats/tensors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { vector } from "../kernels/operation.ts";
import { byteLevels, fromPixels, toPixels } from "../kernels/pixels.ts";
import { networkName, type Architecture, type ResnetGenerator, type UnetGenerator } from "./architecture.ts";
import { identify } from "./identify.ts";
import { converting, type Mode } from "./layers.ts";
import { network } from "./networks.ts";
import { uploadWeights } from "./weights.ts";

export type GeneratorArchitecture = ResnetGenerator | UnetGenerator;

export interface ConvertOptions {
  /** Is told the share of the work that is done, from 0 to 1. */
  onProgress?: (share: number) => void;
  /** Stops the work; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

export class Generator {
  private program: { width: number; height: number; program: Program } | undefined;

  private constructor(
    private readonly gpu: Gpu,
    readonly architecture: GeneratorArchitecture,
    private readonly weights: ReadonlyMap<string, GPUBuffer>,
    private readonly mode: Mode,
  ) {}

  /**
   * @param tensors a state dict; which network it is of is read off it
   * @param mode how norms and dropout act: the default is what the reference's test does, without dropout
   * @throws UserError where the tensors are of no known network, of a discriminator, or of one that makes no pictures
   */
  static async create(gpu: Gpu, tensors: readonly NamedTensor[], mode: Mode = converting): Promise<Generator> {
    const { architecture } = identify(tensors);
    checkConverts(architecture);
    const weights = await uploadWeights(gpu, architecture, tensors);
    weights.set("byte levels", await gpu.buffers.upload(byteLevels, "the table of byte levels"));
    return new Generator(gpu, architecture, weights, mode);
  }

  /**
   * The reference's result: the whole picture at its own size, truncated to bytes. A ResNet's output has
   * 4 * ceil(n / 4) pixels a side. The picture's alpha has no part in it.
   *
   * @throws UserError where the picture does not fit the network or the memory; nothing has been started then
   */
  async convert(image: Image, { onProgress, signal }: ConvertOptions = {}): Promise<Image> {
    const { width, height } = image;
    const program = await this.programFor(width, height);
    program.write("pixels", image.data);
    await program.run({ onProgress, signal });
    const bytes = await program.read();
    const [, outputHeight, outputWidth] = program.plan.outputs[0].type!.shape;
    return {
      width: outputWidth,
      height: outputHeight,
      data: new Uint8ClampedArray(bytes, 0, 4 * outputWidth * outputHeight),
      hasAlpha: false,
    };
  }

  /**
   * What converting a picture of this size takes: its dispatches, memory and arithmetic.
   *
   * @throws UserError where the network cannot take this size
   */
  plan(width: number, height: number): Plan {
    checkSize(this.architecture, width, height);
    const pixels = input("pixels", { layout: "pixels", shape: [1, height, width] });
    const levels = parameter("byte levels", vector(256));
    const channels = this.architecture.inputChannels as 1 | 3;
    const result = network(this.architecture, apply(fromPixels, [pixels, levels], { channels }), this.mode);
    return makePlan(traitsOf(this.gpu), [apply(toPixels, [result], {})]);
  }

  /**
   * Refuses a size that the memory does not allow, before anything runs.
   *
   * @param margin pixels that will be added to the picture on each side
   * @throws UserError that names the largest picture of the same shape that fits, or where the network takes no such size
   */
  checkFits(width: number, height: number, margin = 0): void {
    const [fullWidth, fullHeight] = [width + 2 * margin, height + 2 * margin];
    checkSize(this.architecture, fullWidth, fullHeight);
    // What has a program has its memory already; planning each picture of a folder anew would be for nothing.
    if (this.isReady(fullWidth, fullHeight) || this.fits(fullWidth, fullHeight)) return;
    const multiple = multipleOf(this.architecture);
    const scaled = (share: number) => [width, height].map((n) => multiple * Math.floor((n * share) / multiple));
    let [low, high] = [0, 1];
    for (let step = 0; step < 20; step++) {
      const middle = (low + high) / 2;
      const [w, h] = scaled(middle);
      if (Math.min(w, h) > 0 && this.fits(w + 2 * margin, h + 2 * margin)) low = middle;
      else high = middle;
    }
    const [w, h] = scaled(low);
    const gibibytes = (this.gpu.buffers.budget / 2 ** 30).toFixed(1);
    throw new UserError(
      `A picture of ${width} x ${height} pixels needs more memory than there is (${gibibytes} GiB). ` +
        (Math.min(w, h) > 0
          ? `The largest of its shape that fits is ${w} x ${h}: use --max-size ${Math.max(w, h)}.`
          : "Not even a small one fits: close other programs."),
    );
  }

  /** Gives the device's memory back. */
  release(): void {
    this.program?.program.release();
    this.program = undefined;
    this.weights.forEach((buffer) => this.gpu.buffers.release(buffer));
    this.gpu.buffers.trim();
  }

  private isReady(width: number, height: number): boolean {
    return this.program?.width === width && this.program.height === height;
  }

  private fits(width: number, height: number): boolean {
    try {
      const plan = this.plan(width, height);
      const largest = Math.max(...plan.slotBytes);
      return plan.bytes + plan.parameterBytes <= this.gpu.buffers.budget && largest <= this.gpu.limits.bufferBytes;
    } catch (error) {
      // A row that cannot be bound, or a size that this network does not take on the way to one that it does.
      if (error instanceof RangeError || error instanceof UserError) return false;
      throw error;
    }
  }

  /** The program of the last size is kept: a folder's pictures tend to be of one size. */
  private async programFor(width: number, height: number): Promise<Program> {
    if (this.isReady(width, height)) return this.program!.program;
    this.program?.program.release();
    this.program = undefined;
    this.checkFits(width, height);
    const program = await Program.prepare(this.gpu, this.plan(width, height), this.weights);
    this.gpu.buffers.trim();
    this.program = { width, height, program };
    return program;
  }
}

/** @throws UserError for the architecture of a discriminator */
export function requireGenerator(architecture: Architecture): asserts architecture is GeneratorArchitecture {
  if (architecture.kind !== "resnet" && architecture.kind !== "unet") {
    throw new UserError(
      `These are the weights of a discriminator (${networkName(architecture)}), which judges pictures and makes none. ` +
        "Give the file of a generator, such as latest_net_G_A.pth.",
    );
  }
}

function checkConverts(architecture: Architecture): asserts architecture is GeneratorArchitecture {
  requireGenerator(architecture);
  for (const [which, channels] of [
    ["takes", architecture.inputChannels],
    ["makes", architecture.outputChannels],
  ] as const) {
    if (channels !== 1 && channels !== 3) {
      throw new UserError(`This generator ${which} images of ${channels} channels; pictures have 1 or 3.`);
    }
  }
}

/** Sides are multiples of this, for a network that does not pad. */
export function multipleOf(architecture: GeneratorArchitecture): number {
  return architecture.kind === "unet" ? 2 ** architecture.downs : 1;
}

/** The least side: a norm needs more than one pixel where the picture is smallest, and mirroring more than it mirrors. */
export const smallestResnetSide = 5;

function checkSize(architecture: GeneratorArchitecture, width: number, height: number): void {
  const multiple = multipleOf(architecture);
  if (architecture.kind === "resnet" && Math.min(width, height) < smallestResnetSide) {
    throw new UserError(
      `The picture has ${width} x ${height} pixels, too few for this network: it needs ${smallestResnetSide} a side. Enlarge it first.`,
    );
  }
  if (width % multiple !== 0 || height % multiple !== 0) {
    throw new UserError(
      `The picture has ${width} x ${height} pixels; a ${networkName(architecture)} takes multiples of ${multiple} only. ` +
        `Use --preprocess resize_and_crop --load-size ${multiple} --crop-size ${multiple}.`,
    );
  }
}
