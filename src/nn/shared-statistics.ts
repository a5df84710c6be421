// Norm statistics that several pictures share. Instance norm, and batch norm in the reference's
// test, take each channel's mean and deviation from the picture that is converted, so whatever
// moves changes the colours everywhere. Here they are measured on some pictures, pooled, and given
// to the same network for all pictures.

import { input, parameter, type Tensor } from "../autograd/tensor.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { pack, unpack } from "../kernels/core/layout.ts";
import { image as imageType, type Precision, type TensorType } from "../kernels/core/operation.ts";
import type { Image } from "../picture/image.ts";
import type { PictureArchitecture } from "./generator.ts";
import type { Mode } from "./layers.ts";
import { network } from "./networks.ts";
import { PictureProgram, type ConvertOptions, type PictureJob, type TracePicture } from "./picture-program.ts";

/** For each norm, by its name: the mean and 1 / deviation of each channel in turn. */
export type Statistics = ReadonlyMap<string, Float32Array>;

/**
 * The statistics of all pictures as if they were one:
 *
 *   mean      the mean of the means
 *   variance  the mean of (variance + mean^2), minus the square of that mean
 */
export function pooled(all: readonly Statistics[]): Statistics {
  const result = new Map<string, Float32Array>();
  for (const [name, first] of all[0] ?? []) {
    const together = new Float32Array(first.length);
    for (let i = 0; i < first.length; i += 2) {
      let [mean, square] = [0, 0];
      for (const statistics of all) {
        const [m, scale] = statistics.get(name)!.subarray(i, i + 2);
        mean += m / all.length;
        square += (1 / scale ** 2 + m ** 2) / all.length;
      }
      together.set([mean, 1 / Math.sqrt(square - mean ** 2)], i);
    }
    result.set(name, together);
  }
  return result;
}

/**
 * The statistics that a network computes from one picture; empty if its norms compute none, or use
 * running ones.
 */
export async function measureStatistics(
  gpu: Gpu,
  architecture: PictureArchitecture,
  weights: ReadonlyMap<string, GPUBuffer>,
  mode: Mode,
  precision: Precision,
  job: PictureJob,
  picture: Image,
  options: ConvertOptions,
): Promise<Statistics> {
  const { inputChannels: channels } = architecture;
  const taken = (numbers: Tensor) => {
    const statistics = new Map<string, Tensor>();
    network(architecture, numbers, { ...mode, onStatistics: (name, tensor) => statistics.set(name, tensor) });
    return statistics;
  };
  const names = [...taken(input("picture", imageType(1, channels, picture.height, picture.width))).keys()];
  if (names.length === 0) return new Map();
  const wanted = (numbers: Tensor) => [...taken(numbers).values()];
  const program = await PictureProgram.create(gpu, weights, channels, wanted, precision);
  try {
    const outputs = await program.run(job, picture, options);
    return new Map(outputs.map(({ type, data }, i) => [names[i], unpack(type, new Float32Array(data))]));
  } finally {
    program.release();
  }
}

/** A network whose norms use given statistics. */
export class SharingProgram {
  private constructor(
    private readonly gpu: Gpu,
    private readonly buffers: ReadonlyMap<string, GPUBuffer>,
    private readonly program: PictureProgram,
    /** The statistics in the buffers. */
    private given: Statistics,
  ) {}

  static async create(
    gpu: Gpu,
    architecture: PictureArchitecture,
    weights: ReadonlyMap<string, GPUBuffer>,
    mode: Mode,
    precision: Precision,
    statistics: Statistics,
  ): Promise<SharingProgram> {
    const buffers = new Map<string, GPUBuffer>();
    for (const [name, values] of statistics)
      buffers.set(name, await gpu.buffers.upload(packed(values), `the statistics of ${name}`));
    const given = (name: string, channels: number) => parameter(parameterOf(name), typeOf(channels));
    const parameters = new Map([
      ...weights,
      ...[...buffers].map(([name, buffer]) => [parameterOf(name), buffer] as const),
    ]);
    const trace: TracePicture = (picture, shown) => [
      shown(network(architecture, picture, { ...mode, statistics: given })),
    ];
    const program = await PictureProgram.create(gpu, parameters, architecture.inputChannels, trace, precision);
    return new SharingProgram(gpu, buffers, program, statistics);
  }

  /** @throws UserError as `Generator.convert` */
  async convert(job: PictureJob, image: Image, statistics: Statistics, options: ConvertOptions): Promise<Image> {
    if (statistics !== this.given)
      for (const [name, values] of statistics) this.gpu.write(this.buffers.get(name)!, packed(values), name);
    this.given = statistics;
    return (await this.program.convert(job, image, options))[0];
  }

  /** Whether the kept program is for such pictures. */
  isReady(job: PictureJob): boolean {
    return this.program.isReady(job);
  }

  /** Releases the memory between layers. */
  rest(): void {
    this.program.rest();
  }

  release(): void {
    this.buffers.forEach((buffer) => this.gpu.buffers.release(buffer));
    this.program.release();
  }
}

function parameterOf(name: string): string {
  return `${name}.statistics`;
}

function typeOf(channels: number): TensorType {
  return imageType(1, channels, 1, 2);
}

function packed(values: Float32Array): Float32Array<ArrayBuffer> {
  return pack(typeOf(values.length / 2), values);
}
