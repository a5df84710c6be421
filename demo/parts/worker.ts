// Workers do all that takes long, the GPU's work first of all, so that the page itself answers at once. One worker a room of the page,
// asked through comlink: its functions look like our own, but for the promise that each returns.

import { wrap, type Remote } from "comlink";

/**
 * @param name of an entry point in scripts/demo.mjs: `train` is demo/train/train.worker.ts
 * @param onCrash is told when the worker could not be loaded, or died
 */
export function openWorker<Api>(name: string, onCrash: (sentence: string) => void): Remote<Api> {
  const worker = new Worker(new URL(`workers/${name}.js`, document.baseURI), { type: "module", name });
  worker.addEventListener("error", ({ message }) => {
    onCrash(`A part of this page ended unexpectedly. Reload the page to go on. [${message || `workers/${name}.js`}]`);
  });
  return wrap<Api>(worker);
}
