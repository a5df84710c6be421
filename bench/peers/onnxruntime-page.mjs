// @ts-nocheck: beside files that are not checked either.

// ONNX Runtime Web on WebGPU as a contender in a page, where the files of its package are in ort/.

import { fetchBytes, fetchSetup, takePart } from "./page.mjs";
import { start } from "./onnxruntime-forward.mjs";

takePart(async () => {
  const folder = new URL("ort/", location.href).href;
  const ort = await import(/* @vite-ignore */ `${folder}ort.webgpu.min.mjs`);
  ort.env.wasm.wasmPaths = folder;
  const { input } = await fetchSetup();
  return start(ort, { model: await fetchBytes("model.onnx"), input });
});
