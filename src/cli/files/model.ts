// Loads the network that `--weights` or an argument names, for every command that takes one: from a
// checkpoint, a run's folder, or a bundled model.

import { access, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { readCheckpoint, type Checkpoint } from "../../formats/checkpoint/checkpoint.ts";
import type { NetworkChoice } from "../../formats/checkpoint/choose-network.ts";
import { isCheckpointName } from "../../formats/checkpoint/extensions.ts";
import { looksLikeGenerator } from "../../nn/identify.ts";
import { loadBundled } from "../../platform/models/bundled.node.ts";
import { defaultModel, type ModelCard } from "../../platform/models/model-card.ts";
import { readCheckpointFile } from "./checkpoint-file.ts";

/** One network, and where it is from. */
export interface Model extends Checkpoint {
  /** The checkpoint's path, or the bundled model's name. */
  readonly name: string;
  /** For a bundled model. */
  readonly card?: ModelCard;
}

/**
 * A generator.
 *
 * @param weights undefined for the default model
 * @throws UserError as `loadNetwork`
 */
export function loadModel(weights = defaultModel, key?: string): Promise<Model> {
  return loadNetwork(weights, { key, suits: looksLikeGenerator });
}

/**
 * The network of a checkpoint, a run's folder or a bundled model.
 *
 * @param weights a file or folder, or else the name of a bundled model; a run's folder stands for
 * its newest networks
 * @param choice selects a network of a file or of a run's folder; a folder's default is G_A
 * @throws UserError that names the file, model or network that does not exist or cannot be read
 */
export async function loadNetwork(weights: string, choice: NetworkChoice = {}): Promise<Model> {
  if (await exists(weights)) {
    if ((await stat(weights)).isDirectory()) return loadOfRun(weights, choice);
    return { name: weights, ...(await readCheckpointFile(weights, choice)) };
  }
  if (/[\\/]/.test(weights) || isCheckpointName(weights)) throw new UserError(`${weights}: there is no such file.`);
  const { card, bytes } = await loadBundled(weights);
  if (choice.key !== undefined)
    throw new UserError(`--key ${choice.key}: ${card.name} is a single network; leave out --key.`);
  return { name: card.name, card, ...readCheckpoint(bytes) };
}

async function loadOfRun(folder: string, { key = "G_A", suits }: NetworkChoice): Promise<Model> {
  const there = (await readdir(folder)).flatMap((file) => /^latest_net_(.+)\.pth$/.exec(file)?.[1] ?? []);
  if (there.length === 0) {
    throw new UserError(
      `${folder}: it is not a run's folder, since it has no latest_net_*.pth; name a checkpoint or a run's folder.`,
    );
  }
  if (!there.includes(key)) {
    throw new UserError(
      `${folder} has no latest_net_${key}.pth; possible values of --key: ${there.sort().join(", ")}.`,
    );
  }
  const path = join(folder, `latest_net_${key}.pth`);
  return { name: path, ...(await readCheckpointFile(path, { suits, likely: key })) };
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
