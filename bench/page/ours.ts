// Ours as a contender in a page.

import { readSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { toFloat32 } from "../../src/formats/tensors/tensors.ts";
import { openGpu } from "../../src/platform/gpu/gpu.browser.ts";
import { prepareForward } from "../forward-pass.ts";
import { resnetOf } from "../options.ts";
import { fetchBytes, takePart } from "../peers/page.mjs";

takePart(async () => {
  const { tensors, metadata } = readSafetensors(await fetchBytes("setup.safetensors"));
  const weights = tensors.filter(({ name }) => name !== "picture");
  const picture = tensors.find(({ name }) => name === "picture")!;
  const gpu = await openGpu();
  const architecture = resnetOf(Number(metadata.ngf), Number(metadata.blocks));
  const given = { shape: picture.shape, data: toFloat32(picture) };
  return { ready: `pixelcycle, ${gpu.adapter.name}`, run: await prepareForward(gpu, architecture, weights, given) };
});
