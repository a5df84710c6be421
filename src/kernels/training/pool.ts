// The pool of earlier fakes (Shrivastava et al. 2017, section 2.3), on the device: images are
// stored and returned without a readback. The CPU decides what happens to each image
// (src/train/step/image-pool.ts), since that depends on chance and not on the image.

import exchange from "../../../shaders/training/pool/exchange.wgsl";
import { bindRange, runsOf } from "../core/bands.ts";
import { foldWorkgroups, lanes } from "../core/launch.ts";
import {
  byteLength,
  declare,
  image,
  requireThat,
  totalBytes,
  vector,
  type Operation,
  type Values,
} from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";

/**
 * [images [N, C, H, W], pool [size, C, H, W], decisions [2 N]] -> the images to show in their
 * place. Images are exchanged one after another. Two numbers decide for each: the slot to store it
 * in, or -1 to store it nowhere; and 1 to show what was in that slot before. The pool is
 * overwritten.
 */
export const exchangeWithPool: Operation<Record<string, never>> = declare({
  name: "exchangeWithPool",

  infer([images, pool, decisions]) {
    const [samples] = images.shape;
    requireThat(
      String(images.shape.slice(1)) === String(pool.shape.slice(1)) && decisions.shape[0] === 2 * samples,
      "exchangeWithPool",
      () => `[${images.shape}] does not meet a pool of [${pool.shape}] by [${decisions.shape}] decisions`,
    );
    return images;
  },

  forward(traits, [images, pool, decisions], output) {
    const [samples] = images.type!.shape;
    const [slots] = pool.type!.shape;
    const bytes = byteLength(images.type!) / samples;
    const shader = composeShader(exchange, { LANES: lanes });
    const room = { ...traits, bindingBytes: traits.bindingBytes - traits.offsetAlignment };
    return Array.from({ length: samples }, (_, sample) => sample).flatMap((sample) =>
      runsOf(room, slots, bytes).map((run) => {
        const [from, to] = [images, output].map((operand) => bindRange(traits, operand, sample * bytes, bytes));
        const kept = bindRange(traits, pool, run.first * bytes, run.count * bytes);
        return {
          label: "exchange with the pool",
          shader,
          bindings: [from.binding, { operand: decisions }, kept.binding, to.binding],
          parameters: uniforms(shader, {
            ...{ count: bytes / 16, imageOffset: from.offset, shownOffset: to.offset, poolOffset: kept.offset },
            ...{ sample, firstSlot: run.first, slots: run.count },
          }),
          workgroups: foldWorkgroups(traits, bytes / 16, lanes),
          flops: 0,
        };
      }),
    );
  },

  reference: (inputs) => exchanged(inputs).shown,
  referenceInputs: (inputs) => [inputs[0], exchanged(inputs).pool, inputs[2]],

  cost: ([images]) => ({ flops: 0, bytes: 4 * totalBytes(images) }),

  trials: [
    // `draw` cannot see the position of a number, so every number it makes is valid as a slot from
    // 0 to 4 and as a decision.
    { inputs: [image(1, 3, 5, 7), image(5, 3, 5, 7), vector(2)], attributes: {}, draw: drawDecision },
    { inputs: [image(8, 6, 9, 8), image(5, 6, 9, 8), vector(16)], attributes: {}, draw: drawDecision },
    { inputs: [image(12, 3, 5, 4), image(5, 3, 5, 4), vector(24)], attributes: {}, draw: drawDecision },
    // Sized so that each slot can be bound by itself.
    { inputs: [image(12, 3, 4, 4), image(5, 3, 4, 4), vector(24)], attributes: {}, draw: drawDecision },
  ],
});

/** The twin: what is shown, and the pool afterwards. */
function exchanged([images, pool, decisions]: readonly Values[]): { shown: Values; pool: Values } {
  const kept = pool.data.slice();
  const [samples] = images.shape;
  const size = images.data.length / samples;
  const data = images.data.slice();
  for (let n = 0; n < samples; n++) {
    const [slot, show] = decisions.data.subarray(2 * n, 2 * n + 2);
    if (slot < 0) continue;
    const place = kept.subarray(slot * size, (slot + 1) * size);
    if (show === 1) data.set(place, n * size);
    place.set(images.data.subarray(n * size, (n + 1) * size));
  }
  return { shown: { shape: images.shape, data }, pool: { shape: pool.shape, data: kept } };
}

function drawDecision(input: number, uniform: number): number {
  return input === 2 ? Math.floor(3 * (uniform + 1)) - 1 : uniform;
}
