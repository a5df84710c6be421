// A network's architecture as plain data: enough to build it, to name its tensors, and to recognise
// it in a file. The names and their order are those of PyTorch's state_dict() for the networks of
// junyanz/pytorch-CycleGAN-and-pix2pix, so checkpoints can be exchanged both ways.
//
// Two rules of that code apply throughout. A convolution in front of a norm has a bias only with
// instance norm: batch norm has a bias of its own, and `none` has no bias at all. And only batch
// norm has tensors, because the reference's instance norm is not affine.

/** @inline */
export type Norm = "instance" | "batch" | "none";

/**
 * A ResNet with reflection padding, between two downsamplings and two upsamplings.
 *
 * @example
 * ```ts
 * const isResnet9 = ({ blocks }: ResnetGenerator) => blocks === 9;
 * const { architecture } = generator;
 * const isDefault = architecture.kind === "resnet" && isResnet9(architecture);
 * ```
 */
export interface ResnetGenerator {
  /** Distinguishes it from a U-Net. */
  kind: "resnet";
  /** 3 for colour, 1 for grey. */
  inputChannels: number;
  /** 3 for colour, 1 for grey. */
  outputChannels: number;
  /** Filters of the first convolution. */
  ngf: number;
  /** Residual blocks: 9 or 6 in the reference. */
  blocks: number;
  /** The kind of its norms. */
  norm: Norm;
  /** Whether it was trained with dropout. Conversion does without it. */
  dropout: boolean;
}

/**
 * Nested downsamplings to one pixel and upsamplings back, with a skip connection at each level.
 *
 * @example
 * ```ts
 * const sideOf = ({ downs }: UnetGenerator) => 2 ** downs;
 * const { architecture } = generator;
 * // Both sides of a picture must be multiples of this.
 * const multipleOf = architecture.kind === "unet" ? sideOf(architecture) : 1;
 * ```
 */
export interface UnetGenerator {
  /** Distinguishes it from a ResNet. */
  kind: "unet";
  /** 3 for colour, 1 for grey. */
  inputChannels: number;
  /** 3 for colour, 1 for grey. */
  outputChannels: number;
  /** Filters of the first convolution. */
  ngf: number;
  /** Downsamplings, at least 5: 7 for images of 128 pixels a side, 8 for 256. */
  downs: number;
  /** The kind of its norms. */
  norm: Norm;
  /**
   * null if it was read from a file, which does not show it: dropout is the last module of its
   * level and changes no name.
   */
  dropout: boolean | null;
}

/** PatchGAN: a map of scores, one per overlapping patch. The reference's `basic` has 3 layers. */
export interface PatchDiscriminator {
  kind: "patch";
  inputChannels: number;
  ndf: number;
  /** `n_layers_D`: convolutions between the first and the last, at least 1. */
  layers: number;
  norm: Norm;
}

/** A score for each single pixel: 1x1 convolutions only. */
export interface PixelDiscriminator {
  kind: "pixel";
  inputChannels: number;
  ndf: number;
  norm: Norm;
}

export type Architecture = ResnetGenerator | UnetGenerator | PatchDiscriminator | PixelDiscriminator;

export type TensorRole =
  | "convolution weight" // [out, in, k, k]
  | "transposed convolution weight" // [in, out, k, k]
  | "bias"
  | "norm weight"
  | "norm bias"
  | "running mean"
  | "running variance"
  | "batches tracked";

export interface StateTensor {
  name: string;
  shape: number[];
  dtype: "float32" | "int64";
  role: TensorRole;
}

/**
 * A layer that has, or could have, tensors. Every kind of norm is listed, since old files contain
 * statistics even for norms that do not use them.
 */
export type Layer =
  | {
      name: string;
      kind: "convolution" | "transposed convolution";
      inputs: number;
      outputs: number;
      size: number;
      bias: boolean;
    }
  | { name: string; kind: "norm"; channels: number };

/** The layers in the order of PyTorch's modules. */
export function layers(architecture: Architecture): Layer[] {
  switch (architecture.kind) {
    case "resnet":
      return resnetLayers(architecture);
    case "unet":
      return unetLayers(architecture);
    case "patch":
      return patchLayers(architecture);
    case "pixel":
      return pixelLayers(architecture);
  }
}

/** Every tensor of the state dict, in PyTorch's order. */
export function stateDict(architecture: Architecture): StateTensor[] {
  return layers(architecture).flatMap((layer): StateTensor[] => {
    const tensor = (suffix: string, shape: number[], role: TensorRole, dtype: "float32" | "int64" = "float32") => {
      return { name: `${layer.name}.${suffix}`, shape, dtype, role };
    };
    if (layer.kind === "norm") {
      if (architecture.norm !== "batch") return [];
      return [
        tensor("weight", [layer.channels], "norm weight"),
        tensor("bias", [layer.channels], "norm bias"),
        tensor("running_mean", [layer.channels], "running mean"),
        tensor("running_var", [layer.channels], "running variance"),
        tensor("num_batches_tracked", [], "batches tracked", "int64"),
      ];
    }
    const { kind, inputs, outputs, size } = layer;
    const weight =
      kind === "convolution"
        ? tensor("weight", [outputs, inputs, size, size], "convolution weight")
        : tensor("weight", [inputs, outputs, size, size], "transposed convolution weight");
    return layer.bias ? [weight, tensor("bias", [outputs], "bias")] : [weight];
  });
}

