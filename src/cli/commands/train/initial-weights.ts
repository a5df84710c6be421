// The weights that a training starts from: those of a folder, one checkpoint for each network, which have to be what the options ask for.

import { join } from "node:path";
import { allInOrder, UserError } from "../../../errors.ts";
import type { NamedTensor } from "../../../formats/tensors.ts";
import { networkName, stateDict, type Architecture } from "../../../nn/architecture.ts";
import { folderStorage } from "../../../platform/storage.node.ts";
import { architecturesOf, initialWeights, networkNames, type NetworkName } from "../../../train/step/networks.ts";
import type { RunOptions } from "../../../train/options/table.ts";
import type { TrainingOptions } from "../../../train/options/options.ts";
import { readNetworkFile } from "../../files/checkpoint-file.ts";

type Weights = Readonly<Record<NetworkName, readonly NamedTensor[]>>;

/**
 * Those of `--init`: `G_A.pth` and so on, or a run's newest, whichever there are more of.
 *
 * @throws UserError for a file that is damaged or of another network
 */
export async function readInit(folder: string, training: TrainingOptions): Promise<Partial<Weights>> {
  const there = new Set(await folderStorage(folder).list());
  const [own, ofRun] = [(name: NetworkName) => `${name}.pth`, (name: NetworkName) => `latest_net_${name}.pth`].map(
    (fileOf) => networkNames.filter((name) => there.has(fileOf(name))).map((name) => [name, fileOf(name)] as const),
  );
  return readFiles(folder, ofRun.length > own.length ? ofRun : own, training);
}

/**
 * All four of a run's folder.
 *
 * @param label the first part of their names: `latest`, an epoch, or `iter_N`
 * @throws UserError for one that is missing, damaged or of another network
 */
export async function readRun(folder: string, label: string, training: TrainingOptions): Promise<Weights> {
  const there = new Set(await folderStorage(folder).list());
  const files = networkNames.map((name) => [name, `${label}_net_${name}.pth`] as const);
  const missing = files.flatMap(([, file]) => (there.has(file) ? [] : [file]));
  if (missing.length > 0) {
    throw new UserError(`${folder} has no ${missing.join(", ")}; training goes on from all four networks.`);
  }
  return (await readFiles(folder, files, training)) as Weights;
}

/**
 * The weights that were found, and for the others what a new run of this seed begins with, if the options say so.
 *
 * @throws UserError where they do not, or nothing was found
 */
export function completed(
  found: Partial<Weights>,
  { init, initMissing }: RunOptions,
  training: TrainingOptions,
  onMessage: (sentence: string) => void,
): Weights {
  const missing = networkNames.filter((name) => !found[name]);
  if (missing.length === networkNames.length || (missing.length > 0 && initMissing === "refuse")) {
    const files = missing.map((name) => `${name}.pth`).join(", ");
    const remedy =
      missing.length < networkNames.length
        ? " Give --init_missing fresh to begin what is missing as in a new run."
        : "";
    throw new UserError(`${init} has no ${files}; training starts from all four networks.${remedy}`);
  }
  if (missing.length > 0) {
    onMessage(`Not in ${init}, and fresh from --seed ${training.seed}: ${missing.join(", ")}.`);
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
    const { architecture, tensors } = await readNetworkFile(path);
    requireArchitecture(path, architectures[network], architecture);
    return [network, tensors] as const;
  };
  return Object.fromEntries(await allInOrder(files.map(read)));
}

function requireArchitecture(path: string, wanted: Architecture, found: Architecture): void {
  const shapes = (architecture: Architecture) =>
    JSON.stringify(stateDict(architecture).map(({ name, shape }) => [name, shape]));
  if (shapes(wanted) === shapes(found)) return;
  throw new UserError(
    `${path} holds a ${describe(found)}, and these options make a ${describe(wanted)}. ` +
      "Give the options that it was trained with (--netG, --netD, --ngf, --ndf, --norm, --input_nc, --output_nc).",
  );
}

/** For example "resnet_9blocks (ngf 64, instance norm)". */
export function describe(architecture: Architecture): string {
  const width = "ngf" in architecture ? `ngf ${architecture.ngf}` : `ndf ${architecture.ndf}`;
  return `${networkName(architecture)} (${width}, ${architecture.norm} norm)`;
}
