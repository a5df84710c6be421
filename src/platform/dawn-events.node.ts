// How long Node looks for the device's answers. As long as one is awaited, Dawn asks for events in a loop of `setImmediate`, as fast as it can,
// which keeps a core busy. On a software adapter that core is missing in the computation: a training step took twice as long on two cores.
// So Dawn is lent another `setImmediate`, which soon goes over to looking once a millisecond. Nobody else sees it: it is in place of the
// global one only while Dawn's own code runs.

import { performance } from "node:perf_hooks";
import { setImmediate, setTimeout } from "node:timers";

/** The methods by which Dawn begins to await an answer, by class. One that is missing here is looked for in Dawn's own way. */
const requests: Readonly<Record<string, readonly string[]>> = {
  GPU: ["requestAdapter"],
  GPUAdapter: ["requestDevice"],
  GPUDevice: ["createComputePipelineAsync", "popErrorScope"],
  GPUQueue: ["onSubmittedWorkDone"],
  GPUBuffer: ["mapAsync"],
};

/** Milliseconds after a request in which its answer is looked for without a pause, so that short work stays short. */
const eagerly = 1;

/** Milliseconds between two looks after that; a timer of Node is no finer. */
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

/** Makes Dawn wait without a loop, for the rest of the process. @param classes Dawn's own, by name */
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
