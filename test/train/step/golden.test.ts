// The whole training step against PyTorch: losses, every gradient, running statistics and the
// following steps. Errors are measured against a float64 run, in units of PyTorch's own float32
// error.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makePlan } from "../../../src/autograd/plan.ts";
import { Program, traitsOf } from "../../../src/autograd/program.ts";
import { input } from "../../../src/autograd/tensor.ts";
import { readCheckpoint } from "../../../src/formats/checkpoint/checkpoint.ts";
import { readSafetensors } from "../../../src/formats/tensors/safetensors.ts";
import { toFloat32 } from "../../../src/formats/tensors/tensors.ts";
import { pack, unpack } from "../../../src/kernels/core/layout.ts";
import { byteLength, image, vector } from "../../../src/kernels/core/operation.ts";
import { adamSchedule } from "../../../src/kernels/training/adam.ts";
import { stateDict } from "../../../src/nn/architecture.ts";
import { Arena } from "../../../src/nn/arena.ts";
import { deviceType } from "../../../src/nn/layers.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../../../src/train/options/options.ts";
import { lossOrder } from "../../../src/train/step/loss-order.ts";
import type { Losses } from "../../../src/train/step/metrics.ts";
import { architecturesOf, networkNames, type NetworkName } from "../../../src/train/step/networks.ts";
import { adamOf, memory, optimizerNames, optimizers, type OptimizerName } from "../../../src/train/step/optimizers.ts";
import { traceStep } from "../../../src/train/step/step.ts";
import { openTestGpu, relativeError } from "../../gpu.ts";

const folder = new URL("../../golden/", import.meta.url);
const cases = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const gpu = await openTestGpu();

interface Errors {
  torch: number;
  norm: number;
}

describe.each(cases.map(({ name }) => name))("%s", async (name) => {
  const read = (file: string) => new Uint8Array(readFileSync(new URL(`${name}/${file}`, folder)));
  const tensors = new Map(readSafetensors(read("training.safetensors")).tensors.map((tensor) => [tensor.name, tensor]));
  const golden = JSON.parse(new TextDecoder().decode(read("training.json")));
  const errors = golden.torch_error as Record<string, Errors>;
  const run = await trainSteps(optionsOf(golden.options), tensors.get("real_A")!, tensors.get("real_B")!, read);

  test("gradients are as exact as PyTorch's", () => {
    const ratios: number[] = [];
    for (const [key, tensor] of tensors) {
      const [, network, ...parameter] = key.split(".").slice(1);
      if (!key.startsWith("step0.grad.")) continue;
      const ours = run.gradients.get(memory.tensor(network as NetworkName, parameter.join(".")))!;
      const truth = toFloat32(tensor);
      const { torch, norm } = errors[key];
      let squares = 0;
      truth.forEach((value, i) => (squares += (ours[i] - value) ** 2));
      const error = Math.sqrt(squares);
      // A bias before an instance norm has no gradient but rounding errors.
      if (norm < 1e-9) {
        expect(error, key).toBeLessThan(1e-4);
        continue;
      }
      // Where PyTorch's own error is larger than that, an argument of a ReLU or an L1 distance is
      // so close to zero that its sign changes.
      expect(error, key).toBeLessThan(Math.max(1e-2 * norm, 1.5 * torch));
      ratios.push(error / (torch + 6e-8 * norm));
    }
    ratios.sort((a, b) => a - b);
    expect(ratios.length).toBeGreaterThan(15);
    expect(ratios[Math.floor(ratios.length / 2)]).toBeLessThan(4);
  });

  test("losses are PyTorch's", () => {
    run.losses.forEach((losses, step) =>
      golden.loss_columns.forEach((column: keyof Losses, i: number) => {
        const truth = golden.losses[step][i];
        expect(Math.abs(losses[column]! - truth), `${column} of step ${step}`).toBeLessThanOrEqual(
          (step === 0 ? 1e-5 : 1e-2) * Math.abs(truth),
        );
      }),
    );
  });

  test.runIf(golden.options.norm === "batch")("running statistics are PyTorch's", () => {
    let compared = 0;
    for (const [key, tensor] of tensors) {
      if (!key.startsWith("step0.buffer.")) continue;
      const [, , network, ...buffer] = key.split(".");
      // The recorded run applied the discriminators more often than the step does, to record their
      // scores.
      if (network.startsWith("D_")) continue;
      const ours = run.running.get(memory.tensor(network as NetworkName, buffer.join(".")));
      if (!ours) continue;
      const expected = toFloat32(tensor);
      expect(relativeError(ours.subarray(0, expected.length), expected), key).toBeLessThan(1e-4);
      compared++;
    }
    expect(compared).toBeGreaterThan(20);
  });
});

function optionsOf(options: Record<string, never>): TrainingOptions {
  return {
    ...defaultTrainingOptions,
    inputNc: options.input_nc,
    outputNc: options.output_nc,
    ngf: options.ngf,
    ndf: options.ndf,
    netG: options.netG,
    netD: options.netD,
    nLayersD: options.n_layers_D,
    norm: options.norm,
    ganMode: options.gan_mode,
    lambdaA: options.lambda_A,
    lambdaB: options.lambda_B,
    lambdaIdentity: options.lambda_identity,
    poolSize: options.pool_size,
    lr: options.lr,
    beta1: options.beta1,
    direction: options.direction,
    cell: options.cell ?? 0,
    lambdaColor: options.lambda_color ?? 0,
    lambdaCell: options.lambda_cell ?? 0,
    lambdaChecker: options.lambda_checker ?? 0,
  };
}

