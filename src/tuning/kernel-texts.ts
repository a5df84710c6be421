// The texts of all kernels that can be chosen on a device. A choice is worth nothing once the
// kernels have changed.

import { byteLength, type Operation, type TensorType, type Traits, type Trial } from "../kernels/core/operation.ts";
import { operations } from "../kernels/index.ts";

export function kernelTexts(traits: Traits): string[] {
  return operations.flatMap((operation) => {
    if (!operation.variants) return [];
    const full = textsOf(operation, traits, (type) => type);
    return operation.writesHalf ? [...full, ...textsOf(operation, traits, halved(operation))] : full;
  });
}

/**
 * Constants and included files are part of a text, shapes are not. So each variant is launched for
 * one trial, the largest that it can compute, in each precision.
 */
function textsOf(
  operation: Operation,
  traits: Traits,
  stored: (type: TensorType, input?: number) => TensorType,
): string[] {
  const flops = ({ inputs, attributes }: Trial<unknown>) => operation.cost(inputs, attributes).flops;
  const texts = new Map<string, string>();
  for (const { inputs: numbers, attributes } of [...operation.trials].sort((a, b) => flops(b) - flops(a))) {
    const inputs = numbers.map(stored);
    const output = stored(operation.infer(numbers, attributes));
    const { variants } = operation.variants!(traits, inputs, output, attributes);
    for (const [name, launch] of variants) {
      if (texts.has(name)) continue;
      const launches = launch(inputs.map(operandOf), operandOf(output));
      texts.set(name, [name, ...launches.map(({ shader }) => shader)].join("\n"));
    }
  }
  return [...texts.values()];
}

/** The types of an operation's inputs, by their places, and of its output in half precision. */
const halved =
  ({ readsHalf }: Operation) =>
  (type: TensorType, input?: number): TensorType =>
    input === undefined || readsHalf!.includes(input) ? { ...type, half: true } : type;

function operandOf(type: TensorType) {
  return { type, bytes: byteLength(type) };
}
