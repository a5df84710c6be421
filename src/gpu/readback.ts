// Reads small results back while the device keeps working, through a ring of buffers that are
// mapped in turn. Only the reader of a result waits for it. The CPU cannot run ahead of the device
// by more than the length of the ring.

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

  /** A ring for up to `length` results under way, each of up to `bytes` bytes, a multiple of 4. */
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
   * Copies ranges of buffers, in bytes, one after another into one result. The copy happens after
   * everything submitted so far. The ring must have room.
   *
   * @throws DeviceLostError, or the error that the device reported
   */
  async read(ranges: readonly { buffer: GPUBuffer; offset: number; size: number }[]): Promise<ArrayBuffer> {
    const end = ranges.reduce((sum, { size }) => sum + size, 0);
    if (end > this.bytes) throw new RangeError(`${end} bytes do not fit a ring of ${this.bytes}.`);
    const staging = this.free.pop();
    if (!staging) throw new Error("The readback ring has no room; wait for it.");
    try {
      const encoder = this.gpu.device.createCommandEncoder({ label: "read back" });
      let start = 0;
      for (const { buffer, offset, size } of ranges) {
        encoder.copyBufferToBuffer(buffer, offset, staging, start, size);
        start += size;
      }
      this.gpu.device.queue.submit([encoder.finish()]);
      const mapped = answerOf(this.gpu.device, staging.mapAsync(mapRead, 0, end));
      const lost = await Promise.race([mapped.then(() => undefined), this.gpu.lost]);
      if (lost) throw lost;
      this.gpu.check();
      return staging.getMappedRange(0, end).slice(0);
    } finally {
      // After an error too, or each one would cost the ring a place.
      staging.unmap();
      this.free.push(staging);
      this.waiting.shift()?.();
    }
  }
}
