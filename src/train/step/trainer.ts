// The four networks, their optimisers and their pools on one device. It takes steps, and saves and
// restores everything that the steps depend on. It knows nothing of files, epochs or failures;
// run.ts does.

import type { Plan } from "../../autograd/plan.ts";
import { Program, traitsOf } from "../../autograd/program.ts";
import { allInOrder, UserError } from "../../errors.ts";
import type { BufferRange, Dispatch } from "../../gpu/commands.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { ReadbackRing } from "../../gpu/readback.ts";
import { byteLength, vector } from "../../kernels/core/operation.ts";
import { byteLevels } from "../../kernels/pixelart/pixels.ts";
import { adamSchedule, restingSchedule } from "../../kernels/training/adam.ts";
import type { Image } from "../../picture/image.ts";
import type { Batch } from "../batches/dataset.ts";
import { streamOf } from "../batches/random-streams.ts";
import { option } from "../options/option.ts";
import type { TrainingOptions } from "../options/options.ts";
import { decide } from "./image-pool.ts";
import { lossOrder } from "./loss-order.ts";
import type { Losses } from "./metrics.ts";
import { architecturesOf } from "./networks.ts";
import { adamOf, learns, memory, optimizerNames, type OptimizerName } from "./optimizers.ts";
import {
  bufferBytes,
  layOut,
  planStep,
  sameShape,
  shapeOf,
  sizesOf,
  type BatchShape,
  type StepPlan,
  type TrainerMemory,
} from "./plan.ts";
import { sampleLabels, type SampleLabel } from "./sample-pictures.ts";
import { inHalves } from "./step.ts";

/** The numbers of a step that are not learnt: its place in the run, and its learning rate. */
export interface StepPlace {
  /** Steps that each optimiser has taken before this one. */
  readonly optimizerSteps: Readonly<Record<OptimizerName, number>>;
  /** Pictures per side that were shown before this step. */
  readonly pictures: number;
  readonly learningRate: number;
  /** Which networks learn in it. */
  readonly learning: TrainingOptions["learning"];
}

/** Everything on the device that a step depends on, by the names of `memory`, in device layout. */
export type Snapshot = ReadonlyMap<string, ArrayBuffer>;

/** Steps whose losses may be pending: the device always has the next one queued. */
const stepsInFlight = 2;

interface Prepared {
  shape: BatchShape;
  program: Program;
  pictureOutputs: StepPlan["pictureOutputs"];
}

export class Trainer {
  private prepared: Prepared[] = [];

  private constructor(
    private readonly gpu: Gpu,
    readonly options: TrainingOptions,
    readonly layout: TrainerMemory,
    private readonly buffers: ReadonlyMap<string, GPUBuffer>,
    private readonly ring: ReadbackRing,
  ) {}

  /**
   * Allocates the memory for everything that outlives a step, initialised to zero.
   *
   * @param shape the shape of most batches; others may be smaller
   * @throws OutOfMemoryError with everything released
   */
  static async create(gpu: Gpu, options: TrainingOptions, shape: BatchShape): Promise<Trainer> {
    const layout = layOut(options, architecturesOf(options), shape, traitsOf(gpu));
    const taken = new Map<string, GPUBuffer>();
    try {
      for (const [name, bytes] of bufferBytes(options, layout))
        taken.set(name, await gpu.buffers.upload(new Uint8Array(bytes), name));
      taken.set(memory.levels, await gpu.buffers.upload(byteLevels, "the table of byte levels"));
      const ring = await ReadbackRing.create(gpu, 64, stepsInFlight);
      return new Trainer(gpu, options, layout, taken, ring);
    } catch (error) {
      taken.forEach((buffer) => gpu.buffers.release(buffer));
      throw error;
    }
  }

  /**
   * Submits a step and returns. The losses, on the logged scale, come when the device is done.
   *
   * @throws DeviceLostError, or the error that the device reported for an earlier step
   */
  async step(batch: Batch, place: StepPlace): Promise<{ losses: Promise<Losses> }> {
    const { program } = await this.programFor(shapeOf(batch));
    await this.ring.room();
    this.writeInputs(program, batch, place);
    await program.submitAll();
    const losses = this.ring.read(
      optimizerNames.map((optimizer) => {
        const buffer = this.buffer(memory.losses(optimizer));
        return { buffer, offset: 0, size: byteLength(vector(lossOrder(this.options)[optimizer].length)) };
      }),
    );
    return { losses: losses.then((bytes) => namedLosses(this.options, bytes)) };
  }

  /** Writes the inputs of a step's program that change from step to step. */
  writeInputs(program: Program, batch: Batch, place: StepPlace): void {
    const { optimizerSteps, pictures, learningRate, learning } = place;
    program.write(memory.pixels("A"), pixelsOf(batch.realA));
    program.write(memory.pixels("B"), pixelsOf(batch.realB));
    for (const optimizer of optimizerNames) {
      const schedule = learns(optimizer, learning)
        ? adamSchedule(learningRate, optimizerSteps[optimizer] + 1, adamOf(this.options))
        : restingSchedule;
      program.write(memory.schedule(optimizer), Float32Array.of(...schedule, 0));
    }
    if (this.options.poolSize > 0) {
      for (const [index, side] of (["A", "B"] as const).entries()) {
        program.write(memory.decisions(side), this.decisions(batch.realA.length, pictures, index));
      }
    }
  }

  /** Pictures of the last step with a batch of this shape, the first sample of each, as bytes. */
  async pictures(): Promise<Partial<Record<SampleLabel, Image>>> {
    const [last] = this.prepared;
    if (!last) throw new Error("No step has been taken.");
    const result: Partial<Record<SampleLabel, Image>> = {};
    for (const name of sampleLabels) {
      const output = last.pictureOutputs[name];
      if (output === undefined) continue;
      const [, height, width] = last.program.plan.outputs[output].type!.shape;
      const data = new Uint8ClampedArray(await last.program.read(output), 0, 4 * width * height);
      result[name] = { width, height, data, hasAlpha: false };
    }
    return result;
  }