/** The reference's name, as given to --netG or --netD there. */
export function networkName(architecture: Architecture): string {
  switch (architecture.kind) {
    case "resnet":
      return `resnet_${architecture.blocks}blocks`;
    case "unet":
      return `unet_${2 ** architecture.downs}`;
    case "patch":
      return architecture.layers === 3 ? "basic" : "n_layers";
    case "pixel":
      return "pixel";
  }
}

/** The number of trained values: everything except the statistics of batch norm. */
export function parameterCount(architecture: Architecture): number {
  const statistics: TensorRole[] = ["running mean", "running variance", "batches tracked"];
  return stateDict(architecture)
    .filter(({ role }) => !statistics.includes(role))
    .reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
}

function convolution(name: string, inputs: number, outputs: number, size: number, bias: boolean): Layer {
  return { name, kind: "convolution", inputs, outputs, size, bias };
}

function transposed(name: string, inputs: number, outputs: number, size: number, bias: boolean): Layer {
  return { name, kind: "transposed convolution", inputs, outputs, size, bias };
}

function norm(name: string, channels: number): Layer {
  return { name, kind: "norm", channels };
}

function resnetLayers({ inputChannels, outputChannels, ngf, blocks, norm: kind, dropout }: ResnetGenerator): Layer[] {
  const bias = kind === "instance";
  const inner = 4 * ngf;
  const up = 10 + blocks;
  // Within a block: pad 0, convolution 1, norm 2, ReLU 3, (dropout 4,) pad, convolution, norm.
  const second = dropout ? 6 : 5;
  const block = (index: number) => [
    convolution(`model.${index}.conv_block.1`, inner, inner, 3, bias),
    norm(`model.${index}.conv_block.2`, inner),
    convolution(`model.${index}.conv_block.${second}`, inner, inner, 3, bias),
    norm(`model.${index}.conv_block.${second + 1}`, inner),
  ];
  return [
    convolution("model.1", inputChannels, ngf, 7, bias),
    norm("model.2", ngf),
    convolution("model.4", ngf, 2 * ngf, 3, bias),
    norm("model.5", 2 * ngf),
    convolution("model.7", 2 * ngf, inner, 3, bias),
    norm("model.8", inner),
    ...Array.from({ length: blocks }, (_, i) => block(10 + i)).flat(),
    transposed(`model.${up}`, inner, 2 * ngf, 3, bias),
    norm(`model.${up + 1}`, 2 * ngf),
    transposed(`model.${up + 3}`, 2 * ngf, ngf, 3, bias),
    norm(`model.${up + 4}`, ngf),
    convolution(`model.${up + 7}`, ngf, outputChannels, 7, true),
  ];
}

/** Filters of the convolution `n` steps in: doubled at each step, up to eightfold. */
function widened(filters: number, n: number): number {
  return filters * Math.min(2 ** n, 8);
}

function unetLayers({ inputChannels, outputChannels, ngf, downs, norm: kind }: UnetGenerator): Layer[] {
  const bias = kind === "instance";
  // Level 0 is the outermost: convolution 0, the next level 1, ReLU 2, transposed convolution 3,
  // tanh 4.
  const before = [convolution("model.model.0", inputChannels, ngf, 4, bias)];
  const after = [transposed("model.model.3", 2 * ngf, outputChannels, 4, true)];
  let path = "model.model.1";
  for (let level = 1; level < downs; level++) {
    const outer = widened(ngf, level - 1);
    const inner = widened(ngf, level);
    before.push(convolution(`${path}.model.1`, outer, inner, 4, bias));
    if (level === downs - 1) {
      // The innermost level: ReLU 0, convolution 1, ReLU 2, transposed convolution 3, norm 4.
      after.unshift(transposed(`${path}.model.3`, inner, outer, 4, bias), norm(`${path}.model.4`, outer));
    } else {
      // Levels between: ReLU 0, convolution 1, norm 2, the next level 3, ReLU 4, transposed
      // convolution 5, norm 6 (, dropout 7).
      before.push(norm(`${path}.model.2`, inner));
      after.unshift(transposed(`${path}.model.5`, 2 * inner, outer, 4, bias), norm(`${path}.model.6`, outer));
      path += ".model.3";
    }
  }
  return [...before, ...after];
}

function patchLayers({ inputChannels, ndf, layers: count, norm: kind }: PatchDiscriminator): Layer[] {
  const bias = kind === "instance";
  const middle = Array.from({ length: count }, (_, i) => [
    convolution(`model.${2 + 3 * i}`, widened(ndf, i), widened(ndf, i + 1), 4, bias),
    norm(`model.${3 + 3 * i}`, widened(ndf, i + 1)),
  ]);
  return [
    convolution("model.0", inputChannels, ndf, 4, true),
    ...middle.flat(),
    convolution(`model.${2 + 3 * count}`, widened(ndf, count), 1, 4, true),
  ];
}

function pixelLayers({ inputChannels, ndf, norm: kind }: PixelDiscriminator): Layer[] {
  const bias = kind === "instance";
  return [
    convolution("net.0", inputChannels, ndf, 1, true),
    convolution("net.2", ndf, 2 * ndf, 1, bias),
    norm("net.3", 2 * ndf),
    convolution("net.5", 2 * ndf, 1, 1, bias),
  ];
}
