// @ts-nocheck: beside files that are not checked either.

// Provides what a page has and Node lacks: `navigator.gpu`, from Dawn, and WebGPU's globals. Dawn
// polls for the device's answers in a `setImmediate` loop, which keeps a core busy. As in our own
// engine (src/platform/gpu/dawn-events.node.ts), it is made to poll once a millisecond.

import { create, globals } from "webgpu";

const { setImmediate } = globalThis;
const isDawn = (callback) => callback.name === "" && /\[native code\]/.test(Function.prototype.toString.call(callback));
globalThis.setImmediate = Object.assign(
  (callback, ...values) => (isDawn(callback) ? setTimeout(callback, 1) : setImmediate(callback, ...values)),
  setImmediate,
);

Object.assign(globalThis, globals);
Object.defineProperty(globalThis, "navigator", { value: { gpu: create([]), userAgent: "node" }, configurable: true });
