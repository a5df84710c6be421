// The ladders of docs/ladder.md: one convolution, and its gradient with respect to the filters, in
// every kernel that computes it, from the formula to the fastest. Each rung says what it adds to
// the one below.

import { makePlan } from "../src/autograd/plan.ts";
import { traitsOf } from "../src/autograd/program.ts";
import { apply, input } from "../src/autograd/tensor.ts";
import { UserError } from "../src/errors.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { convolution } from "../src/kernels/convolution/convolution.ts";
import type { FilterGradientAttributes } from "../src/kernels/convolution/filter-gradient-launch.ts";
import { filterGradient } from "../src/kernels/convolution/filter-gradient.ts";
import { convolutionGeometry, type ConvolutionAttributes } from "../src/kernels/convolution/geometry.ts";
import { launchConvolution } from "../src/kernels/convolution/launch.ts";
import { variants, type ConvolutionVariant } from "../src/kernels/convolution/variants.ts";
import { launchWinograd } from "../src/kernels/convolution/winograd.ts";
import { image, type Operation, type TensorType, type Traits } from "../src/kernels/core/operation.ts";
import { filterRungs } from "./filter-rungs.ts";
import { timePlans, type Layer, type LayerTime } from "./layers.ts";

/** `A` is the type of the operation's attributes. */
export interface Rung<A> {
  readonly name: string;
  /** Its files, relative to shaders/convolution/. */
  readonly files: readonly string[];
  readonly adds: string;
  /**
   * The layer's operations per byte that lanes load from buffers, for this subgroup size. For
   * Winograd, those of its products, without the transforms.
   */
  flopsPerByte(subgroupSize: number): number;
  /** Whether it reads and writes images and filters in half precision. */
  readonly half?: boolean;
  /** How it is launched; undefined if the device cannot run it. */
  forward(traits: Traits): Operation<A>["forward"] | undefined;
}

/** An operation in every kernel that computes it. */
export interface Ladder<A> {
  readonly operation: Operation<A>;
  readonly rungs: readonly Rung<A>[];
  readonly attributes: A;
  /** The inputs of its layer, at that many pixels a side. */
  inputs(side: number): TensorType[];
}

/** The rung of one row of the variants table. */
function rung(
  kind: ConvolutionVariant["kind"],
  rows: number,
  columns: number,
  adds: string,
  flopsPerByte: Rung<ConvolutionAttributes>["flopsPerByte"],
  name = `${kind} ${rows}x${columns}`,
): Rung<ConvolutionAttributes> {
  return {
    name,
    files: [`${kind}.wgsl`],
    adds,
    flopsPerByte,
    forward(traits) {
      const variant = variants(traits).find(
        (row) => row.kind === kind && row.rows === rows && row.columns === columns && row.groupColumns > 1,
      );
      if (!variant) return undefined;
      return (traits, operands, output, attributes) => {
        const geometry = convolutionGeometry(operands[0].type!, operands[1].type!, output.type!, attributes);
        return launchConvolution(traits, geometry, operands, output, variant);
      };
    },
  };
}

/**
 * Loads a vec4 of each of `rows` pixels and the four filters of each of `columns`, and multiplies
 * each with each.
 */
export const ofTile = (rows: number, columns: number) => (32 * rows * columns) / (16 * (rows + 4 * columns));

const winograd: Rung<ConvolutionAttributes> = {
  name: "Winograd",
  files: ["tiles", "column", "input", "filter", "multiply", "output"].map((name) => `winograd/${name}.wgsl`),
  adds: "sixteen multiplications for four pixels instead of thirty-six",
  flopsPerByte: (lanes) => (36 / 16) * ofTile(16, lanes),
  forward({ subgroupSize }) {
    if (subgroupSize < 4 || subgroupSize > 64) return undefined;
    return (traits, operands, output, attributes) => {
      const geometry = convolutionGeometry(operands[0].type!, operands[1].type!, output.type!, attributes);
      return launchWinograd(traits, geometry, operands, output);
    };
  },
};

