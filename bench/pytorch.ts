// PyTorch on the processor as a contender: bench/peers/pytorch.py, run by a Python that has it. Its
// header has the messages.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { UserError } from "../src/errors.ts";
import { writeSafetensors } from "../src/formats/tensors/safetensors.ts";
import { float32Tensor, type NamedTensor } from "../src/formats/tensors/tensors.ts";
import type { Peer, Run, Shaped } from "./contenders.ts";

/** How PyTorch keeps its images. Which is faster depends on the layers and the processor. */
export const torchLayouts = ["NCHW", "NHWC"] as const;
type TorchLayout = (typeof torchLayouts)[number];

export interface TorchSetup {
  /** G_A for forward passes; G_A, G_B, D_A and D_B for training steps. By PyTorch's names. */
  networks: Readonly<Record<string, ReadonlyMap<string, Shaped>>>;
  blocks: number;
}

const tensor = (name: string, { shape, data }: Shaped) => float32Tensor(name, [...shape], data);

/**
 * @param python a Python that can import torch
 * @param file bench/peers/pytorch.py
 * @throws UserError if it cannot be started, or has no PyTorch
 */
export async function startPytorch(
  python: string,
  file: string,
  layout: TorchLayout,
  { networks, blocks }: TorchSetup,
): Promise<Peer> {
  // Its idle threads sleep: by default they wait in a loop, on cores that the others need.
  const env = { ...process.env, OMP_WAIT_POLICY: "PASSIVE" };
  const peer = spawn(python, [file], { stdio: ["pipe", "pipe", "inherit"], env });
  const unusable = new UserError(
    `${python} does not run PyTorch: \`${python} -c "import torch"\` says why. Name a Python in whose environment torch is installed.`,
  );
  const ended = once(peer, "close").then(
    () => Promise.reject(unusable),
    () => Promise.reject(unusable),
  );
  ended.catch(() => {}); // Closing the peer is no failure; a wait for an answer sees it below.
  peer.stdin.on("error", () => {}); // A write to a peer that has ended; its end is reported.

  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  async function ask<T>(tensors: readonly NamedTensor[], metadata: Record<string, string> = {}): Promise<T> {
    const bytes = writeSafetensors(tensors, metadata);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    peer.stdin.write(length);
    peer.stdin.write(bytes);
    const line = await Promise.race([lines.next(), ended]);
    if (line.done) throw unusable;
    return JSON.parse(line.value) as T;
  }

  const weights = Object.entries(networks).flatMap(([network, parameters]) =>
    Array.from(parameters, ([name, values]) => tensor(`networks/${network}/${name}`, values)),
  );
  const { ready } = await ask<{ ready: string }>(weights, { layout, blocks: `${blocks}` });
  return {
    name: ready,
    async ask(pictures) {
      const named = Object.entries(pictures as Record<string, Shaped>);
      const run = await ask<Run & { output: number[] }>(named.map(([name, picture]) => tensor(name, picture)));
      return { ...run, output: Float32Array.from(run.output) };
    },
    close: () => peer.kill(),
  };
}
