// Measures how long dispatches take on the GPU itself, with timestamp queries at the beginning and
// the end of a pass.

import { UserError } from "../errors.ts";
import { submit, type Dispatch } from "./commands.ts";
import type { Gpu } from "./gpu.ts";

/** WebGPU allows 4096 queries in a set, and a pass needs two. */
const passesInSet = 2048;

const querySource = 0x0200 | 0x0004; // GPUBufferUsage.QUERY_RESOLVE | COPY_SRC

/** The clock of the measured times. */
export function clockOf(gpu: Gpu): "GPU" | "CPU" {
  return gpu.features.has("timestamp-query") ? "GPU" : "CPU";
}

/**
 * Runs the dispatches once, in order, each in a pass of its own. Returns the nanoseconds of each.
 */
export function timeDispatches(gpu: Gpu, dispatches: readonly Dispatch[]): Promise<number[]> {
  return timePasses(
    gpu,
    dispatches.map((dispatch) => [dispatch]),
  );
}

/**
 * Runs passes of dispatches once, in order. Returns the nanoseconds of each pass. Without the
 * feature "timestamp-query" it measures each pass with the CPU's clock, which adds the cost of a
 * submit (20 to 100 microseconds).
 */
export async function timePasses(gpu: Gpu, passes: readonly (readonly Dispatch[])[]): Promise<number[]> {
  if (clockOf(gpu) === "CPU") {
    const times: number[] = [];
    await gpu.settled(); // wait for earlier uploads, which must not count
    for (const pass of passes) {
      const start = performance.now();
      submit(gpu, pass);
      await gpu.settled();
      times.push((performance.now() - start) * 1e6);
    }
    return times;
  }
  const times: number[] = [];
  for (let first = 0; first < passes.length; first += passesInSet) {
    times.push(...(await queryTimes(gpu, passes.slice(first, first + passesInSet))));
  }
  return times;
}

/**
 * Seconds that the dispatches take on the GPU, one after another. They are repeated until they
 * take `leastSeconds`: browsers round the GPU's clock to 0.1 ms.
 */
export async function secondsOf(gpu: Gpu, dispatches: readonly Dispatch[], leastSeconds = 0.01): Promise<number> {
  for (let rounds = 1; rounds < 1e6;) {
    const [nanoseconds] = await timePasses(gpu, [Array.from({ length: rounds }, () => dispatches).flat()]);
    const seconds = nanoseconds / 1e9;
    if (seconds >= leastSeconds) return seconds / rounds;
    // If the clock has not moved yet, this is only an upper bound.
    rounds *= seconds > 0 ? Math.min(16, Math.ceil((1.2 * leastSeconds) / seconds)) : 16;
  }
  throw new UserError("The clock of this GPU stands still, so nothing can be timed on it. Update its driver.");
}

async function queryTimes(gpu: Gpu, passes: readonly (readonly Dispatch[])[]): Promise<number[]> {
  const count = 2 * passes.length;
  const querySet = gpu.device.createQuerySet({ type: "timestamp", count });
  const resolved = gpu.device.createBuffer({ label: "timestamps", size: 8 * count, usage: querySource });
  const start = performance.now();
  try {
    passes.forEach((pass, index) =>
      submit(gpu, pass, {
        querySet,
        beginningOfPassWriteIndex: 2 * index,
        endOfPassWriteIndex: 2 * index + 1,
      }),
    );
    const encoder = gpu.device.createCommandEncoder({ label: "timestamps" });
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    gpu.device.queue.submit([encoder.finish()]);
    const ticks = new BigUint64Array(await gpu.read(resolved, 0, 8 * count));
    const timed = passes.map((pass) => ({ label: `${pass[0].label}, ${pass.length} dispatches` }));
    gpu.recorder?.report("timed passes", timed, ticks, { start, end: performance.now() });
    return passes.map((_, index) => Number(ticks[2 * index + 1] - ticks[2 * index]));
  } finally {
    querySet.destroy();
    resolved.destroy();
  }
}
