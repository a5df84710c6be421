// Reads a checkpoint from the disk, for every command that takes one. The size is limited, and
// every error begins with the file's name.

import { naming } from "../../errors.ts";
import {
  maximumCheckpointBytes,
  openCheckpoint,
  readCheckpoint,
  type Checkpoint,
  type CheckpointFile,
} from "../../formats/checkpoint/checkpoint.ts";
import type { NetworkChoice } from "../../formats/checkpoint/choose-network.ts";
import { identify, type Identity } from "../../nn/identify.ts";
import { readFileBytes } from "../../platform/files/files.node.ts";

/**
 * Throws a UserError that names the file and says why it is not a checkpoint, or which networks it
 * offers.
 */
export async function readCheckpointFile(path: string, choice: NetworkChoice = {}): Promise<Checkpoint> {
  const bytes = await readFileBytes(path, maximumCheckpointBytes);
  return naming(path, () => readCheckpoint(bytes, choice));
}

/** The checkpoint and its identified network. Throws a UserError that names the file. */
export async function readNetworkFile(path: string, choice: NetworkChoice = {}): Promise<Checkpoint & Identity> {
  const checkpoint = await readCheckpointFile(path, choice);
  return { ...checkpoint, ...naming(path, () => identify(checkpoint.tensors)) };
}

/** All networks of a file. Throws a UserError that names it and says why it is not a checkpoint. */
export async function openCheckpointFile(path: string): Promise<CheckpointFile> {
  const bytes = await readFileBytes(path, maximumCheckpointBytes);
  return naming(path, () => openCheckpoint(bytes));
}
