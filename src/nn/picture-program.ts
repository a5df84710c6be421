// Runs a traced function from one picture to others, or to numbers. Pictures are bytes at both
// ends. The program for the current size is kept.

import { makePlan, type Plan } from "../autograd/plan.ts";
import { Program, traitsOf } from "../autograd/program.ts";
import { apply, input, parameter, type Tensor } from "../autograd/tensor.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { vector, type Precision, type TensorType } from "../kernels/core/operation.ts";
import { byteLevels, fromPixels, toPixels } from "../kernels/pixelart/pixels.ts";
import type { Image } from "../picture/image.ts";

/** The program's names for its inputs. */
const pixelsName = "pixels";
const levelsName = "byte levels";

/**
 * Options to watch a conversion and to stop it.
 *
 * @example
 * ```ts
 * const shares: number[] = [];
 * const options: ConvertOptions = {
 *   onProgress: (share) => shares.push(share),
 *   signal: AbortSignal.timeout(60_000),
 * };
 * const watched = await generator.convert(photo, { raw: true, ...options });
 * ```
 */
export interface ConvertOptions {
  /** Receives the completed share of the work, from 0 to 1. */
  onProgress?: ((share: number) => void) | undefined;
  /** Stops the work; the promise then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * From a picture as numbers, [1, C, H, W] in [-1, 1], to the wanted results: pictures, as
 * `picturesOf` makes them, or numbers.
 *
 * @throws UserError for an impossible size
 */
export type TracePicture = (picture: Tensor) => readonly Tensor[];

/** Converts pictures from numbers to bytes. */
export function picturesOf(numbers: readonly Tensor[]): Tensor[] {
  return numbers.map((picture) => apply(toPixels, [picture], {}));
}

export interface Need {
  /** The memory that is needed, of what the device has; above 1 it does not fit. */
  readonly share: number;
  /** What is lacking, as the rest of a sentence that begins with the picture. */
  readonly shortage?: string;
}

export class PictureProgram {
  private prepared: { width: number; height: number; program: Program } | undefined;

  private constructor(
    private readonly gpu: Gpu,
    private readonly parameters: ReadonlyMap<string, GPUBuffer>,
    private readonly levels: GPUBuffer,
    private readonly channels: 1 | 3,
    private readonly trace: TracePicture,
    private readonly precision: Precision,
  ) {}

  /**
   * @param weights the parameters that `trace` names; the caller keeps ownership
   * @param channels of the input picture; 1 converts it to grey
   * @param precision that of the weights' filters, and of the images between layers
   */
  static async create(
    gpu: Gpu,
    weights: ReadonlyMap<string, GPUBuffer>,
    channels: 1 | 3,
    trace: TracePicture,
    precision: Precision = "full",
  ): Promise<PictureProgram> {
    const levels = await gpu.buffers.upload(byteLevels, "the table of byte levels");
    return new PictureProgram(gpu, new Map([...weights, [levelsName, levels]]), levels, channels, trace, precision);
  }

  /**
   * The cost of a picture of this size, also in another precision.
   *
   * @throws UserError if the size is impossible
   */
  plan(width: number, height: number, precision = this.precision): Plan {
    const pixels = input(pixelsName, { layout: "pixels", shape: [1, height, width] });
    const levels = parameter(levelsName, vector(byteLevels.length));
    const wanted = this.trace(apply(fromPixels, [pixels, levels], { channels: this.channels }));
    return makePlan(traitsOf(this.gpu), wanted, new Map(), precision);
  }

  /**
   * What a picture of this size needs of the device.
   *
   * @throws UserError if the picture cannot have this size
   */
  need(width: number, height: number, precision = this.precision): Need {
    // An existing program already has its memory. Planning again for each picture of a folder would
    // be wasteful.
    if (precision === this.precision && this.isReady(width, height)) return { share: 0 };
    const { adapter, buffers, limits } = this.gpu;
    let plan: Plan;
    try {
      plan = this.plan(width, height, precision);
    } catch (error) {
      if (error instanceof RangeError) return { share: Infinity, shortage: `has rows too long for ${adapter.name}` };
      throw error;
    }
    const ofMemory = (plan.bytes + plan.parameterBytes) / buffers.budget;
    if (ofMemory > 1)
      return { share: ofMemory, shortage: `needs more memory than is available (${gibibytes(buffers.budget)})` };
    // Nothing more can be known in advance about a GPU's memory.
    const largest = Math.max(...plan.slotBytes);
    const share = Math.max(ofMemory, largest / limits.bufferBytes);
    if (share <= 1) return { share };
    const [needed, allowed] = [largest, limits.bufferBytes].map(gibibytes);
    return { share, shortage: `needs a buffer of ${needed}, but ${adapter.name} allows none above ${allowed}` };
  }

  /**
   * The wanted pictures, truncated to bytes and opaque. The picture's alpha is ignored.
   *
   * @throws OutOfMemoryError for a size that does not fit
   */
  async convert(image: Image, options: ConvertOptions = {}): Promise<Image[]> {
    return (await this.run(image, options)).map(({ type, data }) => {
      const [, height, width] = type.shape;
      return { width, height, data: new Uint8ClampedArray(data, 0, 4 * width * height), hasAlpha: false };
    });
  }

  /**
   * The wanted results for a picture, in the device layout.
   *
   * @throws OutOfMemoryError for a size that does not fit
   */
  async run(
    { width, height, data }: Image,
    { onProgress, signal }: ConvertOptions = {},
  ): Promise<{ readonly type: TensorType; readonly data: ArrayBuffer }[]> {
    const program = await this.programFor(width, height);
    program.write(pixelsName, data);
    await program.run({ onProgress, signal });
    const outputs: { type: TensorType; data: ArrayBuffer }[] = [];
    for (const [i, { type }] of program.plan.outputs.entries())
      outputs.push({ type: type!, data: await program.read(i) });
    return outputs;
  }

  /** Releases the memory between layers; the next picture allocates it again. */
  rest(): void {
    this.prepared?.program.release();
    this.prepared = undefined;
    this.gpu.buffers.trim();
  }

  /** Releases the device's memory, except for the weights. */
  release(): void {
    this.gpu.buffers.release(this.levels);
    this.rest();
  }

  private isReady(width: number, height: number): boolean {
    return this.prepared?.width === width && this.prepared.height === height;
  }

  /**
   * The program for the last size is kept, since the pictures of a folder tend to have one size.
   */
  private async programFor(width: number, height: number): Promise<Program> {
    if (this.isReady(width, height)) return this.prepared!.program;
    this.prepared?.program.release();
    this.prepared = undefined;
    const program = await Program.prepare(this.gpu, this.plan(width, height), this.parameters);
    this.gpu.buffers.trim();
    this.prepared = { width, height, program };
    return program;
  }
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
