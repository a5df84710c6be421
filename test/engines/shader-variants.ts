// Every shader that the kernels can compose: for all kinds of devices, from the samples of all
// operations, all tiles of the convolutions, and whole training steps, whose sizes are constants in
// some shaders.

import { convolution } from "../../src/kernels/convolution/convolution.ts";
import { launchFilterGradient } from "../../src/kernels/convolution/filter-gradient-launch.ts";
import { filterGradientVariants } from "../../src/kernels/convolution/filter-gradient-variants.ts";
import { filterGradient } from "../../src/kernels/convolution/filter-gradient.ts";
import { convolutionGeometry } from "../../src/kernels/convolution/geometry.ts";
import { launchConvolution } from "../../src/kernels/convolution/launch.ts";
import { variants, type ConvolutionVariant } from "../../src/kernels/convolution/variants.ts";
import { byteLength, type Launch, type TensorType, type Traits } from "../../src/kernels/core/operation.ts";
import { operations } from "../../src/kernels/index.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../../src/train/options/options.ts";
import { planStep } from "../../src/train/step/plan.ts";
import { inHalf } from "../kernels/in-half.ts";

/**
 * Both kinds of adapter, without subgroups and with every size that kernels use, with little
 * workgroup memory and with more.
 */
export const devices: readonly Traits[] = [false, true].flatMap((software) =>
  [0, 4, 8, 16, 32, 64].flatMap((subgroupSize) =>
    [16384, 32768].map((workgroupBytes) => ({
      software,
      subgroupSize,
      bindingBytes: 2 ** 27,
      offsetAlignment: 256,
      workgroupBytes,
      workgroupInvocations: 256,
      workgroupsPerDimension: 65535,
    })),
  ),
);

/** Training runs that together have all layers and losses. */
const runs: readonly Partial<TrainingOptions>[] = [
  {},
  { netG: "resnet_6blocks", norm: "batch", netD: "pixel", ganMode: "vanilla", batchSize: 2 },
  { netG: "unet_128", norm: "none", netD: "n_layers", ganMode: "wgangp", cropSize: 128 },
];

/** The WGSL of each shader, with the label of one of its launches. */
export function shaderVariants(): Map<string, string> {
  const found = new Map<string, string>();
  const launches = devices.flatMap((traits) => [...ofSamples(traits), ...ofConvolutions(traits)]);
  for (const { shader, label } of [...launches, ...ofSteps(devices[0])]) found.set(shader, label);
  return found;
}

const operand = (type: TensorType) => ({ type, bytes: byteLength(type) });

function ofSamples(traits: Traits): Launch[] {
  const halved = operations.filter(({ readsHalf, writesHalf }) => readsHalf ?? writesHalf).map(inHalf);
  return [...operations, ...halved].flatMap((operation) =>
    operation.trials.flatMap(({ inputs, attributes }) =>
      operation
        .forward(traits, inputs.map(operand), operand(operation.infer(inputs, attributes)), attributes)
        .map((launch) => ({ ...launch, label: `${operation.name}: ${launch.label}` })),
    ),
  );
}

function ofConvolutions(traits: Traits): Launch[] {
  const gradient = filterGradient.trials[0];
  const filters = filterGradient.infer(gradient.inputs, gradient.attributes);
  return [
    ...variants(traits).flatMap((variant) => [
      ...inVariant(traits, variant),
      ...(variant.kind === "naive" ? [] : inVariant(traits, variant, true)),
    ]),
    ...filterGradientVariants(traits).flatMap((variant) =>
      launchFilterGradient(traits, gradient.inputs.map(operand), operand(filters), gradient.attributes, variant),
    ),
  ];
}

function inVariant(traits: Traits, variant: ConvolutionVariant, half = false): Launch[] {
  const { inputs, attributes } = convolution.trials[0];
  const output = operand({ ...convolution.infer(inputs, attributes), half });
  const operands = inputs.map((type) => operand({ ...type, half: half && type.layout !== "vector" }));
  const geometry = convolutionGeometry(operands[0].type, operands[1].type, output.type, attributes);
  return launchConvolution(traits, geometry, operands, output, variant);
}

/** Except for the convolutions, which are covered above, nothing in them depends on the device. */
function ofSteps(traits: Traits): readonly Launch[] {
  return runs.flatMap((run) => {
    const options = { ...defaultTrainingOptions, ...run };
    const sides: [number, number] = [options.cropSize, options.cropSize];
    return planStep(options, { count: options.batchSize, A: sides, B: sides }, traits).plan.launches;
  });
}