  /** Whether there is a step to show pictures of. */
  get hasPictures(): boolean {
    return this.prepared.length > 0;
  }

  /** The longest submit so far, in milliseconds. */
  get longestSubmit(): number {
    return Math.max(0, ...this.prepared.map(({ program }) => program.longestSubmit));
  }

  /** The plan of the last step. */
  get plan(): Plan | undefined {
    return this.prepared[0]?.program.plan;
  }

  /**
   * The dispatches of the last step, in order, on the buffers that it left: for benches that time
   * them one by one.
   */
  get dispatches(): readonly Dispatch[] {
    return this.prepared[0]?.program.dispatches ?? [];
  }

  /** A copy of everything that the next step depends on, after all submitted steps. */
  async save(): Promise<Snapshot> {
    const names = [...this.buffers.keys()].filter(isState);
    const copies = await allInOrder(names.map((name) => this.gpu.read(this.buffer(name), 0, this.buffer(name).size)));
    return new Map(names.map((name, index) => [name, copies[index]]));
  }

  /** Restores a snapshot of `save`. */
  restore(snapshot: Snapshot): void {
    for (const [name, bytes] of snapshot) this.gpu.write(this.buffer(name), new Uint8Array(bytes));
  }

  /** Releases the device's memory. */
  release(): void {
    this.prepared.forEach(({ program }) => program.release());
    this.prepared = [];
    this.buffers.forEach((buffer) => this.gpu.buffers.release(buffer));
    this.gpu.buffers.trim();
  }

  private buffer(name: string): GPUBuffer {
    const buffer = this.buffers.get(name);
    if (!buffer) throw new Error(`The trainer keeps nothing called ${name}.`);
    return buffer;
  }

  private decisions(count: number, pictures: number, side: number): Float32Array<ArrayBuffer> {
    const { poolSize, seed } = this.options;
    const numbers = Array.from({ length: count }, (_, i) => {
      const { slot, showsStored } = decide(poolSize, pictures + i, streamOf(seed, "pool", pictures + i, side));
      return [slot, Number(showsStored)];
    }).flat();
    const padded = new Float32Array(4 * Math.ceil(numbers.length / 4));
    padded.set(numbers);
    return padded;
  }

  /**
   * The programs of the last two shapes are kept: most batches have one shape, and the last of an
   * epoch may be smaller.
   */
  private async programFor(shape: BatchShape): Promise<Prepared> {
    const index = this.prepared.findIndex((entry) => sameShape(entry.shape, shape));
    if (index >= 0) {
      const [found] = this.prepared.splice(index, 1);
      this.prepared.unshift(found);
      return found;
    }
    const [first] = this.prepared;
    if (this.options.poolSize > 0 && first && !sameShape({ ...first.shape, count: shape.count }, shape)) {
      throw new UserError(
        `The pictures differ in size (${sizesOf(first.shape)}, then ${sizesOf(shape)}), but the pool of fakes holds only one size. ` +
          `Use a ${option("preprocess")} that crops, or ${option("poolSize", 0)}.`,
      );
    }
    while (this.prepared.length > 1) {
      await this.gpu.settled();
      this.prepared.pop()!.program.release();
    }
    const { plan, pictureOutputs } = planStep(this.options, shape, traitsOf(this.gpu));
    const program = await Program.prepare(this.gpu, plan, this.places());
    const entry = { shape, program, pictureOutputs };
    this.prepared.unshift(entry);
    return entry;
  }

  /** The memory of everything that outlives a step. */
  places(): Map<string, GPUBuffer | BufferRange> {
    const places = new Map<string, GPUBuffer | BufferRange>(this.buffers);
    for (const optimizer of optimizerNames) {
      for (const [name, { offset, bytes }] of this.layout.arenas[optimizer].entries) {
        places.set(name, { buffer: this.buffer(memory.weights(optimizer)), offset, size: bytes });
        const gradients = this.buffer(memory.gradients(optimizer));
        places.set(memory.gradient(name), { buffer: gradients, offset, size: bytes });
        if (optimizer === "generators" && inHalves(this.options)) {
          const later = this.buffer(memory.laterGradients);
          places.set(memory.laterGradient(name), { buffer: later, offset, size: bytes });
        }
      }
    }
    return places;
  }
}

/**
 * What the next step depends on. It writes gradients and losses anew, and the table of levels never
 * changes.
 */
function isState(name: string): boolean {
  const others = optimizerNames.flatMap((optimizer) => [memory.gradients(optimizer), memory.losses(optimizer)]);
  return ![memory.levels, memory.laterGradients, ...others].includes(name);
}

function pixelsOf(images: readonly Image[]): Uint8ClampedArray<ArrayBuffer> {
  if (images.length === 1) return images[0].data;
  const all = new Uint8ClampedArray(images.reduce((sum, { data }) => sum + data.length, 0));
  let end = 0;
  for (const { data } of images) {
    all.set(data, end);
    end += data.length;
  }
  return all;
}

function namedLosses(options: TrainingOptions, bytes: ArrayBuffer): Losses {
  const losses: Partial<Record<keyof Losses, number>> = {};
  let start = 0;
  for (const optimizer of optimizerNames) {
    const names = lossOrder(options)[optimizer];
    new Float32Array(bytes, start, names.length).forEach((value, index) => (losses[names[index]] = value));
    start += byteLength(vector(names.length));
  }
  return losses as Losses;
}
