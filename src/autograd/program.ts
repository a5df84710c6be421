// A plan on a device: its buffers are allocated, kernels compiled and bind groups created. It can
// run any number of times, and a run only encodes commands.

import { allInOrder } from "../errors.ts";
import { bind, submit, type BufferRange, type Dispatch } from "../gpu/commands.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { traced } from "../gpu/trace.ts";
import type { Operand, Traits } from "../kernels/core/operation.ts";
import { planListing } from "./plan-listing.ts";
import type { Plan } from "./plan.ts";

/** The device traits that kernels are planned with. */
export function traitsOf({ adapter, limits, features, subgroupSize, choices }: Gpu): Traits {
  return {
    software: adapter.software,
    subgroupSize: features.has("subgroups") ? subgroupSize : 0,
    bindingBytes: limits.bindingBytes,
    offsetAlignment: limits.offsetAlignment,
    workgroupBytes: limits.workgroupBytes,
    workgroupInvocations: limits.workgroupInvocations,
    workgroupsPerDimension: limits.workgroupsPerDimension,
    choices,
  };
}

/**
 * The target duration of a submit. The throughput of kernels varies several-fold, so some submits
 * take longer. None should exceed a quarter of a second, since Windows resets a GPU that is busy
 * for 2 s. A submit itself costs less than a tenth of a millisecond.
 */
const submitMilliseconds = 80;

/** The fixed cost of a dispatch, in floating-point operations. */
const workOfDispatch = 2e6;

/** The number of submits that may be queued at a time: enough that the device is never idle. */
const submitsInFlight = 2;

export class Program {
  /**
   * The maximum work of a submit, estimated from earlier submits. It starts small, since nothing is
   * known about the device yet.
   */
  private budget = 1e8;
  /** When the device finished the last submit of this program. */
  private lastDone = 0;
  /** The longest submit since the program was created, in milliseconds. */
  longestSubmit = 0;
  /** The shader of each dispatch. */
  private readonly shaders: readonly string[];

  private constructor(
    private readonly gpu: Gpu,
    readonly plan: Plan,
    private readonly buffers: readonly GPUBuffer[],
    private readonly uniforms: readonly GPUBuffer[],
    readonly dispatches: readonly Dispatch[],
  ) {
    this.shaders = plan.launches.map(({ shader }) => shader);
  }

  /**
   * Allocates the memory and compiles the kernels of a plan.
   *
   * @param parameters the buffer of each parameter, or a range of one, by name; the caller keeps
   * ownership
   * @throws OutOfMemoryError, with everything released, if the plan does not fit
   */
  static async prepare(
    gpu: Gpu,
    plan: Plan,
    parameters: ReadonlyMap<string, GPUBuffer | BufferRange>,
  ): Promise<Program> {
    const buffers: GPUBuffer[] = [];
    const uniforms = new Map<string, GPUBuffer>();
    try {
      for (const bytes of plan.slotBytes) buffers.push(await gpu.buffers.acquire(bytes, "the images between layers"));
      const placeOf = new Map<Operand, { buffer: GPUBuffer; offset: number }>();
      for (const [operand, slot] of plan.slots) placeOf.set(operand, { buffer: buffers[slot], offset: 0 });
      for (const [name, operand] of plan.parameters) {
        const given = parameters.get(name);
        if (!given) throw new Error(`The parameter ${name} has no buffer.`);
        placeOf.set(operand, "buffer" in given ? given : { buffer: given, offset: 0 });
      }
      gpu.debug.plan?.(planListing(plan));
      const distinct = new Map(plan.launches.map((launch) => [launch.parameters?.join(), launch]));
      // All at once: in a browser, waiting for each in turn takes longer than a small kernel.
      await allInOrder(
        [...distinct].map(async ([key, { parameters, label }]) => {
          if (parameters) uniforms.set(key!, await gpu.buffers.uniform(parameters, label));
        }),
      );
      const pipelines = await traced(gpu.trace, "compiling", `${plan.launches.length} launches`, () =>
        allInOrder(plan.launches.map(({ shader, label }) => gpu.pipelines.get(shader, label))),
      );
      const dispatches: Dispatch[] = [];
      for (const [index, launch] of plan.launches.entries()) {
        const ranges = launch.bindings.map(({ operand, offset = 0, bytes }): BufferRange => {
          const place = placeOf.get(operand)!;
          return { buffer: place.buffer, offset: place.offset + offset, size: bytes ?? operand.bytes };
        });
        if (launch.parameters) {
          const buffer = uniforms.get(launch.parameters.join())!;
          ranges.push({ buffer, offset: 0, size: buffer.size });
        }
        const pipeline = pipelines[index];
        const bindGroup = bind(gpu, launch.label, pipeline, ranges);
        dispatches.push({ ...launch, pipeline, bindGroup });
      }
      return new Program(gpu, plan, buffers, [...uniforms.values()], dispatches);
    } catch (error) {
      buffers.forEach((buffer) => gpu.buffers.release(buffer));
      uniforms.forEach((buffer) => buffer.destroy());
      throw error;
    }
  }

