// @ts-nocheck: beside files that are not checked either.

// ONNX Runtime Web on WebGPU as a peer. It runs in its own process, loads the generator that our
// export writes, and runs it on request. It refuses to run unless all nodes run on the GPU.
//
//   in   { model: bytes of an .onnx file, input: { shape, data } }      once
//        "run"                                                          any number of times
//   out  { ready: its name }, then for each run { milliseconds, processorMilliseconds, output }, [1, 3, H, W]

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import "./navigator.mjs";
import { start } from "./onnxruntime-forward.mjs";
import { timed } from "./timed.mjs";

// Its memory is shared between threads, which Dawn in Node does not accept.
const { writeBuffer } = GPUQueue.prototype;
GPUQueue.prototype.writeBuffer = function (buffer, offset, data, from = 0, size = undefined) {
  const isShared = (data.buffer ?? data) instanceof SharedArrayBuffer;
  if (!isShared) return writeBuffer.call(this, buffer, offset, data, from, size);
  const bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
  const unit = data.BYTES_PER_ELEMENT ?? 1;
  return writeBuffer.call(this, buffer, offset, bytes.slice(from * unit, size && (from + size) * unit));
};

const require = createRequire(import.meta.url);
const module = require.resolve("onnxruntime-web").replace(/[^/\\]+$/, "");
const ort = await import(pathToFileURL(`${module}ort.webgpu.min.mjs`).href);
ort.env.wasm.wasmPaths = pathToFileURL(module).href;

let run;
process.on("message", async (message) => {
  if (message === "run") return process.send(await timed(run));
  const contender = await start(ort, message);
  run = contender.run;
  process.send({ ready: contender.ready });
});
