// The networks of the CycleGAN reference, layer by layer under PyTorch's names.
//
// Generators: the ResNet of Johnson et al. 2016 ("Perceptual Losses") as Zhu et al. 2017 use it,
// and the U-Net of Isola et al. 2017. Discriminators: the PatchGAN of Isola et al., and its 1x1
// form.

import { apply, type Tensor } from "../autograd/tensor.ts";
import { add, tanh } from "../kernels/tensor/elementwise.ts";
import { concat } from "../kernels/tensor/structure.ts";
import type {
  Architecture,
  PatchDiscriminator,
  PixelDiscriminator,
  ResnetGenerator,
  UnetGenerator,
} from "./architecture.ts";
import { Layers, parametersOf, type Mode, type Parameters } from "./layers.ts";

/**
 * The network's output for an image [N, inputChannels, H, W]: another image, or a map of scores [N,
 * 1, h, w].
 *
 * @param parameters its tensors; pass them in if the network is used more than once
 */
export function network(
  architecture: Architecture,
  image: Tensor,
  mode: Mode,
  parameters: Parameters = parametersOf(architecture),
): Tensor {
  const layers = new Layers(architecture, parameters, mode);
  switch (architecture.kind) {
    case "resnet":
      return resnet(architecture, layers, image);
    case "unet":
      return unet(architecture, layers, image);
    case "patch":
      return patchGan(architecture, layers, image);
    case "pixel":
      return pixelGan(architecture, layers, image);
  }
}

/** [N, C, H, W] -> [N, out, 4 * ceil(H / 4), 4 * ceil(W / 4)], in (-1, 1). */
function resnet({ blocks, dropout }: ResnetGenerator, layers: Layers, image: Tensor): Tensor {
  let x = layers.convolution("model.1", image, { padding: 3, reflect: true });
  x = layers.relu(layers.norm("model.2", x));
  for (const index of [4, 7]) {
    x = layers.convolution(`model.${index}`, x, { stride: 2, padding: 1 });
    x = layers.relu(layers.norm(`model.${index + 1}`, x));
  }
  for (let block = 10; block < 10 + blocks; block++) x = resnetBlock(`model.${block}.conv_block`, layers, x, dropout);
  for (const index of [10 + blocks, 13 + blocks]) {
    x = layers.transposedConvolution(`model.${index}`, x, { outputPadding: 1 });
    x = layers.relu(layers.norm(`model.${index + 1}`, x));
  }
  x = layers.convolution(`model.${17 + blocks}`, x, { padding: 3, reflect: true });
  return apply(tanh, [x], {});
}

/** x + f(x), with no activation after the sum. */
function resnetBlock(name: string, layers: Layers, x: Tensor, dropout: boolean): Tensor {
  const second = dropout ? 6 : 5;
  let y = layers.convolution(`${name}.1`, x, { padding: 1, reflect: true });
  y = layers.relu(layers.norm(`${name}.2`, y));
  if (dropout) y = layers.dropout(name, y);
  y = layers.convolution(`${name}.${second}`, y, { padding: 1, reflect: true });
  y = layers.norm(`${name}.${second + 1}`, y);
  return apply(add, [x, y], {});
}

/** [N, C, H, W] -> [N, out, H, W], in (-1, 1); H and W are multiples of 2^downs. */
function unet({ downs, dropout }: UnetGenerator, layers: Layers, image: Tensor): Tensor {
  // Each level concatenates its input with its output. It makes no difference whether the input is
  // taken before or after the LeakyReLU, since a ReLU follows either way.
  const level = (depth: number, path: string, x: Tensor): Tensor => {
    const down = layers.convolution(`${path}.1`, layers.leakyRelu(x), { stride: 2, padding: 1 });
    let up: Tensor;
    if (depth === downs - 1) {
      up = layers.transposedConvolution(`${path}.3`, layers.relu(down), {});
      up = layers.norm(`${path}.4`, up);
    } else {
      const inner = level(depth + 1, `${path}.3.model`, layers.norm(`${path}.2`, down));
      up = layers.transposedConvolution(`${path}.5`, layers.relu(inner), {});
      up = layers.norm(`${path}.6`, up);
      // The blocks of full width have dropout, except the innermost.
      if (dropout && depth >= 4) up = layers.dropout(path, up);
    }
    return apply(concat, [x, up], {});
  };
  const down = layers.convolution("model.model.0", image, { stride: 2, padding: 1 });
  const inner = level(1, "model.model.1.model", down);
  return apply(tanh, [layers.transposedConvolution("model.model.3", layers.relu(inner), {})], {});
}

/**
 * [N, C, H, W] -> [N, 1, h, w]: one score for each overlapping patch, 70 x 70 pixels with 3 layers.
 */
function patchGan({ layers: count }: PatchDiscriminator, layers: Layers, image: Tensor): Tensor {
  let x = layers.leakyRelu(layers.convolution("model.0", image, { stride: 2, padding: 1 }));
  for (let i = 0; i < count; i++) {
    const stride = i < count - 1 ? 2 : 1;
    x = layers.convolution(`model.${2 + 3 * i}`, x, { stride, padding: 1 });
    x = layers.leakyRelu(layers.norm(`model.${3 + 3 * i}`, x));
  }
  return layers.convolution(`model.${2 + 3 * count}`, x, { padding: 1 });
}

/** [N, C, H, W] -> [N, 1, H, W]: a score for each pixel. */
function pixelGan(_: PixelDiscriminator, layers: Layers, image: Tensor): Tensor {
  let x = layers.leakyRelu(layers.convolution("net.0", image, {}));
  x = layers.leakyRelu(layers.norm("net.3", layers.convolution("net.2", x, {})));
  return layers.convolution("net.5", x, {});
}
