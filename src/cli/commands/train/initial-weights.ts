// The weights that a training starts from: a folder with one checkpoint for each network, or one
// checkpoint with all of them. They must match the options.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { allInOrder, naming, UserError } from "../../../errors.ts";
import { listed, networksMeant } from "../../../formats/checkpoint/choose-network.ts";
import type { NamedTensor } from "../../../formats/tensors/tensors.ts";
import { networkName, stateDict, type Architecture } from "../../../nn/architecture.ts";
import { identify, looksLikeDiscriminator, looksLikeGenerator } from "../../../nn/identify.ts";
import { folderStorage } from "../../../platform/training/storage.node.ts";
import type { TrainingOptions } from "../../../train/options/options.ts";
import type { RunOptions } from "../../../train/options/table.ts";
import { architecturesOf, initialWeights, networkNames, type NetworkName } from "../../../train/step/networks.ts";
import { openCheckpointFile, readNetworkFile } from "../../files/checkpoint-file.ts";

type Weights = Readonly<Record<NetworkName, readonly NamedTensor[]>>;

/** The weights of the four networks that `--init` provides. */
export interface InitWeights {
  readonly weights: Partial<Weights>;
  /** Describes missing networks for a message. */
  readonly lacking: (names: readonly NetworkName[]) => string;
}

/**
 * The weights of `--init`: one file with all networks, or a folder with either `G_A.pth` and so on,
 * or a run's newest checkpoints, whichever are more complete.
 *
 * @throws UserError for a file that is damaged or contains another network
 */
export async function readInit(init: string, training: TrainingOptions): Promise<InitWeights> {
  if (
    await stat(init)
      .then((status) => status.isFile())
      .catch(() => false)
  )
    return readInitFile(init, training);
  const there = new Set(await folderStorage(init).list());
  const [own, ofRun] = [(name: NetworkName) => `${name}.pth`, (name: NetworkName) => `latest_net_${name}.pth`].map(
    (fileOf) => networkNames.filter((name) => there.has(fileOf(name))).map((name) => [name, fileOf(name)] as const),
  );
  const weights = await readFiles(init, ofRun.length > own.length ? ofRun : own, training);
  return { weights, lacking: (names) => names.map((name) => `${name}.pth`).join(", ") };
}

async function readInitFile(path: string, training: TrainingOptions): Promise<InitWeights> {
  const { networks } = await openCheckpointFile(path);
  const architectures = architecturesOf(training);
  const found = networkNames
    .map((name) => [name, networksMeant({ key: name, suits: kindOf(name) }, networks)] as const)
    .filter(([, those]) => those.length > 0)
    .map(([name, [network, ...others]]) => {
      if (others.length > 0) {
        throw new UserError(
          `${path} holds several networks called ${name}: ${listed([network, ...others])}. Use pixelcycle weights convert --key to write ` +
            "the ones to start from as G_A.pth and so on into one folder, and give that folder.",
        );
      }
      const tensors = naming(path, () => network.read());
      const place = `${path}, ${name}`;
      requireArchitecture(place, architectures[name], naming(place, () => identify(tensors)).architecture);
      return [name, tensors] as const;
    });
  return {
    weights: Object.fromEntries(found),
    lacking: (names) => `network called ${names.join(", ")} (it contains ${listed(networks)})`,
  };
}

/**
 * All four networks from a run's folder.
 *
 * @param label the first part of their names: `latest`, an epoch, or `iter_N`
 * @throws UserError if one is missing, damaged or another network
 */
export async function readRun(folder: string, label: string, training: TrainingOptions): Promise<Weights> {
  const there = new Set(await folderStorage(folder).list());
  const files = networkNames.map((name) => [name, `${label}_net_${name}.pth`] as const);
  const missing = files.flatMap(([, file]) => (there.has(file) ? [] : [file]));
  if (missing.length > 0) {
    throw new UserError(`${folder} has no ${missing.join(", ")}; training continues only from all four networks.`);
  }
  return (await readFiles(folder, files, training)) as Weights;
}

/**
 * Adds to the given weights what a new run of this seed would start with for the missing networks,
 * if the options allow it.
 *
 * @throws UserError if they do not, or if no weights were found
 */
export function completed(
  { weights: found, lacking }: InitWeights,
  { init, initMissing }: RunOptions,
  training: TrainingOptions,
  onMessage: (sentence: string) => void,
): Weights {
  const missing = networkNames.filter((name) => !found[name]);
  if (missing.length === networkNames.length || (missing.length > 0 && initMissing === "refuse")) {
    const remedy =
      missing.length < networkNames.length
        ? " Give --init_missing fresh to initialise the missing ones as in a new run."
        : "";
    throw new UserError(`${init} has no ${lacking(missing)}; training needs all four networks.${remedy}`);
  }
  if (missing.length > 0) {
    onMessage(`${init} lacks ${missing.join(", ")}: initialised from --seed ${training.seed}.`);
  }
  return { ...initialWeights(training), ...found };
}

async function readFiles(
  folder: string,
  files: readonly (readonly [NetworkName, string])[],
  training: TrainingOptions,
): Promise<Partial<Weights>> {
  const architectures = architecturesOf(training);
  const read = async ([network, file]: readonly [NetworkName, string]) => {
    const path = join(folder, file);
    const { architecture, tensors } = await readNetworkFile(path, { suits: kindOf(network), likely: network });
    requireArchitecture(path, architectures[network], architecture);
    return [network, tensors] as const;
  };
  return Object.fromEntries(await allInOrder(files.map(read)));
}

function kindOf(name: NetworkName) {
  return name.startsWith("G") ? looksLikeGenerator : looksLikeDiscriminator;
}

function requireArchitecture(path: string, wanted: Architecture, found: Architecture): void {
  const shapes = (architecture: Architecture) =>
    JSON.stringify(stateDict(architecture).map(({ name, shape }) => [name, shape]));
  if (shapes(wanted) === shapes(found)) return;
  throw new UserError(
    `${path} holds a ${describe(found)}, but these options make a ${describe(wanted)}. ` +
      "Give the options it was trained with (--netG, --netD, --ngf, --ndf, --norm, --input_nc, --output_nc).",
  );
}

/** For example "resnet_9blocks (ngf 64, instance norm)". */
export function describe(architecture: Architecture): string {
  const width = "ngf" in architecture ? `ngf ${architecture.ngf}` : `ndf ${architecture.ndf}`;
  return `${networkName(architecture)} (${width}, ${architecture.norm} norm)`;
}
