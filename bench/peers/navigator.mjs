// @ts-nocheck: beside files that are not checked either.

// What a page has and Node has not: `navigator.gpu`, Dawn's, and WebGPU's globals. Dawn looks for the device's answers in a loop of
// `setImmediate`, which keeps a core busy; as for ours (src/platform/dawn-events.node.ts), it looks once a millisecond.

import { create, globals } from "webgpu";

const { setImmediate } = globalThis;
const isDawn = (callback) => callback.name === "" && /\[native code\]/.test(Function.prototype.toString.call(callback));
globalThis.setImmediate = Object.assign(
  (callback, ...values) => (isDawn(callback) ? setTimeout(callback, 1) : setImmediate(callback, ...values)),
  setImmediate,
);

Object.assign(globalThis, globals);
Object.defineProperty(globalThis, "navigator", { value: { gpu: create([]), userAgent: "node" }, configurable: true });
