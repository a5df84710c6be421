// Ours as a contender in a page. bench/peers/page.mjs describes what a contender is.

import { readSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { toFloat32 } from "../../src/formats/tensors/tensors.ts";
import { openGpu } from "../../src/platform/gpu.browser.ts";
import { prepareForward } from "../forward-pass.ts";
import { resnetOf } from "../options.ts";
import type { PageContender } from "./contenders.ts";

async function start(): Promise<{ ready: string; run: () => Promise<Float32Array> }> {
  const { tensors, metadata } = readSafetensors(await fetchBytes("setup.safetensors"));
  const weights = tensors.filter(({ name }) => name !== "picture");
  const picture = tensors.find(({ name }) => name === "picture")!;
  const gpu = await openGpu();
  const architecture = resnetOf(Number(metadata.ngf), Number(metadata.blocks));
  const given = { shape: picture.shape, data: toFloat32(picture) };
  return { ready: `pixelcycle, ${gpu.adapter.name}`, run: await prepareForward(gpu, architecture, weights, given) };
}

async function fetchBytes(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(path)).arrayBuffer());
}

let forward: () => Promise<Float32Array>;

(globalThis as { contender?: PageContender }).contender = {
  async start() {
    const { ready, run } = await start();
    forward = run;
    return ready;
  },
  async run() {
    const start = performance.now();
    const output = await forward();
    return { milliseconds: performance.now() - start, output: [...output] };
  },
};
