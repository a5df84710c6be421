// Any checkpoint, whatever its extension says: the first bytes tell the format.

import { UserError } from "../errors.ts";
import { readPthLegacy, readPthZip } from "./pth.ts";
import { readSafetensors } from "./safetensors.ts";
import type { NamedTensor } from "./tensors.ts";

export interface Checkpoint {
  format: "pth-zip" | "pth-legacy" | "safetensors";
  /** In the file's order, without the prefixes that DataParallel and torch.compile put before every name. */
  tensors: NamedTensor[];
  /** The texts that a safetensors file carries along. */
  metadata?: Record<string, string>;
}

/** No checkpoint of a network here is larger: a U-Net with 64 filters in float64 takes 435 MB. */
export const maximumCheckpointBytes = 1024 * 1024 * 1024;

/**
 * Reads a checkpoint from a file's bytes. Its tensors may be views of them.
 * Throws a UserError, one sentence on what is wrong, at anything that is not a plain and whole checkpoint.
 */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  // Plain bytes even where Node gives a Buffer, whose slice() does not copy.
  const checkpoint = readByFormat(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return { ...checkpoint, tensors: stripPrefixes(checkpoint.tensors) };
}

function readByFormat(bytes: Uint8Array): Checkpoint {
  const startsWith = (text: string, at = 0) => [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
  if (bytes.length === 0) throw new UserError("The file is empty. Download or copy it again.");
  // safetensors begin with their header's length, which may look like the start of anything else.
  if (startsWith("\0\0\0\0{", 4)) return { format: "safetensors", ...readSafetensors(bytes) };
  if (startsWith("PK\x03\x04")) return { format: "pth-zip", tensors: readPthZip(bytes) };
  if (bytes[0] === 0x80) return { format: "pth-legacy", tensors: readPthLegacy(bytes) };
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

const prefixes = ["module.", "_orig_mod."];

function stripPrefixes(tensors: NamedTensor[]): NamedTensor[] {
  if (tensors.length === 0) return tensors;
  const prefix = prefixes.find((prefix) => tensors.every(({ name }) => name.startsWith(prefix)));
  if (!prefix) return tensors;
  return stripPrefixes(tensors.map((tensor) => ({ ...tensor, name: tensor.name.slice(prefix.length) })));
}
