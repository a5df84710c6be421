// Device memory. Buffers are pooled by size and counted. A request that exceeds the budget is
// refused before the device itself runs out of memory.

import { allInOrder } from "../errors.ts";
import { bytesText, type Debug } from "./debug.ts";
import { OutOfMemoryError } from "./errors.ts";
import { answerOf } from "./loss.ts";
import { uploadSpan, type Trace } from "./trace.ts";

/** `GPUBufferUsage` as numbers: the global that names them does not exist in Node. */
export const usage = { mapRead: 0x01, copySource: 0x04, copyTarget: 0x08, uniform: 0x40, storage: 0x80 } as const;

/**
 * Sizes are rounded up to this, so that a pooled buffer can serve requests of nearly the same size.
 */
const granularity = 256;

export class BufferPool {
  private readonly free = new Map<number, GPUBuffer[]>();
  private readonly owned = new Set<GPUBuffer>();
  /** Bytes in all existing buffers, whether in use or in the pool. */
  allocated = 0;
  /** The peak of `allocated`. */
  peak = 0;

  constructor(
    private readonly device: GPUDevice,
    readonly budget: number,
    private readonly debug: Debug = {},
    private readonly trace?: Trace,
  ) {}

  /**
   * A storage buffer of at least `bytes`, from the pool or new. Its contents are undefined. Errors
   * name `purpose`.
   */
  async acquire(bytes: number, purpose: string): Promise<GPUBuffer> {
    const size = Math.ceil(Math.max(bytes, 4) / granularity) * granularity;
    const waiting = this.free.get(size)?.pop();
    if (waiting) {
      this.debug.memory?.(`${bytesText(size)} from the pool for ${purpose}`);
      return waiting;
    }
    if (this.allocated + size > this.budget) this.trim();
    if (this.allocated + size > this.budget) {
      throw new OutOfMemoryError(purpose, size, `${this.allocated} of ${this.budget} bytes are in use`);
    }
    const buffer = await this.create(size, usage.storage | usage.copySource | usage.copyTarget, purpose);
    this.owned.add(buffer);
    this.allocated += size;
    this.peak = Math.max(this.peak, this.allocated);
    this.debug.memory?.(`${bytesText(size)} taken for ${purpose}; ${this.total()}`);
    return buffer;
  }

  /** A storage buffer that holds `data`. */
  async upload(data: ArrayBufferView<ArrayBuffer>, purpose: string): Promise<GPUBuffer> {
    const buffer = await this.acquire(data.byteLength, purpose);
    const start = performance.now();
    this.device.queue.writeBuffer(buffer, 0, data.buffer, data.byteOffset, data.byteLength);
    this.trace?.span("uploads", uploadSpan(purpose, data.byteLength, start));
    return buffer;
  }

  /** A uniform buffer that holds `data`. */
  async uniform(data: Uint32Array<ArrayBuffer>, purpose: string): Promise<GPUBuffer> {
    const buffer = await this.create(Math.max(16, data.byteLength), usage.uniform | usage.copyTarget, purpose);
    this.device.queue.writeBuffer(buffer, 0, data);
    return buffer;
  }

  /** A buffer that the CPU can map for reading. The caller destroys it. */
  staging(bytes: number): Promise<GPUBuffer> {
    return this.create(bytes, usage.mapRead | usage.copyTarget, "reading back");
  }

  /** Returns a buffer of `acquire` or `upload` to the pool. */
  release(buffer: GPUBuffer): void {
    if (!this.owned.has(buffer)) throw new Error("This buffer is not of this pool, or was freed already.");
    const waiting = this.free.get(buffer.size) ?? [];
    if (waiting.includes(buffer)) throw new Error("This buffer was released twice.");
    waiting.push(buffer);
    this.debug.memory?.(`${bytesText(buffer.size)} back in the pool: ${buffer.label}`);
    this.free.set(buffer.size, waiting);
  }

  /** Destroys all buffers in the pool. */
  trim(): void {
    const before = this.allocated;
    for (const buffers of this.free.values()) {
      for (const buffer of buffers) {
        this.owned.delete(buffer);
        this.allocated -= buffer.size;
        buffer.destroy();
      }
    }
    this.free.clear();
    if (this.allocated < before) {
      this.debug.memory?.(`${bytesText(before - this.allocated)} of the pool given back; ${this.total()}`);
    }
  }

  destroy(): void {
    for (const buffer of this.owned) buffer.destroy();
    this.owned.clear();
    this.free.clear();
    this.allocated = 0;
  }

  private total(): string {
    return `${bytesText(this.allocated)} in ${this.owned.size} buffers`;
  }

  private async create(size: number, usage: number, purpose: string): Promise<GPUBuffer> {
    this.device.pushErrorScope("out-of-memory");
    this.device.pushErrorScope("validation");
    let buffer: GPUBuffer | undefined;
    let detail = "";
    try {
      buffer = this.device.createBuffer({ label: purpose, size, usage });
    } catch (error) {
      detail = String(error);
    }
    const scopes = allInOrder([this.device.popErrorScope(), this.device.popErrorScope()]);
    const [invalid, exhausted] = await answerOf(this.device, scopes);
    detail ||= exhausted?.message || invalid?.message || "";
    if (buffer && !detail) return buffer;
    buffer?.destroy();
    throw new OutOfMemoryError(purpose, size, detail);
  }
}
