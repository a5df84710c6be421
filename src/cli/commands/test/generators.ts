// Finds a run's checkpoints for a test by the reference's names, and checks that they match the
// user's options.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { allInOrder, naming, UserError } from "../../../errors.ts";
import type { NamedTensor } from "../../../formats/tensors/tensors.ts";
import { networkName } from "../../../nn/architecture.ts";
import { pictureArchitecture, type PictureArchitecture } from "../../../nn/generator.ts";
import { looksLikeGenerator } from "../../../nn/identify.ts";
import { systemReason } from "../../../platform/files/files.node.ts";
import { readCheckpointFile } from "../../files/checkpoint-file.ts";
import type { TestOptions } from "./options.ts";

export interface TestedGenerator {
  /** `G_A`, `G_B`, or for the model `test`, `G` and the suffix. */
  readonly name: string;
  readonly path: string;
  readonly tensors: readonly NamedTensor[];
  readonly architecture: PictureArchitecture;
}

/** The first part of the checkpoints' names: `latest`, an epoch, or `iter_N`. */
export function checkpointLabel({ epoch, loadIter }: TestOptions): string {
  return loadIter > 0 ? `iter_${loadIter}` : epoch;
}

/**
 * The generators of a test, G_A before G_B.
 *
 * @throws UserError that lists the existing checkpoints if one is missing, or that names the one
 * that is damaged or does not match the options
 */
export async function loadGenerators(options: TestOptions): Promise<TestedGenerator[]> {
  const { model, modelSuffix } = options;
  const names = model === "test" ? [`G${modelSuffix}`] : ["G_A", "G_B"];
  const folder = await runFolder(options);
  const there = (await readdir(folder)).sort();
  const missing = names.find((name) => !there.includes(fileOf(options, name)));
  if (missing !== undefined) throw new UserError(missingMessage(options, folder, missing, there));
  return allInOrder(
    names.map(async (name) => {
      const path = join(folder, fileOf(options, name));
      const choice = { key: options.key, suits: looksLikeGenerator, likely: name };
      const { tensors } = await readCheckpointFile(path, choice);
      const architecture = naming(path, () => pictureArchitecture(tensors));
      // G_B translates in the opposite direction.
      const [inputNc, outputNc] =
        name === "G_B" && model === "cycle_gan"
          ? [options.outputNc, options.inputNc]
          : [options.inputNc, options.outputNc];
      requireAgreement(path, architecture, { ...options, inputNc, outputNc });
      return { name, path, tensors, architecture };
    }),
  );
}

function fileOf(options: TestOptions, network: string): string {
  return `${checkpointLabel(options)}_net_${network}.pth`;
}

async function runFolder({ checkpointsDir, name }: TestOptions): Promise<string> {
  const folder = join(checkpointsDir, name);
  const runs = async () => {
    const entries = await readdir(checkpointsDir, { withFileTypes: true }).catch((error: unknown) => {
      throw new UserError(`--checkpoints_dir ${checkpointsDir}: ${systemReason(error)}.`);
    });
    return entries.filter((entry) => !entry.isFile()).map((entry) => entry.name);
  };
  await readdir(folder).catch(async () => {
    throw new UserError(`There is no run called ${name} in ${checkpointsDir}; ${listed(await runs())}.`);
  });
  return folder;
}

/** Names what is missing, and the options for the checkpoints that exist. */
function missingMessage(options: TestOptions, folder: string, missing: string, there: readonly string[]): string {
  const checkpoints = there.flatMap((file) => {
    const [, label, network] = /^(.+)_net_(G.*)\.pth$/.exec(file) ?? [];
    return label === undefined ? [] : [{ label, network }];
  });
  const lacks = `${folder} has no ${fileOf(options, missing)}`;
  const epochs = checkpoints.filter(({ network }) => network === missing).map(({ label }) => label);
  if (epochs.length > 0) {
    const inOrder = epochs.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    const given = inOrder.map((label) => label.replace(/^iter_(\d+)$/, "--load_iter $1"));
    return `${lacks}; possible values of --epoch: ${given.join(", ")}.`;
  }
  const others = [...new Set(checkpoints.map(({ network }) => network.slice(1)))];
  if (others.length === 0) return `${lacks}, nor any other generator; ${listed(there)}.`;
  if (options.model === "test") {
    return `${lacks}; give --model_suffix ${others.map((suffix) => suffix || '""').join(" or ")} to use a generator that is there.`;
  }
  const suffix = others.includes("") ? "" : ` --model_suffix ${others[0]}`;
  return `${lacks}; to use the only generator there, give --model test${suffix}.`;
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return "it is empty";
  const first = names.slice(0, 12).join(", ");
  return `it contains ${names.length > 12 ? `${first} and ${names.length - 12} more` : first}`;
}

/** @throws UserError if an option contradicts the checkpoint */
function requireAgreement(path: string, architecture: PictureArchitecture, options: TestOptions): void {
  const { kind, ngf, norm, inputChannels, outputChannels, dropout } = architecture;
  const found = {
    netG: networkName(architecture),
    ngf,
    norm,
    input_nc: inputChannels,
    output_nc: outputChannels,
    // A U-Net's file does not reveal it.
    no_dropout: kind === "unet" ? options.noDropout : !dropout,
  };
  const { netG, inputNc, outputNc, noDropout } = options;
  const said = {
    netG,
    ngf: options.ngf,
    norm: options.norm,
    input_nc: inputNc,
    output_nc: outputNc,
    no_dropout: noDropout,
  };
  for (const name of Object.keys(found) as (keyof typeof found)[]) {
    if (said[name] === undefined || said[name] === found[name]) continue;
    throw new UserError(
      `${path}: it was trained with --${name} ${found[name]}, not ${said[name]}. Leave out --${name}: the value is read from the file.`,
    );
  }
}
