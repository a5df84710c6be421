// How long a dispatch takes on the GPU itself, by timestamp queries: one pass a dispatch, so that each has its own time.

import { submit, type Dispatch } from "./commands.ts";
import type { Gpu } from "./gpu.ts";

const querySource = 0x0200 | 0x0004; // GPUBufferUsage.QUERY_RESOLVE | COPY_SRC

/**
 * Runs the dispatches once, in order, and gives the nanoseconds that each took.
 * Needs the feature "timestamp-query"; without it the CPU's clock around each dispatch is used, which adds the cost of
 * a submit (20 to 100 microseconds).
 */
export async function timeDispatches(gpu: Gpu, dispatches: readonly Dispatch[]): Promise<number[]> {
  if (!gpu.features.has("timestamp-query")) {
    const times: number[] = [];
    for (const dispatch of dispatches) {
      const start = performance.now();
      submit(gpu, [dispatch]);
      await gpu.settled();
      times.push((performance.now() - start) * 1e6);
    }
    return times;
  }
  const count = 2 * dispatches.length;
  const querySet = gpu.device.createQuerySet({ type: "timestamp", count });
  const resolved = gpu.device.createBuffer({ label: "timestamps", size: 8 * count, usage: querySource });
  try {
    dispatches.forEach((dispatch, index) =>
      submit(gpu, [dispatch], {
        querySet,
        beginningOfPassWriteIndex: 2 * index,
        endOfPassWriteIndex: 2 * index + 1,
      }),
    );
    const encoder = gpu.device.createCommandEncoder({ label: "timestamps" });
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    gpu.device.queue.submit([encoder.finish()]);
    const ticks = new BigUint64Array(await gpu.read(resolved, 0, 8 * count));
    return dispatches.map((_, index) => Number(ticks[2 * index + 1] - ticks[2 * index]));
  } finally {
    querySet.destroy();
    resolved.destroy();
  }
}
