// Operations that treat every number alike: activations are rows of a table; the sum of two tensors stands beside them.

import add_ from "../../shaders/elementwise/add.wgsl";
import unary from "../../shaders/elementwise/unary.wgsl";
import { foldWorkgroups, runsOf } from "./bands.ts";
import {
  declare,
  elements,
  image,
  requireThat,
  totalBytes,
  type Binding,
  type Launch,
  type Operand,
  type Operation,
  type Sample,
  type TensorType,
  type Traits,
} from "./operation.ts";
import { composeShader, float } from "./shader.ts";

/** Lanes of a workgroup in all kernels that have nothing to share. */
export const lanes = 64;

/**
 * The launches of a kernel that reads and writes vec4 by vec4 at the same place: one, or one for each run that can be
 * bound. `shared` are bindings that are the same for every run, `parameter` a number that the shader finds after the
 * count and the first place.
 */
export function launchFlat(
  traits: Traits,
  label: string,
  shader: string,
  count: number,
  operands: readonly { operand: Operand; bytes: number }[],
  {
    shared = [],
    flops = count * 4,
    parameter = 0,
  }: { shared?: readonly Binding[]; flops?: number; parameter?: number } = {},
): Launch[] {
  const widest = Math.max(...operands.map(({ bytes }) => bytes));
  return runsOf(traits, count, widest).map((run) => {
    const ranges = operands.map(({ operand, bytes }) => ({
      operand,
      offset: run.first * bytes,
      bytes: run.count * bytes,
    }));
    return {
      label,
      shader,
      bindings: [...ranges.slice(0, -1), ...shared, ranges[ranges.length - 1]],
      parameters: new Uint32Array([run.count, run.first, parameter, 0]),
      workgroups: foldWorkgroups(traits, run.count, lanes),
      flops: (flops * run.count) / count,
    };
  });
}

interface Activation {
  /** The constant that names it in unary.wgsl. */
  readonly code: number;
  readonly of: (x: number, slope: number) => number;
}

const activations = {
  relu: { code: 0, of: (x) => Math.max(x, 0) },
  leakyRelu: { code: 1, of: (x, slope) => Math.max(x, slope * x) },
  tanh: { code: 2, of: Math.tanh },
  sigmoid: { code: 3, of: (x) => 1 / (1 + Math.exp(-x)) },
} satisfies Record<string, Activation>;

export interface ActivationAttributes {
  /** What leakyRelu multiplies negative numbers by, less than 1. The others have no use for it. */
  slope?: number;
}

function activation(name: keyof typeof activations): Operation<ActivationAttributes> {
  const { code, of } = activations[name] as Activation;
  return declare({
    name,
    infer: ([input]) => input,
    forward(traits, [input], output, { slope = 0 }) {
      const shader = composeShader(unary, {
        LANES: lanes,
        FUNCTION: code,
        RELU: activations.relu.code,
        LEAKY_RELU: activations.leakyRelu.code,
        TANH: activations.tanh.code,
        SLOPE: float(slope),
      });
      const each = [input, output].map((operand) => ({ operand, bytes: 16 }));
      return launchFlat(traits, name, shader, output.bytes / 16, each);
    },
    reference: ([input], { slope = 0 }) => ({ shape: input.shape, data: input.data.map((x) => of(x, slope)) }),
    cost: ([input]) => ({ flops: elements(input), bytes: totalBytes(input, input) }),
    samples: shapes.map((input) => ({ inputs: [input], attributes: name === "leakyRelu" ? { slope: 0.2 } : {} })),
  });
}

const shapes: TensorType[] = [image(1, 1, 1, 1), image(2, 3, 5, 7), image(1, 64, 9, 3), image(3, 6, 40, 11)];

export const relu = activation("relu");
export const leakyRelu = activation("leakyRelu");
export const tanh = activation("tanh");
export const sigmoid = activation("sigmoid");

export const add: Operation<Record<string, never>> = declare({
  name: "add",
  infer([left, right]) {
    requireThat(
      String(left.shape) === String(right.shape) && left.layout === right.layout,
      "add",
      () => `[${left.shape}] and [${right.shape}] differ`,
    );
    return left;
  },
  forward(traits, [left, right], output) {
    const each = [left, right, output].map((operand) => ({ operand, bytes: 16 }));
    return launchFlat(traits, "add", composeShader(add_, { LANES: lanes }), output.bytes / 16, each);
  },
  backward: ({ gradient }) => [gradient, gradient],
  reference: ([left, right]) => ({ shape: left.shape, data: left.data.map((x, i) => x + right.data[i]) }),
  cost: ([left, right]) => ({ flops: elements(left), bytes: totalBytes(left, right, left) }),
  samples: shapes.map((shape): Sample<Record<string, never>> => ({ inputs: [shape, shape], attributes: {} })),
});
