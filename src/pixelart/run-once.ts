// Runs a program once: pixels in, pixels out.

import { makePlan } from "../autograd/plan.ts";
import { Program, traitsOf } from "../autograd/program.ts";
import type { Tensor } from "../autograd/tensor.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Pixels } from "../picture/image.ts";

/** Runs everything that `output` depends on, and releases the memory. */
export async function runOnce(
  gpu: Gpu,
  output: Tensor,
  inputs: Readonly<Record<string, ArrayBufferView<ArrayBuffer>>>,
): Promise<Pixels> {
  const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), [output]), new Map());
  try {
    for (const [name, data] of Object.entries(inputs)) program.write(name, data);
    // Reading waits for the run, so waiting for it first would only add a round trip to the device.
    await program.submitAll();
    return new Uint32Array(await program.read());
  } finally {
    program.release();
  }
}
