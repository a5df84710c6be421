// The texts of all kernels that can be chosen on a device. A choice is worth nothing once the
// kernels have changed.

import { byteLength, type Operation, type TensorType, type Traits, type Trial } from "../kernels/core/operation.ts";
import { operations } from "../kernels/index.ts";

export function kernelTexts(traits: Traits): string[] {
  return operations.flatMap((operation) => (operation.variants ? textsOf(operation, traits) : []));
}

/**
 * Constants and included files are part of a text, shapes are not. So each variant is launched for
 * one trial, the largest that it can compute.
 */
function textsOf(operation: Operation, traits: Traits): string[] {
  const flops = ({ inputs, attributes }: Trial<unknown>) => operation.cost(inputs, attributes).flops;
  const texts = new Map<string, string>();
  for (const { inputs, attributes } of [...operation.trials].sort((a, b) => flops(b) - flops(a))) {
    const output = operation.infer(inputs, attributes);
    const { variants } = operation.variants!(traits, inputs, output, attributes);
    for (const [name, launch] of variants) {
      if (texts.has(name)) continue;
      const launches = launch(inputs.map(operandOf), operandOf(output));
      texts.set(name, [name, ...launches.map(({ shader }) => shader)].join("\n"));
    }
  }
  return [...texts.values()];
}

function operandOf(type: TensorType) {
  return { type, bytes: byteLength(type) };
}
