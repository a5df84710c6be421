// Compiled kernels, each compiled once: the key is the WGSL text itself, since constants are part of it.

import type { Debug } from "./debug.ts";
import { DeviceLostError, OperationError } from "./errors.ts";
import { answerOf } from "./loss.ts";

export class PipelineCache {
  private readonly compiled = new Map<string, Promise<GPUComputePipeline>>();
  /** Milliseconds spent waiting for the compiler. */
  compileTime = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly debug: Debug = {},
  ) {}

  /**
   * The pipeline of a shader whose entry point is `main`.
   *
   * @throws OperationError with the name of the operation and the compiler's message
   * @throws DeviceLostError
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
    this.debug.shaders?.(`${operation}\n${shader}`);
    const start = performance.now();
    this.device.pushErrorScope("validation");
    const module = this.device.createShaderModule({ label: operation, code: shader });
    const invalid = this.device.popErrorScope();
    const pipeline = this.device.createComputePipelineAsync({
      label: operation,
      layout: "auto",
      compute: { module, entryPoint: "main" },
    });
    pipeline.catch(() => {}); // it is waited for only where the shader is valid
    try {
      const error = await answerOf(this.device, invalid);
      if (error) throw new OperationError(operation, error.message);
      return await answerOf(this.device, pipeline);
    } catch (error) {
      if (error instanceof DeviceLostError || error instanceof OperationError) throw error;
      throw new OperationError(operation, (error as Error).message);
    } finally {
      this.compileTime += performance.now() - start;
    }
  }
}
