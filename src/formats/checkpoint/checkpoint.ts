// Opens a checkpoint of any format. The first bytes determine the format, whatever the extension.

import { UserError } from "../../errors.ts";
import { readSafetensors } from "../tensors/safetensors.ts";
import type { StateDict } from "../tensors/state-dict.ts";
import type { NamedTensor } from "../tensors/tensors.ts";
import { openPthLegacy } from "../torch/pth-legacy.ts";
import { openPthZip } from "../torch/pth-zip.ts";
import { chooseNetwork, type NetworkChoice } from "./choose-network.ts";
import { networksIn, type NetworkInFile, type PassedOver } from "./networks-in-file.ts";

export interface CheckpointFile {
  readonly format: "pth-zip" | "pth-legacy" | "safetensors";
  /** At least one. */
  readonly networks: readonly NetworkInFile[];
  /** The key-value metadata of a safetensors file. */
  readonly metadata?: Record<string, string>;
}

/** One network from a file. */
export interface Checkpoint extends Omit<CheckpointFile, "networks"> {
  /** In the file's order, under the network's own names. */
  readonly tensors: readonly NamedTensor[];
  readonly passedOver: PassedOver & {
    /** Keys of the other networks in the file. */
    readonly networks: readonly string[];
  };
}

/**
 * No checkpoint of a supported network is larger: a U-Net with 64 filters in float64 takes 435 MB.
 */
export const maximumCheckpointBytes = 1024 * 1024 * 1024;

/**
 * Reads one network from a file's bytes. Its tensors may be views of these bytes.
 *
 * @throws UserError if the file is anything but a plain, complete checkpoint, or if the choice is
 * ambiguous
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
  // A plain Uint8Array, since Node may pass a Buffer, whose slice() does not copy.
  const { stateDicts, ...file } = openByFormat(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return { ...file, networks: stateDicts.flatMap(networksIn) };
}

type Opened = Omit<CheckpointFile, "networks"> & { readonly stateDicts: readonly StateDict[] };

function openByFormat(bytes: Uint8Array): Opened {
  const startsWith = (text: string, at = 0) => [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
  if (bytes.length === 0) throw new UserError("The file is empty. Download or copy it again.");
  // A safetensors file begins with its header's length, whose bytes could be mistaken for another
  // format's signature.
  if (startsWith("\0\0\0\0{", 4)) {
    const { tensors, metadata } = readSafetensors(bytes);
    const read = (names: ReadonlySet<string>) => tensors.filter(({ name }) => names.has(name));
    return { format: "safetensors", metadata, stateDicts: [{ path: "", tensors, others: [], read }] };
  }
  if (startsWith("PK\x03\x04")) return { format: "pth-zip", stateDicts: openPthZip(bytes) };
  if (bytes[0] === 0x80) return { format: "pth-legacy", stateDicts: openPthLegacy(bytes) };
  if (startsWith("ustar", 257)) {
    throw new UserError(
      "The file was saved by PyTorch before 0.1.10 (a tar archive), which is not supported: load and save it with PyTorch 0.4 to 1.5.",
    );
  }
  if (startsWith("version https://git-lfs")) {
    throw new UserError("The file is only a Git LFS pointer: fetch the checkpoint itself with `git lfs pull`.");
  }
  if (startsWith("<")) throw new UserError("The file is a web page, not a checkpoint: download the file itself.");
  throw new UserError("The file is neither a PyTorch checkpoint nor a safetensors file.");
}
