// Deno, which is wgpu with its own WGSL compiler (naga), and Bun, which runs Node's Dawn: every
// shader compiles, and both give Node's bytes.

import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { bun, deno } from "../../scripts/engines.mjs";
import type { AdapterDescription } from "../../src/gpu/adapter.ts";
import { filesOf } from "../../src/kernels/core/shader-files.ts";
import { fitWithin } from "../../src/picture/resize.ts";
import { decodeImage } from "../../src/platform/pictures/images.node.ts";
import { openConsumer, runEngine } from "./consumer.ts";
import { shaderVariants } from "./shader-variants.ts";

const [denoPath, bunPath] = [deno(), bun()];
const folder = await openConsumer();
const denoWords = ["run", "--unstable-webgpu", "--allow-read", "--allow-write", "--node-modules-dir=manual"];

describe.runIf(denoPath)("Deno's compiler", () => {
  test("accepts every variant of every shader, except those with subgroups if it has none", async () => {
    const shaders = [...shaderVariants().keys()].map((code) => ({ label: filesOf(code)[0], code }));
    // WGSL has no implicit conversion of u32 to f32. A compiler that accepts this would prove
    // nothing about the others.
    const wrong = { label: "wrong", code: "@compute @workgroup_size(1) fn main() { var x: f32 = 1u; x = x; }" };
    writeFileSync(join(folder, "shaders.json"), JSON.stringify([...shaders, wrong]));
    const words = [...denoWords, resolve("test/engines/compile-shaders.mjs"), join(folder, "shaders.json")];
    const { refused, skipped } = await runEngine<{
      refused: { label: string; reason: string }[];
      skipped: string[];
    }>(denoPath!, words);
    expect(refused.filter(({ label }) => label !== "wrong")).toEqual([]);
    expect(refused.length).toBe(1);
    const bySubgroups = [
      "convolution/broadcast",
      "convolution/filter-gradient/broadcast",
      "convolution/filter-gradient/narrow",
      "convolution/filter-gradient/quads",
      "convolution/narrow",
      "convolution/quads",
      "convolution/winograd/multiply",
      "convolution/winograd/multiply-quads",
    ];
    if (skipped.length > 0) expect([...new Set(skipped)].sort()).toEqual(bySubgroups);
    console.log(
      `${shaders.length - skipped.length} shaders compiled, ${skipped.length} left out: they need subgroups.`,
    );
  });
});

describe("the bundled model on a sample", async () => {
  const sample = fitWithin(await decodeImage("samples/stone-path.jpg"), 128);
  writeFileSync(join(folder, "sample.rgba"), sample.data);

  /** An engine's results with the package: the network's output, and that on its grid. */
  async function convert(executable: string, words: readonly string[], name: string) {
    const out = join(folder, name);
    const weights = resolve("weights/pixelart-4.safetensors");
    const size = [String(sample.width), String(sample.height)];
    const program = [join(folder, "convert-picture.mjs"), weights, join(folder, "sample.rgba"), ...size, out];
    const adapter = await runEngine<AdapterDescription>(executable, [...words, ...program], folder);
    return { adapter, raw: readFileSync(`${out}.raw`), art: readFileSync(`${out}.art`) };
  }

  const inNode = await convert(process.execPath, [], "node");

  test.runIf(denoPath)("is the same from Deno's own WebGPU as from Node's Dawn, byte for byte", async () => {
    const inDeno = await convert(denoPath!, denoWords, "deno");
    expect(inDeno.raw.equals(inNode.raw)).toBe(true);
    expect(inDeno.art.equals(inNode.art)).toBe(true);
    expect(inDeno.adapter.name).not.toMatch(/^\d*$/);
    expect(inDeno.adapter.software).toBe(inNode.adapter.software);
  });

  test.runIf(bunPath)("is the same from Bun, which loads Node's Dawn, byte for byte", async () => {
    const inBun = await convert(bunPath!, [], "bun");
    expect(inBun.raw.equals(inNode.raw)).toBe(true);
    expect(inBun.art.equals(inNode.art)).toBe(true);
    expect(inBun.adapter).toEqual(inNode.adapter);
  });
});
