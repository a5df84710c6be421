// Compiled kernels, each compiled once: the key is the WGSL text itself, since constants are part of it.

import { OperationError } from "./errors.ts";

export class PipelineCache {
  private readonly compiled = new Map<string, Promise<GPUComputePipeline>>();
  /** Milliseconds spent waiting for the compiler. */
  compileTime = 0;

  constructor(private readonly device: GPUDevice) {}

  /**
   * The pipeline of a shader whose entry point is `main`.
   *
   * @throws OperationError with the name of the operation and the compiler's message.
   */
  get(shader: string, operation: string): Promise<GPUComputePipeline> {
    let pipeline = this.compiled.get(shader);
    if (!pipeline) {
      pipeline = this.compile(shader, operation);
      this.compiled.set(shader, pipeline);
      pipeline.catch(() => this.compiled.delete(shader));
    }
    return pipeline;
  }

  get count(): number {
    return this.compiled.size;
  }

  private async compile(shader: string, operation: string): Promise<GPUComputePipeline> {
    const start = performance.now();
    this.device.pushErrorScope("validation");
    const module = this.device.createShaderModule({ label: operation, code: shader });
    const invalid = this.device.popErrorScope();
    const pipeline = this.device.createComputePipelineAsync({
      label: operation,
      layout: "auto",
      compute: { module, entryPoint: "main" },
    });
    const [outcome, error] = await Promise.all([pipeline.catch((reason: unknown) => reason as Error), invalid]);
    this.compileTime += performance.now() - start;
    if (error) throw new OperationError(operation, error.message);
    if (outcome instanceof Error) throw new OperationError(operation, outcome.message);
    return outcome;
  }
}