/** Rung 5 on other numbers. Only one file of its shader is another. */
const half: Rung<ConvolutionAttributes> = {
  ...rung("broadcast", 16, 1, "images and filters in half precision", (lanes) => 2 * ofTile(16, lanes)),
  name: "half precision",
  files: ["../core/stored-half.wgsl"],
  half: true,
};

const rungs: readonly Rung<ConvolutionAttributes>[] = [
  rung("naive", 1, 0.25, "one lane, one number", () => 2 / 8, "naive"),
  rung("registers", 1, 1, "four channels a load, four outputs a lane", () => ofTile(1, 1), "vec4"),
  rung("registers", 4, 1, "four pixels a lane: a filter is loaded once for all of them", () => ofTile(4, 1)),
  rung("tiled", 8, 1, "what lanes share comes from workgroup memory", () => ofTile(128, 16)),
  rung("prefetched", 8, 2, "the next tile is loaded while this one is multiplied", () => ofTile(128, 32)),
  rung("broadcast", 16, 1, "what lanes share comes from their registers", (lanes) => ofTile(16, lanes)),
  winograd,
  half,
];

/** The ladders' layer. The 18 layers of this shape are seven eighths of the generator's work. */
const attributes: ConvolutionAttributes = { stride: 1, padding: 1, reflect: true };
const channels = 256;
export const ladderSide = 64;
const pictures = (side: number) => image(1, channels, side, side);

export const forwardLadder: Ladder<ConvolutionAttributes> = {
  operation: convolution,
  rungs,
  attributes,
  inputs: (side) => [pictures(side), { layout: "filter", shape: [channels, channels, 3, 3] }],
};

export const filterLadder: Ladder<FilterGradientAttributes> = {
  operation: filterGradient,
  rungs: filterRungs,
  attributes: { kernel: 3, ...attributes },
  inputs: (side) => [pictures(side), pictures(side)],
};

/** An operation as a rung computes it; undefined if the device cannot run it. */
export function onRung<A>(operation: Operation<A>, rung: Rung<A>, traits: Traits): Operation<A> | undefined {
  const { half = false } = rung;
  const forward = rung.forward(traits);
  return forward && { ...operation, forward, infer: (...given) => ({ ...operation.infer(...given), half }) };
}

/** @returns the layer at that many pixels a side; its inputs are random numbers */
export function ladderLayer<A>(
  { operation, attributes, inputs }: Ladder<A>,
  side: number,
): Pick<Layer, "name" | "count" | "flops"> {
  const { flops } = operation.cost(inputs(side), attributes);
  return { name: `3x3 ${channels}->${channels} at ${side}x${side}`, count: 1, flops };
}

/**
 * Times those rungs that the device can run, in turns.
 *
 * @param numbers the numbers of the rungs
 * @throws UserError if the device can run none of them
 */
export async function climb<A>(
  gpu: Gpu,
  { operation, rungs, attributes, inputs }: Ladder<A>,
  numbers: readonly number[],
  { side, repeats }: { side: number; repeats: number },
): Promise<(LayerTime & { number: number; flopsPerByte: number })[]> {
  const traits = traitsOf(gpu);
  const tensorsOf = (half = false) => inputs(side).map((type, i) => input(`${i}`, { ...type, half }));
  const planned = numbers.flatMap((number) => {
    const kernel = onRung(operation, rungs[number], traits);
    if (!kernel) return [];
    return [{ number, plan: makePlan(traits, [apply(kernel, tensorsOf(rungs[number].half), attributes)]) }];
  });
  if (planned.length === 0) throw new UserError(`${gpu.adapter.name} cannot run that rung.`);
  const choice = makePlan(traits, [apply(operation, tensorsOf(), attributes)]).launches[0].shader;
  const times = await timePlans(
    gpu,
    planned.map(({ plan }) => plan),
    { repeats },
  );
  return planned.map(({ number, plan }, i) => {
    const chosen = plan.launches[0].shader === choice;
    const flopsPerByte = rungs[number].flopsPerByte(traits.subgroupSize);
    return { number, variant: rungs[number].name, chosen, flopsPerByte, ...times[i] };
  });
}