/** Three steps on given images, with the gradients and running statistics of the first. */
async function trainSteps(
  options: TrainingOptions,
  realA: { shape: number[]; data: Uint8Array },
  realB: { shape: number[]; data: Uint8Array },
  read: (file: string) => Uint8Array,
) {
  const architectures = architecturesOf(options);
  const places = new Map<string, { buffer: GPUBuffer; offset: number; size: number }>();
  const running = new Map<string, GPUBuffer>();
  const keep = async (name: string, bytes: number) => {
    const buffer = await gpu.buffers.upload(new Uint8Array(bytes), name);
    places.set(name, { buffer, offset: 0, size: bytes });
    return buffer;
  };
  const checkpoints = Object.fromEntries(
    networkNames.map((network) => [
      network,
      new Map(readCheckpoint(read(`${network}.pth`)).tensors.map((tensor) => [tensor.name, tensor])),
    ]),
  );
  const arenaOf = async (optimizer: OptimizerName) => {
    const types = new Map();
    for (const network of optimizers[optimizer]) {
      for (const tensor of stateDict(architectures[network])) {
        const type = deviceType(tensor);
        const name = memory.tensor(network, tensor.name);
        if (type && tensor.role.startsWith("running")) {
          const buffer = await keep(name, byteLength(type));
          gpu.write(buffer, pack(type, toFloat32(checkpoints[network].get(tensor.name)!)));
          running.set(name, buffer);
        } else if (type) types.set(name, type);
      }
    }
    const arena = new Arena(types, gpu.limits.offsetAlignment);
    for (const name of [memory.weights, memory.gradients, memory.first, memory.second]) {
      await keep(name(optimizer), arena.bytes);
    }
    if (optimizer === "generators") await keep(memory.laterGradients, arena.bytes);
    await keep(memory.losses(optimizer), byteLength(vector(lossOrder(options)[optimizer].length)));
    const weights = new Float32Array(arena.bytes / 4);
    for (const [name, { type, offset, bytes }] of arena.entries) {
      const [network, ...tensor] = name.split("/");
      weights.set(pack(type, toFloat32(checkpoints[network].get(tensor.join("/"))!)), offset / 4);
      places.set(name, { buffer: places.get(memory.weights(optimizer))!.buffer, offset, size: bytes });
      const { buffer } = places.get(memory.gradients(optimizer))!;
      places.set(memory.gradient(name), { buffer, offset, size: bytes });
      if (optimizer === "generators") {
        const later = places.get(memory.laterGradients)!.buffer;
        places.set(memory.laterGradient(name), { buffer: later, offset, size: bytes });
      }
    }
    gpu.write(places.get(memory.weights(optimizer))!.buffer, weights);
    return arena;
  };
  const arenas = { generators: await arenaOf("generators"), discriminators: await arenaOf("discriminators") };

  const typeOf = ({ shape }: { shape: number[] }) => image(...(shape.slice(1) as [number, number, number, number]));
  const traced = traceStep(options, architectures, arenas, input("A", typeOf(realA)), input("B", typeOf(realB)));
  const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), traced.wanted, traced.named), places);
  const readBack = async (name: string) => {
    const { buffer, size } = places.get(name)!;
    return new Float32Array(await gpu.read(buffer, 0, size));
  };

  const gradients = new Map<string, Float32Array>();
  const runningAfter = new Map<string, Float32Array>();
  const losses: Losses[] = [];
  for (let step = 0; step < 3; step++) {
    for (const [name, tensor] of [
      ["A", realA],
      ["B", realB],
    ] as const) {
      const type = typeOf(tensor);
      const size = tensor.data.length / 4 / tensor.shape[0];
      const values = new Float32Array(tensor.data.slice().buffer).subarray(step * size, (step + 1) * size);
      program.write(name, pack(type, values));
    }
    for (const optimizer of optimizerNames) {
      const schedule = adamSchedule(options.lr, step + 1, adamOf(options));
      program.write(memory.schedule(optimizer), Float32Array.of(...schedule, 0));
    }
    await program.run();
    const values = {} as Record<keyof Losses, number>;
    for (const optimizer of optimizerNames) {
      const read = await readBack(memory.losses(optimizer));
      lossOrder(options)[optimizer].forEach((loss, i) => (values[loss] = read[i]));
    }
    losses.push(values);
    if (step > 0) continue;
    for (const optimizer of optimizerNames) {
      const all = await readBack(memory.gradients(optimizer));
      for (const [name, { type, offset, bytes }] of arenas[optimizer].entries) {
        gradients.set(name, unpack(type, all.subarray(offset / 4, (offset + bytes) / 4)));
      }
    }
    for (const [name, buffer] of running) {
      const type = vector(buffer.size / 4);
      runningAfter.set(name, unpack(type, new Float32Array(await gpu.read(buffer, 0, buffer.size))));
    }
  }
  program.release();
  places.forEach(({ buffer, offset }, name) => {
    if (offset === 0 && !name.includes("/")) gpu.buffers.release(buffer);
  });
  return { gradients, running: runningAfter, losses };
}
