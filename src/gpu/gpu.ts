// An open GPU: one device with its limits, memory, compiled kernels and loss. The engine is passed
// one; there is no global.

import { chooseAdapter, describeAdapter, type AdapterChoice, type AdapterDescription } from "./adapter.ts";
import { BufferPool } from "./buffers.ts";
import { CompileAhead, compilesLate } from "./compile-ahead.ts";
import type { Debug } from "./debug.ts";
import { DeviceLostError, OperationError } from "./errors.ts";
import { answerOf, lossOf } from "./loss.ts";
import { PipelineCache } from "./pipelines.ts";
import { DispatchRecorder } from "./recorder.ts";
import { traced, uploadSpan, type Trace } from "./trace.ts";

/**
 * Which GPU to open, and how much of it to use.
 *
 * @example
 * ```ts
 * const options: GpuOptions = { adapter: "low-power" };
 * const laptops = await openGpu(options);
 * laptops.close();
 * ```
 */
export interface GpuOptions {
  /** A preference, or a part of the adapter's name. Default: `high-performance`. */
  adapter?: AdapterChoice | undefined;
  /**
   * The maximum bytes of one binding, if less than the adapter's own limit. Tests use it to run the
   * code for large images on a small one.
   */
  maximumBindingBytes?: number;
  /**
   * The maximum bytes of all buffers together on an adapter that runs on the CPU. WebGPU does not
   * report it.
   */
  systemMemory?: number;
}

/** What only the platform can give; not part of the library's types. */
export interface PlatformHelp {
  /**
   * Opens another entry, without validation, for the device that compiles ahead on an adapter that
   * compiles late.
   */
  unvalidated?: () => Promise<GPU>;
}

/** Optional debug output and tracing. */
export interface Observers {
  debug?: Debug;
  trace?: Trace | undefined;
}

/** The device limits that kernels are planned with. */
export interface GpuLimits {
  /** Maximum bytes of one storage binding. */
  bindingBytes: number;
  /** Maximum bytes of one buffer. */
  bufferBytes: number;
  /** Bindings start at multiples of this. */
  offsetAlignment: number;
  workgroupBytes: number;
  workgroupInvocations: number;
  workgroupsPerDimension: number;
}

const wantedFeatures: GPUFeatureName[] = ["timestamp-query", "shader-f16", "subgroups"];

/** A device with every limit and feature that the engine can use. */
function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const { limits, features } = adapter;
  return adapter.requestDevice({
    label: "pixelcycle",
    requiredFeatures: wantedFeatures.filter((feature) => features.has(feature)),
    requiredLimits: {
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
    },
  });
}

export class Gpu {
  readonly buffers: BufferPool;
  readonly pipelines: PipelineCache;
  readonly limits: GpuLimits;
  readonly features: ReadonlySet<string>;
  /** The size of every subgroup, or 0 where it is unknown or varies. */
  readonly subgroupSize: number;
  readonly debug: Debug;
  readonly trace: Trace | undefined;
  /** Set if the adapter compiles a kernel only when it is first dispatched. */
  readonly ahead: CompileAhead | undefined;
  /** Set while a trace is recorded; it then submits the dispatches itself. */
  readonly recorder: DispatchRecorder | undefined;
  /** Resolves once, when the device is lost. */
  readonly lost: Promise<DeviceLostError>;
  /**
   * Measured choices of kernels by the names of layers, which only src/kernels understands. What is
   * planned from now on follows them.
   */
  choices: ReadonlyMap<string, string> = new Map();
  private loss: DeviceLostError | undefined;
  /** From now on, behaves as if the driver had lost the device. For tests of device loss. */
  readonly simulateLoss: (detail: string) => void;
  private failure: OperationError | undefined;
  private label = "";

