// The generator that `--weights` names, for every command that takes one: a checkpoint, a run's folder, or a bundled model.

import { access, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { readCheckpoint } from "../../formats/checkpoint.ts";
import type { NamedTensor } from "../../formats/tensors.ts";
import { loadBundled } from "../../platform/bundled.node.ts";
import { defaultModel, type ModelCard } from "../../platform/model-card.ts";
import { readCheckpointFile } from "./checkpoint-file.ts";

export interface Model {
  /** The checkpoint's path, or the bundled model's name. */
  readonly name: string;
  readonly tensors: readonly NamedTensor[];
  /** Of a bundled model. */
  readonly card?: ModelCard;
}

/**
 * @param weights nothing for the default model; of a run's folder it is the newest G_A
 * @throws UserError that names what there is no such file or model of, or what cannot be read
 */
export async function loadModel(weights: string | undefined, key?: string): Promise<Model> {
  if (weights !== undefined && (await exists(weights))) {
    const path = (await stat(weights)).isDirectory() ? join(weights, "latest_net_G_A.pth") : weights;
    return { name: path, tensors: (await readCheckpointFile(path, key)).tensors };
  }
  if (weights !== undefined && /[\\/]|\.(pth|pt|pkl|safetensors)$/i.test(weights)) {
    throw new UserError(`${weights}: there is no such file.`);
  }
  const { card, bytes } = await loadBundled(weights ?? defaultModel);
  return { name: card.name, tensors: readCheckpoint(bytes).tensors, card };
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
