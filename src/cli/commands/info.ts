// `pixelcycle info FILE`: describes a network from its tensors alone.

import type { Command } from "commander";
import { naming } from "../../errors.ts";
import { networkName, parameterCount, type Architecture } from "../../nn/architecture.ts";
import { identify, type Identity } from "../../nn/identify.ts";
import type { Model } from "../files/model.ts";
import { passedOverLine } from "../terminal/passed-over.ts";
import { print, printJson } from "../terminal/print.ts";

type Network = Model & Identity;

export function registerInfo(program: Command): void {
  program
    .command("info")
    .description("show which network a checkpoint (.pth or .safetensors) holds")
    .argument("<file|name>", "a checkpoint, whose content determines the format; a run's folder, or a bundled model")
    .option("--json", "print JSON")
    .option("--key <path>", "which network to use if a file or run has several, such as G_A")
    .action(async (file: string, { json, key }: { json?: boolean; key?: string }) => {
      const { loadNetwork } = await import("../files/model.ts");
      const model = await loadNetwork(file, { key });
      const network = { ...model, ...naming(model.name, () => identify(model.tensors)) };
      if (json) printJson(JSON.stringify(networkJson(network), null, 2));
      else print(...networkLines(network));
    });
}

/**
 * The output of `--json`. `blocks` is the number of ResNet blocks or, for a PatchGAN, of its layers
 * (`n_layers_D`); it is null for other networks. `dropout` is null for a U-Net, whose file does not
 * reveal it.
 */
export function networkJson({ format, architecture, tensors }: Network) {
  return {
    format,
    network: networkName(architecture),
    ...width(architecture),
    blocks: blocks(architecture),
    norm: architecture.norm,
    dropout: "dropout" in architecture ? architecture.dropout : false,
    inputChannels: architecture.inputChannels,
    outputChannels: outputChannels(architecture),
    parameters: parameterCount(architecture),
    tensors: tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
  };
}

function networkLines(network: Network): string[] {
  const { architecture, ignored } = network;
  const { tensors, dropout, inputChannels, outputChannels, parameters, ...rest } = networkJson(network);
  const ignoredNames = new Set(ignored);
  const facts = {
    network: rest.network,
    format: rest.format,
    channels: `${inputChannels} in, ${outputChannels} out`,
    ...width(architecture),
    ...(architecture.kind === "patch" ? { layers: architecture.layers } : {}),
    norm: rest.norm,
    dropout: dropout === null ? "unknown (the file cannot tell)" : dropout ? "yes" : "no",
    parameters: parameters.toLocaleString("en-US"),
    tensors: tensors.length,
  };
  const passedOver = passedOverLine(network.passedOver);
  const nameWidth = Math.max(...tensors.map(({ name }) => name.length));
  return [
    ...Object.entries(facts).map(([name, value]) => `${name.padEnd(12)}${value}`),
    ...(passedOver ? ["", passedOver] : []),
    "",
    ...tensors.map(({ name, dtype, shape }) => {
      const note = ignoredNames.has(name) ? "  (ignored: statistics that instance norm does not use)" : "";
      return `${name.padEnd(nameWidth)}  ${dtype.padEnd(8)}  [${shape.join(", ")}]${note}`;
    }),
  ];
}

function width(architecture: Architecture) {
  return "ngf" in architecture ? { ngf: architecture.ngf } : { ndf: architecture.ndf };
}

function blocks(architecture: Architecture): number | null {
  if (architecture.kind === "resnet") return architecture.blocks;
  return architecture.kind === "patch" ? architecture.layers : null;
}

/** A discriminator's output is one channel of scores. */
function outputChannels(architecture: Architecture): number {
  return "outputChannels" in architecture ? architecture.outputChannels : 1;
}
