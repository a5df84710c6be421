// Runs a traced function from one picture to others, or to numbers. Pictures are bytes at both ends,
// and nothing in between leaves the device. The program for the current size is kept.

import { makePlan, type Plan } from "../autograd/plan.ts";
import { Program, traitsOf } from "../autograd/program.ts";
import { apply, input, parameter, type Tensor } from "../autograd/tensor.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { vector, type Precision, type TensorType } from "../kernels/core/operation.ts";
import { byteLevels, cropWithAlpha, fromPixels, toPixels } from "../kernels/pixelart/pixels.ts";
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

/** What is added to a picture before the network. */
export interface BorderOptions {
  /**
   * Pixels that are mirrored around the picture before the network and cropped after it, since the
   * network gets its border wrong. A multiple of the cell keeps the grid where the network draws
   * it. Default: 0.
   */
  readonly margin?: number | undefined;
}

/** What else a program computes from the picture that its network drew, before that is read back. */
export interface Continuation {
  /** Says what it computes: continuations of one name are the same. */
  readonly name: string;
  /**
   * @param drawn the network's picture, without its margin and with the source's alpha
   * @param source the picture that it was drawn from
   * @returns the picture to read back, as pixels
   */
  trace(drawn: Tensor, source: Tensor): Tensor;
  /** The inputs that it names. */
  readonly inputs: Readonly<Record<string, ArrayBufferView<ArrayBuffer>>>;
}

export interface DrawOptions extends BorderOptions {
  /** Default: the network's picture is read back. */
  readonly continuation?: Continuation | undefined;
}

/** A picture's size, and what its program does beside running the network. An image is one. */
export interface PictureJob extends DrawOptions {
  readonly width: number;
  readonly height: number;
  /** Whether the picture that is read back has the source's alpha. Default: it is opaque. */
  readonly hasAlpha?: boolean;
}

/**
 * From a picture as numbers, [1, C, H, W] in [-1, 1], to the wanted results, numbers or pictures.
 *
 * @param shown turns numbers of that kind into the picture that the job wants
 * @throws UserError for an impossible size
 */
export type TracePicture = (picture: Tensor, shown: (numbers: Tensor) => Tensor) => readonly Tensor[];

export interface Need {
  /** The memory that is needed, of what the device has; above 1 it does not fit. */
  readonly share: number;
  /** What is lacking, as the rest of a sentence that begins with the picture. */
  readonly shortage?: string;
}

export class PictureProgram {
  private prepared: { key: string; program: Program } | undefined;

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
   * The cost of such a picture, also in another precision.
   *
   * @throws UserError if the size is impossible
   */
  plan(job: PictureJob, precision = this.precision): Plan {
    const { width, height, margin = 0, hasAlpha = false, continuation } = job;
    const source = input(pixelsName, { layout: "pixels", shape: [1, height, width] });
    const levels = parameter(levelsName, vector(byteLevels.length));
    const shown = (numbers: Tensor) => {
      const drawn = apply(toPixels, [numbers], {});
      // Without a margin, a ResNet's picture may be up to three pixels a side larger than its source.
      const [, drawnHeight, drawnWidth] = drawn.shape;
      const size = margin > 0 ? { width, height } : { width: drawnWidth, height: drawnHeight };
      const cropped = margin > 0 || hasAlpha ? apply(cropWithAlpha, [drawn, source], { margin, ...size }) : drawn;
      return continuation ? continuation.trace(cropped, source) : cropped;
    };
    const wanted = this.trace(apply(fromPixels, [source, levels], { channels: this.channels, margin }), shown);
    return makePlan(traitsOf(this.gpu), wanted, new Map(), precision);
  }

  /**
   * What such a picture needs of the device.
   *
   * @throws UserError if the picture cannot have this size
   */
  need(job: PictureJob, precision = this.precision): Need {
    // An existing program already has its memory. Planning again for each picture of a folder would
    // be wasteful.
    if (precision === this.precision && this.isReady(job)) return { share: 0 };
    const { adapter, buffers, limits } = this.gpu;
    let plan: Plan;
    try {
      plan = this.plan(job, precision);
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
   * The wanted pictures, truncated to bytes.
   *
   * @throws OutOfMemoryError for a size that does not fit
   */
  async convert(job: PictureJob, image: Image, options: ConvertOptions = {}): Promise<Image[]> {
    return (await this.run(job, image, options)).map(({ type, data }) => {
      const [, height, width] = type.shape;
      const bytes = new Uint8ClampedArray(data, 0, 4 * width * height);
      return { width, height, data: bytes, hasAlpha: job.hasAlpha ?? false };
    });
  }

  /**
   * The wanted results for a picture, in the device layout.
   *
   * @param job for the picture's size
   * @throws OutOfMemoryError for a size that does not fit
   */
  async run(
    job: PictureJob,
    { data }: Image,
    { onProgress, signal }: ConvertOptions = {},
  ): Promise<{ readonly type: TensorType; readonly data: ArrayBuffer }[]> {
    const program = await this.programFor(job);
    program.write(pixelsName, data);
    for (const [name, values] of Object.entries(job.continuation?.inputs ?? {})) program.write(name, values);
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

  /** Whether the kept program is for such pictures. */
  isReady(job: PictureJob): boolean {
    return this.prepared?.key === keyOf(job);
  }

  /**
   * The program for the last size is kept, since the pictures of a folder tend to have one size.
   */
  private async programFor(job: PictureJob): Promise<Program> {
    if (this.isReady(job)) return this.prepared!.program;
    this.prepared?.program.release();
    this.prepared = undefined;
    const program = await Program.prepare(this.gpu, this.plan(job), this.parameters);
    this.gpu.buffers.trim();
    this.prepared = { key: keyOf(job), program };
    return program;
  }
}

/** Jobs with one key have one plan. */
function keyOf({ width, height, margin = 0, hasAlpha, continuation }: PictureJob): string {
  return JSON.stringify([width, height, margin, margin > 0 || hasAlpha, continuation?.name]);
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
