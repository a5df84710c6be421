// Small results on their way to the CPU while the device goes on working: a ring of buffers that are mapped one after another. Nothing
// waits for a result but whoever asked for it, and nobody can run ahead of the device by more than the ring is long.

import { allInOrder } from "../errors.ts";
import type { Gpu } from "./gpu.ts";
import { answerOf } from "./loss.ts";
import { traced } from "./trace.ts";

const mapRead = 1; // GPUMapMode.READ; the global that names it does not exist in Node.

export class ReadbackRing {
  private readonly waiting: (() => void)[] = [];

  private constructor(
    private readonly gpu: Gpu,
    private readonly free: GPUBuffer[],
    private readonly bytes: number,
  ) {}

  /** A ring for `length` results of up to `bytes` bytes, a multiple of 4, that are under way at a time. */
  static async create(gpu: Gpu, bytes: number, length: number): Promise<ReadbackRing> {
    const free = await allInOrder(Array.from({ length }, () => gpu.buffers.staging(bytes)));
    return new ReadbackRing(gpu, free, bytes);
  }

  /** Resolves when a place is free. @throws DeviceLostError */
  async room(): Promise<void> {
    this.gpu.check();
    if (this.free.length > 0) return;
    await traced(this.gpu.trace, "waiting", "for the device", () =>
      Promise.race([new Promise<void>((resolve) => this.waiting.push(resolve)), this.gpu.lost]),
    );
    this.gpu.check();
  }

  /**
   * Copies ranges of buffers, in bytes, one after another into one result, as they are when all that was submitted so far is done. There
   * must be room.
   *
   * @throws DeviceLostError, or what the device reported
   */
  async read(ranges: readonly { buffer: GPUBuffer; offset: number; size: number }[]): Promise<ArrayBuffer> {
    const staging = this.free.pop();
    if (!staging) throw new Error("The readback ring has no room; wait for it.");
    const encoder = this.gpu.device.createCommandEncoder({ label: "read back" });
    let end = 0;
    for (const { buffer, offset, size } of ranges) {
      encoder.copyBufferToBuffer(buffer, offset, staging, end, size);
      end += size;
    }
    if (end > this.bytes) throw new RangeError(`${end} bytes do not fit a ring of ${this.bytes}.`);
    this.gpu.device.queue.submit([encoder.finish()]);
    const mapped = answerOf(this.gpu.device, staging.mapAsync(mapRead, 0, end));
    const lost = await Promise.race([mapped.then(() => undefined), this.gpu.lost]);
    if (lost) throw lost;
    this.gpu.check();
    const copy = staging.getMappedRange(0, end).slice(0);
    staging.unmap();
    this.free.push(staging);
    this.waiting.shift()?.();
    return copy;
  }
}
