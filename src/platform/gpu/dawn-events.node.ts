// Reduces how often Node polls the device for answers. While a request is pending, Dawn polls for
// events in a `setImmediate` loop, which keeps one core busy. A software adapter needs that core: a
// training step took twice as long on two cores. So Dawn gets a different `setImmediate`, which
// soon polls only once a millisecond. No other code sees it, since it replaces the global one only
// while Dawn's own code runs.

import { performance } from "node:perf_hooks";
import { setImmediate, setTimeout } from "node:timers";

/**
 * The methods that make Dawn await an answer, by class. For methods that are missing here, Dawn
 * polls as usual.
 */
const requests: Readonly<Record<string, readonly string[]>> = {
  GPU: ["requestAdapter"],
  GPUAdapter: ["requestDevice"],
  GPUDevice: ["createComputePipelineAsync", "popErrorScope"],
  GPUQueue: ["onSubmittedWorkDone"],
  GPUBuffer: ["mapAsync"],
};

/**
 * Milliseconds after a request during which it polls without a pause, so that short work stays
 * short.
 */
const eagerly = 1;

/** Milliseconds between later polls. Node's timers are no finer. */
const pause = 1;

let requested = -Infinity;
let patient = false;

/** Dawn's `setImmediate`. */
function lookLater(look: () => void): void {
  const again = () => lend(look);
  if (performance.now() - requested < eagerly) setImmediate(again);
  else setTimeout(again, pause);
}

function lend<T>(call: () => T): T {
  const own = globalThis.setImmediate;
  globalThis.setImmediate = lookLater as unknown as typeof own;
  try {
    return call();
  } finally {
    globalThis.setImmediate = own;
  }
}

type Method = (...values: unknown[]) => unknown;

/**
 * Makes Dawn poll with pauses for the rest of the process.
 *
 * @param classes Dawn's own classes, by name
 */
export function waitPatiently(classes: object): void {
  if (patient) return;
  patient = true;
  for (const [name, methods] of Object.entries(requests)) {
    const prototype = (classes as Record<string, { prototype: Record<string, Method> }>)[name].prototype;
    for (const method of methods) {
      const request = prototype[method];
      prototype[method] = function (...values) {
        requested = performance.now();
        return lend(() => request.apply(this, values));
      };
    }
  }
}
