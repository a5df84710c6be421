// The convolutions of a network, each shape once: timed by itself, in the variant that the engine chooses or in all.

import { makePlan } from "../src/autograd/plan.ts";
import { Program, traitsOf } from "../src/autograd/program.ts";
import { apply, input, inOrder, type Tensor } from "../src/autograd/tensor.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import {
  convolution,
  convolutionGeometry,
  transposedConvolution,
  transposedGeometry,
  type ConvolutionAttributes,
  type TransposedConvolutionAttributes,
} from "../src/kernels/convolution.ts";
import { launchConvolution } from "../src/kernels/convolution-launch.ts";
import { variants, type ConvolutionVariant } from "../src/kernels/convolution-variants.ts";
import type { Operation, TensorType } from "../src/kernels/operation.ts";
import { fillRandomly, interleave, median, secondsOf, secondsUntilDone } from "./measure.ts";

export interface Layer {
  name: string;
  /** How often the network has it. */
  count: number;
  operation: Operation;
  inputs: readonly TensorType[];
  output: TensorType;
  attributes: unknown;
  flops: number;
}

export interface LayerTime {
  variant: string;
  /** The engine would choose this variant. */
  chosen: boolean;
  seconds: number;
  compileSeconds: number;
}

/** The distinct convolutions of a graph, in the order in which they first occur. */
export function convolutionLayers(output: Tensor): Layer[] {
  const layers = new Map<string, Layer>();
  for (const { origin, type } of inOrder([output])) {
    if (origin.kind !== "computed") continue;
    const { operation, attributes } = origin;
    if (operation !== (convolution as Operation) && operation !== (transposedConvolution as Operation)) continue;
    const inputs = origin.inputs.map((tensor) => tensor.type);
    const key = JSON.stringify([operation.name, inputs, attributes]);
    const known = layers.get(key);
    if (known) known.count++;
    else {
      const { flops } = operation.cost(inputs, attributes);
      const name = nameOf(operation, inputs, attributes as ConvolutionAttributes);
      layers.set(key, { name, count: 1, operation, inputs, output: type, attributes, flops });
    }
  }
  return [...layers.values()];
}

function nameOf(operation: Operation, [image, filters]: readonly TensorType[], { stride }: { stride: number }): string {
  const [, channels, height, width] = image.shape;
  const kernel = filters.shape[2];
  const transposed = operation === (transposedConvolution as Operation);
  const outputs = filters.shape[transposed ? 1 : 0];
  const how = (transposed ? " up" : " down").concat(` ${stride}`);
  return `${kernel}x${kernel} ${channels}->${outputs} at ${width}x${height}${stride > 1 ? how : ""}`;
}

/** Times a layer on random numbers in each of its variants, or in the chosen one alone. */
export async function timeLayer(gpu: Gpu, layer: Layer, repeats: number, all: boolean): Promise<LayerTime[]> {
  const traits = traitsOf(gpu);
  const inputs = layer.inputs.map((type, i) => input(`${i}`, type));
  const planOf = (operation: Operation) => makePlan(traits, [apply(operation, inputs, layer.attributes)]);
  const choice = planOf(layer.operation).launches[0].shader;
  const candidates = variants(traits)
    .map((variant) => ({ name: variantName(variant), plan: planOf(withVariant(layer.operation, variant)) }))
    .filter(({ plan }) => all || plan.launches[0].shader === choice);
  const programs: Program[] = [];
  const firstSeconds: number[] = [];
  try {
    for (const { plan } of candidates) {
      const start = performance.now();
      const program = await Program.prepare(gpu, plan, new Map());
      programs.push(program);
      const prepared = performance.now();
      inputs.forEach((_, i) => fillRandomly(gpu, program.inputBuffer(`${i}`)));
      firstSeconds.push((prepared - start) / 1e3 + (await secondsUntilDone(gpu, program.dispatches)));
    }
    const times = await interleave(
      repeats,
      programs.map((program) => () => secondsOf(gpu, program.dispatches)),
    );
    return candidates.map(({ name, plan }, i) => {
      const seconds = median(times[i]);
      return {
        variant: name,
        chosen: plan.launches[0].shader === choice,
        seconds,
        // Software adapters compile not when a pipeline is made but when it is first used.
        compileSeconds: Math.max(0, firstSeconds[i] - seconds),
      };
    });
  } finally {
    programs.forEach((program) => program.release());
  }
}

function variantName({ kind, rows, columns, groupRows, groupColumns, depth }: ConvolutionVariant): string {
  return `${kind} ${rows}x${columns} in ${groupRows}x${groupColumns}${depth ? ` deep ${depth}` : ""}`;
}

/** The same operation, in a variant that is not the engine's choice. */
function withVariant(operation: Operation, variant: ConvolutionVariant): Operation {
  return {
    ...operation,
    forward(traits, operands, output, attributes) {
      const [image, filters] = operands.map(({ type }) => type!);
      const geometry =
        operation === (convolution as Operation)
          ? convolutionGeometry(image, filters, output.type!, attributes as ConvolutionAttributes)
          : transposedGeometry(image, filters, output.type!, attributes as TransposedConvolutionAttributes);
      return launchConvolution(traits, geometry, operands, output, variant);
    },
  };
}
