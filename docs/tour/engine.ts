// The same convolution in the engine: traced, differentiated, planned, run.

import { gradients } from "../../src/autograd/gradients.ts";
import { makePlan } from "../../src/autograd/plan.ts";
import { Program, traitsOf } from "../../src/autograd/program.ts";
import { apply, input } from "../../src/autograd/tensor.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { convolution } from "../../src/kernels/convolution/convolution.ts";
import { pack, unpack } from "../../src/kernels/core/layout.ts";
import { image } from "../../src/kernels/core/operation.ts";
import { squaredError } from "../../src/kernels/training/losses.ts";
import type { Grid } from "./convolution.ts";

/** The output of a convolution, and the gradients of its mean square with respect to input and filter. */
export async function onTheGpu(gpu: Gpu, pixels: Grid, weights: Grid) {
  const x = input("x", image(1, 1, pixels.length, pixels[0].length)); // PyTorch's [N, C, H, W]
  const w = input("w", { layout: "filter", shape: [1, 1, weights.length, weights.length] });
  const y = apply(convolution, [x, w], { stride: 1, padding: 0, reflect: false });
  const loss = apply(squaredError, [y], { target: 0 });
  const [dx, dw] = gradients(loss, [x, w]);

  const wanted = [y, dx!, dw!];
  const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), wanted), new Map());
  try {
    program.write("x", pack(x.type, Float32Array.from(pixels.flat())));
    program.write("w", pack(w.type, Float32Array.from(weights.flat())));
    await program.run();
    return await Promise.all(wanted.map(async ({ type }, i) => unpack(type, new Float32Array(await program.read(i)))));
  } finally {
    program.release();
  }
}
