// Any checkpoint, whatever its extension says: the first bytes tell the format.

import { UserError } from "../errors.ts";
import { chooseNetwork, type NetworkChoice } from "./choose-network.ts";
import { networksIn, type NetworkInFile, type PassedOver } from "./networks-in-file.ts";
import { openPthLegacy } from "./pth-legacy.ts";
import { openPthZip } from "./pth-zip.ts";
import { readSafetensors } from "./safetensors.ts";
import type { StateDict } from "./state-dict.ts";
import type { NamedTensor } from "./tensors.ts";

export interface CheckpointFile {
  readonly format: "pth-zip" | "pth-legacy" | "safetensors";
  /** One at least. */
  readonly networks: readonly NetworkInFile[];
  /** The texts that a safetensors file carries along. */
  readonly metadata?: Record<string, string>;
}

/** One network of a file. */
export interface Checkpoint extends Omit<CheckpointFile, "networks"> {
  /** In the file's order, by the network's own names. */
  readonly tensors: readonly NamedTensor[];
  readonly passedOver: PassedOver & {
    /** Keys of the other networks in the file. */
    readonly networks: readonly string[];
  };
}

/** No checkpoint of a network here is larger: a U-Net with 64 filters in float64 takes 435 MB. */
export const maximumCheckpointBytes = 1024 * 1024 * 1024;

/**
 * Reads one network from a file's bytes. Its tensors may be views of them.
 *
 * @throws UserError, one sentence on what is wrong, at anything that is not a plain and whole checkpoint, and where the choice is not clear
 */
export function readCheckpoint(bytes: Uint8Array, choice: NetworkChoice = {}): Checkpoint {
  const { networks, ...file } = openCheckpoint(bytes);
  const network = chooseNetwork(networks, choice);
  const others = networks.filter((other) => other !== network).map(({ key }) => key);
  return { ...file, tensors: network.read(), passedOver: { ...network.passedOver, networks: others } };
}

/**
 * Finds the networks in a file's bytes.
 *
 * @throws UserError as `readCheckpoint`
 */
export function openCheckpoint(bytes: Uint8Array): CheckpointFile {
  // Plain bytes even where Node gives a Buffer, whose slice() does not copy.
  const { stateDicts, ...file } = openByFormat(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return { ...file, networks: stateDicts.flatMap(networksIn) };
}

type Opened = Omit<CheckpointFile, "networks"> & { readonly stateDicts: readonly StateDict[] };

function openByFormat(bytes: Uint8Array): Opened {
  const startsWith = (text: string, at = 0) => [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
  if (bytes.length === 0) throw new UserError("The file is empty. Download or copy it again.");
  // safetensors begin with their header's length, which may look like the start of anything else.
  if (startsWith("\0\0\0\0{", 4)) {
    const { tensors, metadata } = readSafetensors(bytes);
    const read = (names: ReadonlySet<string>) => tensors.filter(({ name }) => names.has(name));
    return { format: "safetensors", metadata, stateDicts: [{ path: "", tensors, others: [], read }] };
  }
  if (startsWith("PK\x03\x04")) return { format: "pth-zip", stateDicts: openPthZip(bytes) };
  if (bytes[0] === 0x80) return { format: "pth-legacy", stateDicts: openPthLegacy(bytes) };
  if (startsWith("ustar", 257)) {
    throw new UserError(
      "The file is of PyTorch before 0.1.10 (a tar archive), which is not read: load and save it with PyTorch 0.4 to 1.5.",
    );
  }
  if (startsWith("version https://git-lfs")) {
    throw new UserError("The file is only a Git LFS pointer: fetch the checkpoint itself with `git lfs pull`.");
  }
  if (startsWith("<")) throw new UserError("The file is a web page, not a checkpoint: download the file itself.");
  throw new UserError("The file is neither a PyTorch checkpoint nor a safetensors file.");
}
