// Whole networks against PyTorch: the error against float64, in units of PyTorch's own float32
// error.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makePlan } from "../../src/autograd/plan.ts";
import { Program, traitsOf } from "../../src/autograd/program.ts";
import { input } from "../../src/autograd/tensor.ts";
import { readCheckpoint } from "../../src/formats/checkpoint/checkpoint.ts";
import { readSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { toFloat32 } from "../../src/formats/tensors/tensors.ts";
import { image } from "../../src/kernels/core/operation.ts";
import { networkName } from "../../src/nn/architecture.ts";
import { identify } from "../../src/nn/identify.ts";
import { network } from "../../src/nn/networks.ts";
import { uploadWeights } from "../../src/nn/weights.ts";
import { fromDevice, openTestGpu, toDevice } from "../gpu.ts";

const folder = new URL("../golden/", import.meta.url);
const cases = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const gpu = await openTestGpu();

/** Every network with its output for one input: results of the case, by name. */
const results = [
  { name: "fake_B", file: "G_A", from: "real_A" },
  { name: "idt_A", file: "G_A", from: "real_B" },
  { name: "pred_D_A_fake_B", file: "D_A", from: "fake_B" },
];

describe.each(cases.map(({ name }) => name))("%s", (name) => {
  const read = (file: string) => new Uint8Array(readFileSync(new URL(`${name}/${file}`, folder)));
  const golden = new Map(readSafetensors(read("forward.safetensors")).tensors.map((tensor) => [tensor.name, tensor]));
  const { options, results: errors } = JSON.parse(new TextDecoder().decode(read("case.json")));

  test.each(results.filter((result) => golden.has(result.name)))("$name is as exact as PyTorch's", async (result) => {
    const { tensors } = readCheckpoint(read(`${result.file}.pth`));
    const { architecture } = identify(tensors);
    expect(networkName(architecture)).toBe(result.file === "G_A" ? options.netG : options.netD);

    const source = golden.get(result.from)!;
    const type = image(...(source.shape as [number, number, number, number]));
    const output = network(architecture, input("image", type), { batchStatistics: true, dropout: false });
    expect(output.shape).toEqual(golden.get(result.name)!.shape);

    const weights = await uploadWeights(gpu, architecture, tensors);
    const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), [output]), weights);
    program.write("image", toDevice(type, toFloat32(source)));
    await program.run();
    const actual = fromDevice(output.type, await program.read());
    const truth = toFloat32(golden.get(result.name)!);
    program.release();
    weights.forEach((buffer) => gpu.buffers.release(buffer));

    let squares = 0;
    truth.forEach((value, i) => (squares += (actual[i] - value) ** 2));
    const { torch, norm } = errors[result.name] as { torch: number; norm: number };
    // The expected values are stored in float32, which alone costs up to 6e-8 of their norm.
    expect(Math.sqrt(squares) / (torch + 6e-8 * norm)).toBeLessThan(4);
  });
});