  private constructor(
    readonly device: GPUDevice,
    readonly adapter: AdapterDescription,
    /** Held because a Dawn device dies with the object that created it. */
    readonly entry: GPU,
    options: GpuOptions & Observers & PlatformHelp,
  ) {
    const limits = device.limits;
    this.features = device.features as ReadonlySet<string>;
    const { subgroupMinSize, subgroupMaxSize } = device.adapterInfo;
    this.subgroupSize = subgroupMinSize === subgroupMaxSize ? (subgroupMinSize ?? 0) : 0;
    this.limits = {
      bindingBytes: Math.min(limits.maxStorageBufferBindingSize, options.maximumBindingBytes ?? Infinity),
      bufferBytes: limits.maxBufferSize,
      offsetAlignment: limits.minStorageBufferOffsetAlignment,
      workgroupBytes: limits.maxComputeWorkgroupStorageSize,
      workgroupInvocations: limits.maxComputeInvocationsPerWorkgroup,
      workgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    };
    const { debug = {}, trace } = options;
    this.debug = debug;
    this.trace = trace;
    this.recorder = trace && new DispatchRecorder(this, trace);
    // A real GPU does not report its memory either, but it does report an error when the memory is
    // full.
    const budget = this.adapter.software ? (options.systemMemory ?? Infinity) : Infinity;
    this.buffers = new BufferPool(device, budget, debug, trace);
    this.pipelines = new PipelineCache(device, debug);
    const { adapter: choice, unvalidated } = options;
    if (unvalidated && compilesLate(adapter))
      this.ahead = new CompileAhead(async () => {
        const entry = await unvalidated();
        return { entry, device: await requestDevice(await chooseAdapter(entry, choice)) };
      }, trace);
    let simulate!: (error: DeviceLostError) => void;
    const simulated = new Promise<DeviceLostError>((resolve) => (simulate = resolve));
    this.simulateLoss = (detail) => simulate(new DeviceLostError("unknown", detail));
    this.lost = Promise.race([device.lost.then(lossOf), simulated]).then((error) => (this.loss = error));
    device.addEventListener("uncapturederror", ({ error }) => {
      this.failure ??= new OperationError(this.label || "an operation", error.message);
    });
  }

  /**
   * Opens an adapter of `entry` (a page's `navigator.gpu`, or the one that src/platform/gpu/gpu.node.ts
   * creates) with every limit and feature that the engine can use.
   */
  static async open(entry: GPU, options: GpuOptions & Observers & PlatformHelp = {}): Promise<Gpu> {
    const adapter = await chooseAdapter(entry, options.adapter);
    const device = await requestDevice(adapter);
    return new Gpu(device, describeAdapter(adapter), entry, options);
  }

  /** Throws if the device was lost, or the first error that it reported since the last check. */
  check(): void {
    if (this.loss) throw this.loss;
    const failure = this.failure;
    this.failure = undefined;
    if (failure) throw failure;
  }

  /**
   * Names what is about to be submitted, so that an error reported later can be attributed to it.
   */
  begin(label: string): void {
    this.label = label;
  }

  /** Waits until everything submitted so far is done, then checks. */
  async settled(): Promise<void> {
    await Promise.race([answerOf(this.device, this.device.queue.onSubmittedWorkDone()), this.lost]);
    await this.recorder?.finished();
    this.check();
  }

  /**
   * Writes `data` to the start of `buffer`, before anything that is submitted later.
   *
   * @param name the label of the upload in a trace
   */
  write(buffer: GPUBuffer, data: ArrayBufferView<ArrayBuffer>, name = buffer.label): void {
    const start = performance.now();
    this.device.queue.writeBuffer(buffer, 0, data.buffer, data.byteOffset, data.byteLength);
    this.trace?.span("uploads", uploadSpan(name, data.byteLength, start));
  }

  /** Fills `buffer` with `block`, over and over: for measurements. */
  fill(buffer: GPUBuffer, block: Float32Array<ArrayBuffer>): void {
    for (let offset = 0; offset < buffer.size; offset += block.byteLength) {
      this.device.queue.writeBuffer(buffer, offset, block, 0, Math.min(block.length, (buffer.size - offset) / 4));
    }
  }

  /**
   * Reads `bytes` bytes of `buffer` from `offset` back to the CPU. All sizes are multiples of 4.
   */
  read(buffer: GPUBuffer, offset: number, bytes: number): Promise<ArrayBuffer> {
    return traced(this.trace, "reading back", buffer.label, () => this.readNow(buffer, offset, bytes));
  }

  private async readNow(buffer: GPUBuffer, offset: number, bytes: number): Promise<ArrayBuffer> {
    const staging = await this.buffers.staging(bytes);
    try {
      const encoder = this.device.createCommandEncoder({ label: "read back" });
      encoder.copyBufferToBuffer(buffer, offset, staging, 0, bytes);
      this.device.queue.submit([encoder.finish()]);
      const mapped = answerOf(this.device, staging.mapAsync(GPUMapMode_READ, 0, bytes));
      const lost = await Promise.race([mapped.then(() => undefined), this.lost]);
      if (lost) throw lost;
      this.check();
      const copy = staging.getMappedRange(0, bytes).slice(0);
      staging.unmap();
      return copy;
    } catch (error) {
      this.check();
      throw error;
    } finally {
      staging.destroy();
    }
  }

  /** Frees everything. This object must not be used afterwards. */
  close(): void {
    this.ahead?.close();
    this.buffers.destroy();
    this.device.destroy();
  }
}

/** `GPUMapMode.READ`; the global that names it does not exist in Node. */
const GPUMapMode_READ = 1;
