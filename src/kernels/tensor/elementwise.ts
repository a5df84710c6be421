// Operations that treat every number alike. The activations and their gradients are rows of a
// table; the sum of two tensors and a multiple of one follow.

import accumulate_ from "../../../shaders/tensor/elementwise/accumulate.wgsl";
import activationGradient from "../../../shaders/tensor/elementwise/activation-gradient.wgsl";
import add_ from "../../../shaders/tensor/elementwise/add.wgsl";
import scale_ from "../../../shaders/tensor/elementwise/scale.wgsl";
import unary from "../../../shaders/tensor/elementwise/unary.wgsl";
import { eachVector, lanes, launchFlat, vectorCount } from "../core/launch.ts";
import {
  declare,
  elements,
  image,
  precisionOf,
  requireThat,
  totalBytes,
  type Operation,
  type Trial,
  type TensorType,
} from "../core/operation.ts";
import { composeShader, float } from "../core/shader.ts";

interface Activation {
  /** Its constant in unary.wgsl and activation-gradient.wgsl. */
  readonly code: number;
  readonly of: (x: number, slope: number) => number;
  readonly recompute?: Operation["recompute"];
  /** The derivative, as a function of the activation's own value y. */
  readonly derivative: (y: number, slope: number) => number;
}

const activations = {
  relu: {
    code: 0,
    recompute: "withItsInput",
    of: (x) => Math.max(x, 0),
    derivative: (y) => (y > 0 ? 1 : 0),
  },
  leakyRelu: {
    code: 1,
    recompute: "withItsInput",
    of: (x, slope) => Math.max(x, slope * x),
    derivative: (y, slope) => (y > 0 ? 1 : slope),
  },
  tanh: { code: 2, of: Math.tanh, derivative: (y) => 1 - y * y },
  sigmoid: { code: 3, of: (x) => 1 / (1 + Math.exp(-x)), derivative: (y) => y * (1 - y) },
} satisfies Record<string, Activation>;

export interface ActivationAttributes {
  /** The factor of leakyRelu for negative numbers, from 0 to 1. The other activations ignore it. */
  slope?: number;
}

function constantsOf({ code }: Activation, { slope = 0 }: ActivationAttributes) {
  return {
    LANES: lanes,
    FUNCTION: code,
    RELU: activations.relu.code,
    LEAKY_RELU: activations.leakyRelu.code,
    TANH: activations.tanh.code,
    SLOPE: float(slope),
  };
}

const shapes: TensorType[] = [image(1, 1, 1, 1), image(2, 3, 5, 7), image(1, 64, 9, 3), image(3, 6, 40, 11)];

function activation(
  name: keyof typeof activations,
): [Operation<ActivationAttributes>, Operation<ActivationAttributes>] {
  const row: Activation = activations[name];
  const attributes: ActivationAttributes = name === "leakyRelu" ? { slope: 0.2 } : {};

  const forward = declare<ActivationAttributes>({
    name,
    recompute: row.recompute,
    readsHalf: [0],
    writesHalf: true,
    infer: ([input]) => input,
    forward(traits, [input], output, attributes) {
      const shader = composeShader(unary, constantsOf(row, attributes), precisionOf(input, output));
      return launchFlat(traits, name, shader, vectorCount(output), eachVector(input, output));
    },
    backward: ({ output, gradient, attributes, apply }) => [apply(backward, [output, gradient], attributes)],
    reference: ([input], { slope = 0 }) => ({ shape: input.shape, data: input.data.map((x) => row.of(x, slope)) }),
    cost: ([input]) => ({ flops: elements(input), bytes: totalBytes(input, input) }),
    trials: [
      ...shapes.map((input) => ({ inputs: [input], attributes })),
      // On either side of the point where tanh changes from one formula to the other.
      ...[0.61, 0.772].map((place) => ({
        inputs: [shapes[1]],
        attributes,
        draw: (_: number, uniform: number) => place + 0.007 * uniform,
      })),
    ],
  });

  /** [output, gradient with respect to the output] -> gradient with respect to the input. */
  const backward = declare<ActivationAttributes>({
    name: `${name}Gradient`,
    infer: ([, gradient]) => gradient,
    forward(traits, [output, gradient], result, attributes) {
      const shader = composeShader(activationGradient, constantsOf(row, attributes));
      const each = [output, gradient, result].map((operand) => ({ operand, bytes: 16 }));
      return launchFlat(traits, `${name} gradient`, shader, result.bytes / 16, each);
    },
    reference: ([output, gradient], { slope = 0 }) => ({
      shape: gradient.shape,
      data: gradient.data.map((g, i) => g * row.derivative(output.data[i], slope)),
    }),
    cost: ([input]) => ({ flops: 2 * elements(input), bytes: totalBytes(input, input, input) }),
    // Many outputs of an activation are exactly 0.
    trials: shapes.map((input) => ({
      inputs: [input, input],
      attributes,
      draw: (input, uniform) => (input === 0 && Math.abs(uniform) < 0.3 ? 0 : uniform),
    })),
  });

  return [forward, backward];
}

export const [relu, reluGradient] = activation("relu");
export const [leakyRelu, leakyReluGradient] = activation("leakyRelu");
export const [tanh, tanhGradient] = activation("tanh");
export const [sigmoid, sigmoidGradient] = activation("sigmoid");

export const add: Operation<Record<string, never>> = declare({
  name: "add",
  readsHalf: [0, 1],
  writesHalf: true,
  infer([left, right]) {
    requireThat(
      String(left.shape) === String(right.shape) && left.layout === right.layout,
      this.name,
      () => `[${left.shape}] and [${right.shape}] differ`,
    );
    return left;
  },
  forward(traits, [left, right], output) {
    const shader = composeShader(add_, { LANES: lanes }, precisionOf(left, right, output));
    return launchFlat(traits, "add", shader, vectorCount(output), eachVector(left, right, output));
  },
  backward: ({ gradient }) => [gradient, gradient],
  reference: ([left, right]) => ({ shape: left.shape, data: left.data.map((x, i) => x + right.data[i]) }),
  cost: ([left, right]) => ({ flops: elements(left), bytes: totalBytes(left, right, left) }),
  trials: shapes.map((shape): Trial<Record<string, never>> => ({ inputs: [shape, shape], attributes: {} })),
});

/** As `add`, but the sum overwrites the first tensor. */
export const accumulate: Operation<Record<string, never>> = declare({
  name: "accumulate",
  inPlace: true,
  infer: add.infer,
  forward(traits, [, input], output) {
    const each = [input, output].map((operand) => ({ operand, bytes: 16 }));
    return launchFlat(traits, "accumulate", composeShader(accumulate_, { LANES: lanes }), output.bytes / 16, each);
  },
  reference: add.reference,
  cost: add.cost,
  trials: add.trials,
});

export const scale: Operation<{ factor: number }> = declare({
  name: "scale",
  infer: ([input]) => input,
  forward(traits, [input], output, { factor }) {
    const shader = composeShader(scale_, { LANES: lanes, FACTOR: float(factor) });
    const each = [input, output].map((operand) => ({ operand, bytes: 16 }));
    return launchFlat(traits, "scale", shader, output.bytes / 16, each);
  },
  backward: ({ gradient, attributes, apply }) => [apply(scale, [gradient], attributes)],
  reference: ([{ shape, data }], { factor }) => ({ shape, data: data.map((x) => factor * x) }),
  cost: ([input]) => ({ flops: elements(input), bytes: totalBytes(input, input) }),
  trials: shapes.map((shape) => ({ inputs: [shape], attributes: { factor: -2.5 } })),
});
