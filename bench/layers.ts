// Times the convolutions of a network, and optionally their gradients, each shape once and
// separately, in the variant that the engine chooses or in all variants.

import { makePlan, type Plan } from "../src/autograd/plan.ts";
import { Program, traitsOf } from "../src/autograd/program.ts";
import { apply, input, inOrder, type Tensor } from "../src/autograd/tensor.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { secondsOf } from "../src/gpu/timing.ts";
import { convolution, transposedConvolution } from "../src/kernels/convolution/convolution.ts";
import {
  launchFilterGradient,
  type FilterGradientAttributes,
} from "../src/kernels/convolution/filter-gradient-launch.ts";
import { filterGradientVariants } from "../src/kernels/convolution/filter-gradient-variants.ts";
import { filterGradient } from "../src/kernels/convolution/filter-gradient.ts";
import {
  convolutionGeometry,
  transposedGeometry,
  type TransposedConvolutionAttributes,
  type ConvolutionAttributes,
} from "../src/kernels/convolution/geometry.ts";
import { launchConvolution } from "../src/kernels/convolution/launch.ts";
import { variants } from "../src/kernels/convolution/variants.ts";
import type { Operation, TensorType, Traits } from "../src/kernels/core/operation.ts";
import { median } from "../src/median.ts";
import { fillRandomly, interleave, secondsUntilDone } from "./measure.ts";

export interface Layer {
  name: string;
  /** How often it occurs in the network. */
  count: number;
  operation: Operation;
  inputs: readonly TensorType[];
  output: TensorType;
  attributes: unknown;
  flops: number;
}

export interface LayerTime {
  variant: string;
  /** Whether the engine would choose this variant. */
  chosen: boolean;
  seconds: number;
  compileSeconds: number;
}

const timed = [convolution, transposedConvolution, filterGradient] as readonly Operation[];

/**
 * The distinct convolutions of graphs, and any gradients with respect to filters, in order of first
 * occurrence.
 */
export function convolutionLayers(outputs: readonly Tensor[]): Layer[] {
  const layers = new Map<string, Layer>();
  for (const { origin, type } of inOrder(outputs)) {
    if (origin.kind !== "computed" || !timed.includes(origin.operation)) continue;
    const { operation, attributes } = origin;
    const inputs = origin.inputs.map((tensor) => tensor.type);
    const key = JSON.stringify([operation.name, inputs, attributes]);
    const known = layers.get(key);
    if (known) known.count++;
    else {
      const { flops } = operation.cost(inputs, attributes);
      const name = nameOf(operation, inputs, type, attributes as ConvolutionAttributes);
      layers.set(key, { name, count: 1, operation, inputs, output: type, attributes, flops });
    }
  }
  return [...layers.values()];
}

/**
 * A layer, then the operations of its backward pass, with the number of times that the layer
 * occurs.
 */
export function withGradients(layer: Layer): Layer[] {
  const { name, count, operation, attributes } = layer;
  const inputs = layer.inputs.map((type, i) => input(`${i}`, type));
  const gradients = operation.backward!<Tensor>({
    inputs,
    output: apply(operation, inputs, attributes),
    gradient: input("gradient", layer.output),
    attributes,
    typeOf: ({ type }) => type,
    apply,
  });
  const backward = convolutionLayers(gradients.filter((tensor) => tensor !== null));
  const by = ({ operation }: Layer) => (operation === (filterGradient as Operation) ? "filter" : "input");
  return [layer, ...backward.map((gradient) => ({ ...gradient, count, name: `${name}, ${by(gradient)} gradient` }))];
}

function nameOf(
  operation: Operation,
  [image, filters]: readonly TensorType[],
  output: TensorType,
  { stride }: { stride: number },
): string {
  const [, channels, height, width] = image.shape;
  const kernel = (operation === (filterGradient as Operation) ? output : filters).shape[2];
  const transposed = operation === (transposedConvolution as Operation);
  const how = (transposed ? " up" : " down").concat(` ${stride}`);
  return `${kernel}x${kernel} ${channels}->${output.shape[1]} at ${width}x${height}${stride > 1 ? how : ""}`;
}

