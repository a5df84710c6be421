// The sum and the mean of all numbers of an image, in two passes and a fixed order: bit-identical from run to run.

import partial from "../../shaders/reduction/partial.wgsl";
import total from "../../shaders/reduction/total.wgsl";
import { runsOf } from "./bands.ts";
import { lanes } from "./elementwise.ts";
import { byteLength, declare, elements, image, totalBytes, vectors, type Launch, type Operation } from "./operation.ts";
import { composeShader, float } from "./shader.ts";

function reduction(name: "sum" | "mean"): Operation<Record<string, never>> {
  return declare({
    name,
    infer: () => image(1, 1, 1, 1),

    forward(traits, [input], output) {
      const type = input.type!;
      const count = byteLength(type) / 16;
      const chunk = Math.max(64, 16 * Math.ceil(count / 4096 / 16));
      const chunks = Math.ceil(count / chunk);
      const scratch = { bytes: 4 * chunks };
      const shader = composeShader(partial, {
        LANES: lanes,
        CHUNK: chunk,
        VECTORS: vectors(type.shape[1]),
        CHANNELS: type.shape[1],
      });
      // A chunk begins at channel 0, wherever its run begins, only if it holds whole pixels.
      const whole = lowestMultiple(chunk, vectors(type.shape[1]));
      const launches: Launch[] = runsOf(traits, Math.ceil(count / whole), whole * 16).map((run) => {
        const bound = Math.min(run.count * whole, count - run.first * whole);
        return {
          label: `${name} of chunks`,
          shader,
          bindings: [{ operand: input, offset: run.first * whole * 16, bytes: bound * 16 }, { operand: scratch }],
          parameters: new Uint32Array([(run.first * whole) / chunk, Math.ceil(bound / chunk), bound, 0]),
          workgroups: [Math.ceil(Math.ceil(bound / chunk) / lanes), 1, 1],
          flops: bound * 4,
        };
      });
      const scale = name === "mean" ? 1 / elements(type) : 1;
      launches.push({
        label: `${name} of the whole`,
        shader: composeShader(total, { LANES: 256, CHUNKS: chunks, SCALE: float(scale) }),
        bindings: [{ operand: scratch }, { operand: output }],
        workgroups: [1, 1, 1],
        flops: chunks,
      });
      return launches;
    },

    reference([{ data }]) {
      const sum = data.reduce((total, x) => total + x, 0);
      return { shape: [1, 1, 1, 1], data: Float64Array.of(name === "mean" ? sum / data.length : sum) };
    },
    cost: ([input]) => ({ flops: elements(input), bytes: totalBytes(input) }),
    samples: [image(1, 1, 1, 1), image(2, 3, 5, 7), image(1, 70, 9, 3), image(3, 6, 40, 41)].map((input) => ({
      inputs: [input],
      attributes: {},
    })),
  });
}

function lowestMultiple(a: number, b: number): number {
  let multiple = a;
  while (multiple % b !== 0) multiple += a;
  return multiple;
}

export const sum = reduction("sum");
export const mean = reduction("mean");
