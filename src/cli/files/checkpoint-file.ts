// A checkpoint on disk, for every command that takes one: read within bounds, and every complaint led by the file's name.

import { naming } from "../../errors.ts";
import { maximumCheckpointBytes, readCheckpoint, type Checkpoint } from "../../formats/checkpoint.ts";
import { identify, type Identity } from "../../nn/identify.ts";
import { readFileBytes } from "../../platform/files.node.ts";

/** Throws a UserError that names the file and says why it is no checkpoint. */
export async function readCheckpointFile(path: string, key?: string): Promise<Checkpoint> {
  const bytes = await readFileBytes(path, maximumCheckpointBytes);
  return naming(path, () => readCheckpoint(bytes, key));
}

/** The checkpoint and the network that it is of. Throws a UserError that names the file. */
export async function readNetworkFile(path: string, key?: string): Promise<Checkpoint & Identity> {
  const checkpoint = await readCheckpointFile(path, key);
  return { ...checkpoint, ...naming(path, () => identify(checkpoint.tensors)) };
}