export interface LayerTiming {
  readonly repeats: number;
  /** Every variant, not only the chosen one. */
  readonly variants?: boolean;
  /** Aborts between two runs. */
  readonly signal?: AbortSignal | undefined;
}

/** Times a layer on random numbers. */
export async function timeLayer(
  gpu: Gpu,
  layer: Layer,
  { repeats, variants: all, signal }: LayerTiming,
): Promise<LayerTime[]> {
  const traits = traitsOf(gpu);
  const inputs = layer.inputs.map((type, i) => input(`${i}`, type));
  const planOf = (operation: Operation) => makePlan(traits, [apply(operation, inputs, layer.attributes)]);
  const choice = planOf(layer.operation).launches[0].shader;
  const plain = inAllVariants(layer.operation, traits).map(({ name, operation }) => ({
    name,
    plan: planOf(operation),
  }));
  // If no variant has the first launch's shader, the plan uses Winograd's algorithm.
  const others = plain.some(({ plan }) => plan.launches[0].shader === choice)
    ? []
    : [{ name: "Winograd", plan: planOf(layer.operation) }];
  const candidates = [...others, ...plain].filter(({ plan }) => all || plan.launches[0].shader === choice);
  const times = await timePlans(
    gpu,
    candidates.map(({ plan }) => plan),
    { repeats, signal },
  );
  return candidates.map(({ name, plan }, i) => ({
    variant: name,
    chosen: plan.launches[0].shader === choice,
    ...times[i],
  }));
}

/** Times plans in turns, on random numbers. */
export async function timePlans(
  gpu: Gpu,
  plans: readonly Plan[],
  { repeats, signal }: Pick<LayerTiming, "repeats" | "signal">,
): Promise<Pick<LayerTime, "seconds" | "compileSeconds">[]> {
  const programs: Program[] = [];
  const firstSeconds: number[] = [];
  try {
    for (const plan of plans) {
      signal?.throwIfAborted();
      const start = performance.now();
      const program = await Program.prepare(gpu, plan, new Map());
      programs.push(program);
      const prepared = performance.now();
      for (const [name, { type }] of plan.inputs) fillRandomly(gpu, program.inputBuffer(name), type?.half);
      firstSeconds.push((prepared - start) / 1e3 + (await secondsUntilDone(gpu, program.dispatches)));
    }
    const times = await interleave(
      repeats,
      programs.map((program) => () => secondsOf(gpu, program.dispatches)),
      signal,
    );
    return times.map((ofPlan, i) => {
      const seconds = median(ofPlan);
      // Software adapters compile a pipeline when it is first used, not when it is created.
      return { seconds, compileSeconds: Math.max(0, firstSeconds[i] - seconds) };
    });
  } finally {
    programs.forEach((program) => program.release());
  }
}

interface Tile {
  kind: string;
  rows: number;
  columns: number;
  groupRows: number;
  groupColumns: number;
  depth?: number;
  pixels?: number;
}

function tileName({ kind, rows, columns, groupRows, groupColumns, depth, pixels }: Tile): string {
  const loaded = depth ? ` deep ${depth}` : pixels ? ` by ${pixels}` : "";
  return `${kind} ${rows}x${columns} in ${groupRows}x${groupColumns}${loaded}`;
}

/** The same operation in every variant, including the one that the engine would choose. */
function inAllVariants(operation: Operation, traits: Traits): { name: string; operation: Operation }[] {
  const named = (tile: Tile, forward: Operation["forward"]) => ({
    name: tileName(tile),
    operation: { ...operation, forward },
  });
  if (operation === (filterGradient as Operation)) {
    return filterGradientVariants(traits).map((variant) =>
      named(variant, (traits, operands, output, attributes) =>
        launchFilterGradient(traits, operands, output, attributes as FilterGradientAttributes, variant),
      ),
    );
  }
  return variants(traits).map((variant) =>
    named(variant, (traits, operands, output, attributes) => {
      const [image, filters] = operands.map(({ type }) => type!);
      const geometry =
        operation === (convolution as Operation)
          ? convolutionGeometry(image, filters, output.type!, attributes as ConvolutionAttributes)
          : transposedGeometry(image, filters, output.type!, attributes as TransposedConvolutionAttributes);
      return launchConvolution(traits, geometry, operands, output, variant);
    }),
  );
}
