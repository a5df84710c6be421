// Peers must do the same work as we do: each peer's training step is compared with PyTorch's, from
// the same weights on the same pictures. Runs on machines where `npm run bench:peers` has installed
// the peers. On a software adapter the very first run takes minutes, since it compiles every shader
// of jax-js; later runs use the driver's cache. PyTorch itself, as the bench runs it, takes part if
// there is a Python that has it.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { startPeer } from "../../bench/contenders.ts";
import { startPytorch, torchLayouts } from "../../bench/pytorch.ts";
import { readCheckpoint } from "../../src/formats/checkpoint/checkpoint.ts";
import { readSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { toFloat32 } from "../../src/formats/tensors/tensors.ts";
import { python, pythonHas } from "../python.ts";

const peers = new URL("../../bench/peers/", import.meta.url);
const golden = new URL("../golden/resnet6_lsgan_64/", import.meta.url);

const read = (file: string) => new Uint8Array(readFileSync(new URL(file, golden)));

function networks() {
  const weightsOf = (name: string) =>
    new Map(
      readCheckpoint(read(`${name}.pth`)).tensors.map((tensor) => {
        return [tensor.name, { shape: tensor.shape, data: toFloat32(tensor) }];
      }),
    );
  return Object.fromEntries(["G_A", "G_B", "D_A", "D_B"].map((name) => [name, weightsOf(name)]));
}

const setup = { networks: networks(), blocks: 6 };
const file = (name: string) => fileURLToPath(new URL(name, peers));
const torch = pythonHas("torch");
const installed = existsSync(new URL("node_modules/@jax-js", peers));
const steppers = [
  ...["tfjs-step.mjs", "jax-step.mjs"].map((name) => ({
    ...{ name, present: installed },
    start: () => startPeer(file(name), setup),
  })),
  ...torchLayouts.map((layout) => ({
    ...{ name: `pytorch.py, ${layout}`, present: torch },
    start: () => startPytorch(python, file("pytorch.py"), layout, setup),
  })),
];

describe.each(steppers)("a training step of $name", ({ present, start }) => {
  test.skipIf(!present)("has PyTorch's losses", { timeout: 1_800_000 }, async () => {
    const tensors = new Map(
      readSafetensors(read("training.safetensors")).tensors.map((tensor) => [tensor.name, tensor]),
    );
    const picturesOf = (name: string, step: number) => {
      const { shape } = tensors.get(name)!;
      const size = shape.slice(1).reduce((product, n) => product * n, 1);
      return { shape: shape.slice(1), data: toFloat32(tensors.get(name)!).slice(step * size, (step + 1) * size) };
    };
    const { losses } = JSON.parse(new TextDecoder().decode(read("training.json"))) as { losses: number[][] };

    const peer = await start();
    try {
      for (const step of losses.keys()) {
        const { output } = await peer.ask({ A: picturesOf("real_A", step), B: picturesOf("real_B", step) });
        // After one step the losses show whether gradients and Adam are right. Later, float32 runs
        // drift apart.
        const tolerance = step === 0 ? 1e-4 : 1e-2;
        losses[step].forEach((loss, i) => expect(Math.abs(output[i] / loss - 1)).toBeLessThan(tolerance));
      }
    } finally {
      peer.close();
    }
  });
});
