// Workers do everything that takes long, above all the GPU's work, so that the page stays
// responsive. Each view calls its worker through comlink, which makes the worker's functions look
// like local ones that return promises.

import { wrap, type Remote } from "comlink";

/**
 * @param name of an entry point in scripts/demo.mjs: `train` is demo/train/train.worker.ts
 * @param onCrash is called with a sentence if the worker cannot be loaded, or dies
 */
export function openWorker<Api>(name: string, onCrash: (sentence: string) => void): Remote<Api> {
  const worker = new Worker(new URL(`workers/${name}.js`, document.baseURI), { type: "module", name });
  worker.addEventListener("error", ({ message }) => {
    onCrash(`A part of this page crashed. Reload the page to continue. [${message || `workers/${name}.js`}]`);
  });
  return wrap<Api>(worker);
}