  /** The buffer of an input, to be written before a run. */
  inputBuffer(name: string): GPUBuffer {
    const operand = this.plan.inputs.get(name);
    if (!operand) throw new Error(`This program has no input called ${name}.`);
    return this.buffers[this.plan.slots.get(operand)!];
  }

  /** Writes an input: as many bytes as its type has. */
  write(name: string, data: ArrayBufferView<ArrayBuffer>): void {
    const buffer = this.inputBuffer(name);
    const { bytes } = this.plan.inputs.get(name)!;
    if (data.byteLength !== bytes) throw new RangeError(`${name} takes ${bytes} bytes, not ${data.byteLength}.`);
    this.gpu.write(buffer, data, name);
  }

  /**
   * Runs all launches, in submits short enough for driver watchdogs, and waits until the last is
   * done.
   *
   * @param onProgress receives the completed share of the work, from 0 to 1
   * @param signal stops the run between two submits
   */
  async run(
    options: { onProgress?: ((share: number) => void) | undefined; signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    const { finished } = await this.submitAll(options);
    await finished;
  }

  /**
   * As `run`, but returns as soon as everything is submitted; later submits see the results.
   * `finished` resolves when the last launch is done. It rejects if the device is lost, or with the
   * first error that the device reported.
   */
  async submitAll({
    onProgress,
    signal,
  }: { onProgress?: ((share: number) => void) | undefined; signal?: AbortSignal | undefined } = {}): Promise<{
    finished: Promise<void>;
  }> {
    const inFlight: Promise<void>[] = [];
    let done = 0;
    let failure: { error: unknown } | undefined;
    for (let first = 0; first < this.dispatches.length;) {
      let end = first;
      let flops = 0;
      let work = 0;
      do {
        flops += this.dispatches[end].flops;
        work += this.dispatches[end++].flops + workOfDispatch;
      } while (end < this.dispatches.length && work + this.dispatches[end].flops + workOfDispatch <= this.budget);
      if (inFlight.length === submitsInFlight) {
        await traced(this.gpu.trace, "waiting", "for the device", () => inFlight.shift()!);
      }
      signal?.throwIfAborted();
      if (failure) throw failure.error;
      const start = performance.now();
      const dispatches = this.dispatches.slice(first, end);
      this.gpu.ahead?.reach(this.shaders.slice(first, end));
      submit(this.gpu, dispatches);
      const finished = this.gpu.settled().then(() => {
        // The device began this submit when it had finished earlier work, which may belong to an
        // earlier run.
        const now = performance.now();
        const milliseconds = now - Math.max(start, this.lastDone);
        this.learn(work, milliseconds);
        this.gpu.debug.submits?.(submitText(dispatches, flops, milliseconds));
        this.lastDone = now;
        done += flops;
        onProgress?.(done / this.plan.flops);
      });
      if (first === 0) void this.gpu.ahead?.start(this.shaders, finished);
      inFlight.push(finished.catch((error: unknown) => void (failure ??= { error })));
      first = end;
    }
    const finished = allInOrder(inFlight).then(() => {
      if (failure) throw failure.error;
    });
    // The caller may ignore `finished`; without this, a failure that it ignores would be an
    // unhandled rejection.
    finished.catch(() => {});
    return { finished };
  }

  /** Adjusts the work per submit to a measured duration: down at once, up gradually. */
  private learn(work: number, milliseconds: number): void {
    this.longestSubmit = Math.max(this.longestSubmit, milliseconds);
    if (milliseconds > 5) {
      const right = Math.max(1e7, (work * submitMilliseconds) / milliseconds);
      this.budget = right < this.budget ? right : 0.5 * (this.budget + right);
    } else if (work > 0.5 * this.budget) {
      // Too short to be measured.
      this.budget *= 2;
    }
  }

  /** The contents of output number `output`, in the device layout. */
  read(output = 0): Promise<ArrayBuffer> {
    const operand = this.plan.outputs[output];
    return this.gpu.read(this.buffers[this.plan.slots.get(operand)!], 0, operand.bytes);
  }

  /** Releases the memory. */
  release(): void {
    this.buffers.forEach((buffer) => this.gpu.buffers.release(buffer));
    this.uniforms.forEach((buffer) => buffer.destroy());
  }
}

function submitText(dispatches: readonly Dispatch[], flops: number, milliseconds: number): string {
  const [first, last] = [dispatches[0].label, dispatches.at(-1)!.label];
  const labels = dispatches.length === 1 ? first : `${dispatches.length} dispatches, ${first} to ${last}`;
  return `${milliseconds.toFixed(1)} ms, ${(flops / 1e9).toFixed(3)} GFLOP: ${labels}`;
}
