// Losses: each is the mean, over all numbers, of a distance between a prediction and a target,
// which is another image or one number. They are rows of a table, as the activations are.
//
//   loss = 1 / n * sum of distance(x, target)

import gradient_ from "../../../shaders/training/loss/gradient.wgsl";
import partial from "../../../shaders/training/loss/partial.wgsl";
import { lanes, launchFlat } from "../core/launch.ts";
import {
  declare,
  elements,
  image,
  requireThat,
  totalBytes,
  type Operation,
  type TensorType,
} from "../core/operation.ts";
import { composeShader, float } from "../core/shader.ts";
import { scale } from "../tensor/elementwise.ts";
import { launchReduction } from "../tensor/reduction.ts";

export interface LossAttributes {
  /** The target of every number, if there is no second input. */
  target?: number;
}

interface Row {
  /** Its constant in pointwise.wgsl. */
  readonly code: number;
  readonly of: (x: number, target: number) => number;
  readonly slope: (x: number, target: number) => number;
  /**
   * Whether the target may be an image. The slope with respect to the target is then minus the
   * slope with respect to the prediction.
   */
  readonly ofDifference: boolean;
}

const rows = {
  /** torch.nn.L1Loss. */
  absoluteError: { code: 0, of: (x, t) => Math.abs(x - t), slope: (x, t) => Math.sign(x - t), ofDifference: true },
  /** torch.nn.MSELoss. */
  squaredError: { code: 1, of: (x, t) => (x - t) ** 2, slope: (x, t) => 2 * (x - t), ofDifference: true },
  /** torch.nn.BCEWithLogitsLoss: x is a logit, the target a probability. */
  crossEntropy: {
    code: 2,
    of: (x, t) => Math.max(x, 0) - x * t + Math.log1p(Math.exp(-Math.abs(x))),
    slope: (x, t) => 1 / (1 + Math.exp(-x)) - t,
    ofDifference: false,
  },
} satisfies Record<string, Row>;

function constantsOf({ code }: Row, type: TensorType, compared: boolean, { target = 0 }: LossAttributes) {
  return {
    LANES: lanes,
    FUNCTION: code,
    ABSOLUTE: rows.absoluteError.code,
    SQUARED: rows.squaredError.code,
    COMPARED: compared,
    TARGET: float(target),
    COUNT: float(elements(type)),
  };
}

const shapes: TensorType[] = [
  image(1, 1, 1, 1),
  image(2, 3, 5, 7),
  image(1, 8, 5, 3),
  image(1, 70, 9, 3),
  image(3, 6, 40, 41),
];

function loss(name: keyof typeof rows): [Operation<LossAttributes>, Operation<LossAttributes>] {
  const row: Row = rows[name];
  const target = (values: { data: Float64Array } | undefined, attributes: LossAttributes, i: number) =>
    values ? values.data[i] : attributes.target!;

  /** [prediction] or [prediction, target] -> [1, 1, 1, 1]. */
  const forward = declare<LossAttributes>({
    name,
    infer([prediction, goal], { target }) {
      requireThat(
        goal ? row.ofDifference && String(goal.shape) === String(prediction.shape) : target !== undefined,
        name,
        () => `[${prediction.shape}] is compared with ${goal ? `[${goal.shape}]` : "nothing"}`,
      );
      return image(1, 1, 1, 1);
    },
    forward(traits, [prediction, goal], output, attributes) {
      const shader = { source: partial, constants: constantsOf(row, prediction.type!, goal !== undefined, attributes) };
      return launchReduction(traits, name, shader, [prediction, goal ?? prediction], output, "mean");
    },
    backward({ inputs, gradient, attributes, apply }) {
      const byPrediction = apply(backward, [inputs[0], gradient, ...inputs.slice(1)], attributes);
      return inputs.length === 1 ? [byPrediction] : [byPrediction, apply(scale, [byPrediction], { factor: -1 })];
    },
    reference([prediction, goal], attributes) {
      let sum = 0;
      prediction.data.forEach((x, i) => (sum += row.of(x, target(goal, attributes, i))));
      return { shape: [1, 1, 1, 1], data: Float64Array.of(sum / prediction.data.length) };
    },
    cost: (inputs) => ({ flops: 3 * elements(inputs[0]), bytes: totalBytes(...inputs) }),
    trials: [
      ...shapes.flatMap((shape) => [
        { inputs: [shape], attributes: { target: 1 } },
        ...(row.ofDifference ? [{ inputs: [shape, shape], attributes: {} }] : []),
      ]),
      // Logits so far below 0 that 1 + exp(x) is nearly 1.
      { inputs: [shapes[1]], attributes: { target: 0 }, draw: (_, uniform) => uniform - 18 },
    ],
  });

  /**
   * [prediction, gradient of the loss] or [prediction, gradient, target] -> the gradient with
   * respect to the prediction.
   */
  const backward = declare<LossAttributes>({
    name: `${name}Gradient`,
    infer: ([prediction]) => prediction,
    forward(traits, [prediction, gradient, goal], output, attributes) {
      const shader = composeShader(gradient_, constantsOf(row, prediction.type!, goal !== undefined, attributes));
      const each = [prediction, goal ?? prediction, output].map((operand) => ({ operand, bytes: 16 }));
      return launchFlat(traits, `${name} gradient`, shader, output.bytes / 16, each, {
        shared: [{ operand: gradient }],
      });
    },
    reference([prediction, gradient, goal], attributes) {
      const weight = gradient.data[0] / prediction.data.length;
      const data = prediction.data.map((x, i) => weight * row.slope(x, target(goal, attributes, i)));
      return { shape: prediction.shape, data };
    },
    cost: ([prediction]) => ({ flops: 3 * elements(prediction), bytes: totalBytes(prediction, prediction) }),
    trials: shapes.flatMap((shape) => [
      { inputs: [shape, image(1, 1, 1, 1)], attributes: { target: 1 } },
      ...(row.ofDifference ? [{ inputs: [shape, image(1, 1, 1, 1), shape], attributes: {} }] : []),
    ]),
  });

  return [forward, backward];
}

export const [absoluteError, absoluteErrorGradient] = loss("absoluteError");
export const [squaredError, squaredErrorGradient] = loss("squaredError");
export const [crossEntropy, crossEntropyGradient] = loss("crossEntropy");
