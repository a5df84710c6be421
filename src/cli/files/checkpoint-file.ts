// A checkpoint on disk, for every command that takes one: read within bounds, and every complaint led by the file's name.

import { naming } from "../../errors.ts";
import {
  maximumCheckpointBytes,
  openCheckpoint,
  readCheckpoint,
  type Checkpoint,
  type CheckpointFile,
} from "../../formats/checkpoint.ts";
import type { NetworkChoice } from "../../formats/choose-network.ts";
import { identify, type Identity } from "../../nn/identify.ts";
import { readFileBytes } from "../../platform/files.node.ts";

/** Throws a UserError that names the file and says why it is no checkpoint, or which networks there are to choose from. */
export async function readCheckpointFile(path: string, choice: NetworkChoice = {}): Promise<Checkpoint> {
  const bytes = await readFileBytes(path, maximumCheckpointBytes);
  return naming(path, () => readCheckpoint(bytes, choice));
}

/** The checkpoint and the network that it is of. Throws a UserError that names the file. */
export async function readNetworkFile(path: string, choice: NetworkChoice = {}): Promise<Checkpoint & Identity> {
  const checkpoint = await readCheckpointFile(path, choice);
  return { ...checkpoint, ...naming(path, () => identify(checkpoint.tensors)) };
}

/** All networks of a file. Throws a UserError that names it and says why it is no checkpoint. */
export async function openCheckpointFile(path: string): Promise<CheckpointFile> {
  const bytes = await readFileBytes(path, maximumCheckpointBytes);
  return naming(path, () => openCheckpoint(bytes));
}
