// Compiles kernels on a second device. llvmpipe compiles a kernel only when it is first dispatched,
// in the single thread of its device's queue, while all other cores wait. A second device compiles
// in a thread of its own, and Mesa's cache on disk passes on the result. So while the first device
// is busy with the first kernels of a program, the second compiles the last ones, until the two
// meet.
//
// The second device computes nothing: a dispatch of no workgroups is enough to have its kernel
// compiled.

import type { AdapterDescription } from "./adapter.ts";
import { usage } from "./buffers.ts";
import { traced, type Trace } from "./trace.ts";

/** Whether an adapter compiles a kernel only when it is first dispatched. */
export const compilesLate = ({ name }: AdapterDescription): boolean => /llvmpipe/i.test(name);

/**
 * A program's first submit has little work. If it takes at least this many milliseconds, its
 * kernels are being compiled.
 */
const compiling = 40;

/** More bytes than any kernel's uniforms; nothing is read from them. */
const bytes = 1 << 16;

interface SecondDevice {
  /** Held because a Dawn device dies with the object that created it. */
  readonly entry: GPU;
  readonly device: GPUDevice;
}

export class CompileAhead {
  private readonly reached = new Set<string>();
  private readonly foreseen = new Map<string, () => readonly string[]>();
  private second: Promise<SecondDevice> | undefined;
  private closed = false;

  /**
   * @param open opens a device that does not validate, since it gets buffers of arbitrary size and
   * empty dispatches
   */
  constructor(
    private readonly open: () => Promise<SecondDevice>,
    private readonly trace: Trace | undefined,
  ) {}

  /** Reports which kernels the first device is about to reach. */
  reach(shaders: readonly string[]): void {
    for (const shader of shaders) this.reached.add(shader);
  }

  /**
   * Announces the kernels of a later program. They are compiled when nothing is left to compile for
   * this one.
   */
  foresee(name: string, shaders: () => readonly string[]): void {
    this.foreseen.set(name, shaders);
  }

  /**
   * Compiles the kernels of a program, from the last to the first that is not reached yet, if its
   * first submit takes so long that its own kernels must be among what it waits for. What fails
   * here also fails on the first device, which reports it by name.
   *
   * @param shaders in the order of their dispatches
   * @param firstSubmit settles when the first device has done the program's first submit
   */
  async start(shaders: readonly string[], firstSubmit: Promise<unknown>): Promise<void> {
    if ((await settlesWithin(firstSubmit, compiling)) || this.closed) return;
    try {
      const { device } = await (this.second ??= this.open());
      await this.compileBackwards(device, shaders);
      for (const [name, later] of this.foreseen) {
        this.foreseen.delete(name);
        await this.compileBackwards(device, later());
      }
    } catch {
      this.close();
    }
  }

  private async compileBackwards(device: GPUDevice, shaders: readonly string[]): Promise<void> {
    for (const shader of [...new Set(shaders)].reverse()) {
      if (this.closed || this.reached.has(shader)) return;
      this.reached.add(shader);
      await traced(this.trace, "compiling", "ahead", () => compile(device, shader));
    }
  }

  close(): void {
    this.closed = true;
    this.second?.then(({ device }) => device.destroy()).catch(() => {});
  }
}

/** Whether a promise settles within a time, as far as this thread is free to hear of it. */
async function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let settled = false;
  const note = () => void (settled = true);
  promise.then(note, note);
  // If this thread was busy, both may be over: then what settled is heard in the second round.
  for (const time of [milliseconds, 0]) {
    await Promise.race([promise.catch(() => {}), new Promise((resolve) => setTimeout(resolve, time))]);
  }
  return settled;
}

async function compile(device: GPUDevice, code: string): Promise<void> {
  const pipeline = await device.createComputePipelineAsync({
    layout: "auto",
    compute: { module: device.createShaderModule({ code }), entryPoint: "main" },
  });
  const buffer = device.createBuffer({ size: bytes, usage: usage.storage | usage.uniform });
  const entries = [...code.matchAll(/@group\(0\) @binding\((\d+)\)/g)].map(([, binding]) => ({
    binding: Number(binding),
    resource: { buffer },
  }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(0);
  pass.end();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  buffer.destroy();
}
