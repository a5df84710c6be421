// The forms of an operation: the kernel that it chooses here, and every kernel that it might choose
// on another device or for other shapes. All must pass the same checks.

import { traitsOf } from "../../src/autograd/program.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { channelSum } from "../../src/kernels/convolution/channel-sum.ts";
import { convolution, transposedConvolution } from "../../src/kernels/convolution/convolution.ts";
import { launchFilterGradient } from "../../src/kernels/convolution/filter-gradient-launch.ts";
import { filterGradientVariants } from "../../src/kernels/convolution/filter-gradient-variants.ts";
import { filterGradient } from "../../src/kernels/convolution/filter-gradient.ts";
import { convolutionGeometry, transposedGeometry, type Geometry } from "../../src/kernels/convolution/geometry.ts";
import { launchConvolution } from "../../src/kernels/convolution/launch.ts";
import { variants } from "../../src/kernels/convolution/variants.ts";
import { launchWinograd } from "../../src/kernels/convolution/winograd.ts";
import type { Launch, Operand, Operation, Traits } from "../../src/kernels/core/operation.ts";
import { normSums } from "../../src/kernels/normalization/normalization-gradient.ts";
import { statistics } from "../../src/kernels/normalization/statistics.ts";

export interface Form {
  readonly name: string;
  readonly operation: Operation;
}

interface Variant {
  readonly kind: string;
  readonly rows: number;
  readonly columns: number;
  readonly groupRows: number;
  readonly groupColumns: number;
}

export function formsOf(gpu: Gpu, operation: Operation): Form[] {
  const forms = [{ name: "as chosen", operation }];
  const traits = traitsOf(gpu);
  if (operation === convolution || operation === transposedConvolution) {
    const launchers = [...variants(traits), ...variantsOfFour(traits)].map((variant) => ({
      name: describeVariant(variant),
      launch: (traits: Traits, geometry: Geometry, inputs: readonly Operand[], output: Operand) =>
        launchConvolution(traits, geometry, inputs, output, variant),
    }));
    if (traits.subgroupSize >= 4 && traits.subgroupSize <= 64) {
      launchers.push({ name: "Winograd's", launch: launchWinograd });
      launchers.push({ name: "Winograd's, by fours", launch: launchWinogradByFours });
    }
    for (const { name, launch } of launchers) forms.push({ name, operation: withLaunch(operation, launch, name) });
  }
  if (operation === (filterGradient as Operation)) {
    for (const variant of [...filterGradientVariants(traits), ...filterGradientsByFours(traits)]) {
      const forward: typeof filterGradient.forward = (traits, inputs, output, attributes) =>
        launchFilterGradient(traits, inputs, output, attributes, variant);
      forms.push({ name: describeVariant(variant), operation: { ...operation, forward } as Operation });
    }
  }
  if (([statistics, normSums, channelSum] as Operation[]).includes(operation)) {
    const forward: typeof operation.forward = (traits, ...others) =>
      operation.forward({ ...traits, software: !traits.software }, ...others);
    forms.push({ name: "of the other kind of adapter", operation: { ...operation, forward } });
  }
  return forms;
}

/**
 * Those for subgroups of four lanes: in larger ones they use four lanes and leave the others idle.
 */
function variantsOfFour(traits: Traits) {
  if (traits.subgroupSize <= 4) return [];
  return variants({ ...traits, subgroupSize: 4 }).filter(({ kind }) => kind === "quads");
}

function filterGradientsByFours(traits: Traits) {
  if (traits.subgroupSize <= 4) return [];
  const table = filterGradientVariants({ ...traits, subgroupSize: 4 });
  return table.filter(({ kind }) => kind === "quads" || kind === "narrow");
}

const launchWinogradByFours: typeof launchWinograd = (traits, ...others) =>
  launchWinograd({ ...traits, subgroupSize: 4 }, ...others);

type LaunchGeometry = (traits: Traits, geometry: Geometry, inputs: readonly Operand[], output: Operand) => Launch[];

function withLaunch(operation: Operation, launch: LaunchGeometry, name: string): Operation {
  const suits = ({ kernel, stride }: Geometry) => !name.startsWith("Winograd's") || (kernel === 3 && stride === 1);
  const forward = (traits: Traits, inputs: readonly Operand[], output: Operand, attributes: unknown) => {
    const geometryOf = operation === convolution ? convolutionGeometry : transposedGeometry;
    const geometry = geometryOf(inputs[0].type!, inputs[1].type!, output.type!, attributes as never);
    return launch(traits, geometry, inputs, output);
  };
  const trials = operation.trials.filter(({ inputs, attributes }) => {
    const { stride } = attributes as { stride: number };
    return suits({ kernel: inputs[1].shape[2], stride } as Geometry);
  });
  return { ...operation, forward, trials };
}

function describeVariant({ kind, rows, columns, groupRows, groupColumns }: Variant): string {
  return `${kind} ${rows}x${columns} in ${groupRows}x${groupColumns}`;
}
