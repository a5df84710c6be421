// Small networks with random weights, and random pictures, for tests that accept any.

import { float32Tensor, type NamedTensor } from "../src/formats/tensors/tensors.ts";
import { stateDict, type Architecture } from "../src/nn/architecture.ts";
import { blankImage, type Image } from "../src/picture/image.ts";
import { someValues } from "./gpu.ts";

/** A generator small enough for a software adapter to run in milliseconds. */
export const smallResnet = {
  kind: "resnet",
  inputChannels: 3,
  outputChannels: 3,
  ngf: 4,
  blocks: 2,
  norm: "instance",
  dropout: false,
} as const satisfies Architecture;

export function randomWeights(architecture: Architecture, scale = 0.1): NamedTensor[] {
  return stateDict(architecture).map(({ name, shape, role }, i) => {
    const values = Float32Array.from(someValues({ layout: "vector", shape }, i + 1), (x) =>
      role === "running variance" ? Math.abs(x) + 0.5 : scale * x,
    );
    return float32Tensor(name, shape, values);
  });
}

/** Several networks in one state dict, as in a trainer's own module: `G_A.model.1.weight`. */
export function inOneDict(networks: Readonly<Record<string, readonly NamedTensor[]>>): NamedTensor[] {
  return Object.entries(networks).flatMap(([key, tensors]) =>
    tensors.map((tensor) => ({ ...tensor, name: `${key}.${tensor.name}` })),
  );
}

export function randomPicture(width: number, height: number): Image {
  const image = blankImage(width, height);
  someValues({ layout: "vector", shape: [4 * width * height] }, 7).forEach((value, i) => {
    if (i % 4 < 3) image.data[i] = 127.5 * (value + 1);
  });
  return image;
}
