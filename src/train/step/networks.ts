// The four networks of a CycleGAN: G_A translates A to B, G_B translates B to A, D_A judges Bs, D_B
// judges As. (These are the reference's names: a discriminator is named after the generator that it
// judges.)

import type { NamedTensor } from "../../formats/tensors/tensors.ts";
import type { Architecture } from "../../nn/architecture.ts";
import { initialize } from "../../nn/initialize.ts";
import { streamOf } from "../batches/random-streams.ts";
import type { TrainingOptions } from "../options/options.ts";

/** In the order in which the reference creates them. */
export const networkNames = ["G_A", "G_B", "D_A", "D_B"] as const;
export type NetworkName = (typeof networkNames)[number];
export type Architectures = Readonly<Record<NetworkName, Architecture>>;

/** A value for each network. */
export function mapNetworks<T>(of: (name: NetworkName, index: number) => T): Record<NetworkName, T> {
  return Object.fromEntries(networkNames.map((name, index) => [name, of(name, index)])) as Record<NetworkName, T>;
}

/** The architectures that the options describe. */
export function architecturesOf(options: TrainingOptions): Architectures {
  const { inputNc, outputNc } = options;
  return {
    G_A: generator(options, inputNc, outputNc),
    G_B: generator(options, outputNc, inputNc),
    D_A: discriminator(options, outputNc),
    D_B: discriminator(options, inputNc),
  };
}

function generator({ netG, ngf, norm }: TrainingOptions, inputChannels: number, outputChannels: number): Architecture {
  const common = { inputChannels, outputChannels, ngf, norm, dropout: false };
  switch (netG) {
    case "resnet_9blocks":
      return { kind: "resnet", blocks: 9, ...common };
    case "resnet_6blocks":
      return { kind: "resnet", blocks: 6, ...common };
    case "unet_256":
      return { kind: "unet", downs: 8, ...common };
    case "unet_128":
      return { kind: "unet", downs: 7, ...common };
  }
}

function discriminator({ netD, ndf, nLayersD, norm }: TrainingOptions, inputChannels: number): Architecture {
  if (netD === "pixel") return { kind: "pixel", inputChannels, ndf, norm };
  return { kind: "patch", inputChannels, ndf, layers: netD === "n_layers" ? nLayersD : 3, norm };
}

/** The initial weights of a run, from its seed. */
export function initialWeights(options: TrainingOptions): Record<NetworkName, NamedTensor[]> {
  const architectures = architecturesOf(options);
  return mapNetworks((name, index) => {
    const random = streamOf(options.seed, "weights", index);
    return initialize(architectures[name], options.initType, options.initGain, random);
  });
}
