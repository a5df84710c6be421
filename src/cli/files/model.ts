// Loads the generator that `--weights` names, for every command that takes one: a checkpoint, a
// run's folder, or a bundled model.

import { access, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { readCheckpoint, type Checkpoint } from "../../formats/checkpoint/checkpoint.ts";
import { isCheckpointName } from "../../formats/checkpoint/extensions.ts";
import type { NamedTensor } from "../../formats/tensors/tensors.ts";
import { looksLikeGenerator } from "../../nn/identify.ts";
import { loadBundled } from "../../platform/bundled.node.ts";
import { defaultModel, type ModelCard } from "../../platform/model-card.ts";
import { readCheckpointFile } from "./checkpoint-file.ts";

export interface Model {
  /** The checkpoint's path, or the bundled model's name. */
  readonly name: string;
  readonly tensors: readonly NamedTensor[];
  /** For a bundled model. */
  readonly card?: ModelCard;
  /** What else the checkpoint contains. */
  readonly passedOver: Checkpoint["passedOver"];
}

/**
 * @param weights undefined for the default model; a run's folder stands for its newest networks
 * @param key selects a network of a file or of a run's folder; default G_A
 * @throws UserError that names the file, model or network that does not exist or cannot be read
 */
export async function loadModel(weights: string | undefined, key?: string): Promise<Model> {
  if (weights !== undefined && (await exists(weights))) {
    if ((await stat(weights)).isDirectory()) return loadOfRun(weights, key);
    const { tensors, passedOver } = await readCheckpointFile(weights, { key, suits: looksLikeGenerator });
    return { name: weights, tensors, passedOver };
  }
  if (weights !== undefined && (/[\\/]/.test(weights) || isCheckpointName(weights))) {
    throw new UserError(`${weights}: there is no such file.`);
  }
  const { card, bytes } = await loadBundled(weights ?? defaultModel);
  if (key !== undefined) throw new UserError(`--key ${key}: ${card.name} is a single network; leave out --key.`);
  const { tensors, passedOver } = readCheckpoint(bytes);
  return { name: card.name, tensors, card, passedOver };
}

async function loadOfRun(folder: string, key = "G_A"): Promise<Model> {
  const there = (await readdir(folder)).flatMap((file) => /^latest_net_(.+)\.pth$/.exec(file)?.[1] ?? []);
  if (there.length > 0 && !there.includes(key)) {
    throw new UserError(
      `${folder} has no latest_net_${key}.pth; possible values of --key: ${there.sort().join(", ")}.`,
    );
  }
  const path = join(folder, `latest_net_${key}.pth`);
  const { tensors, passedOver } = await readCheckpointFile(path, { suits: looksLikeGenerator, likely: key });
  return { name: path, tensors, passedOver };
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
