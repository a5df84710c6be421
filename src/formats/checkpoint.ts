// Any checkpoint, whatever its extension says: the first bytes tell the format.

import { UserError } from "../errors.ts";
import { printable } from "./printable.ts";
import { readPthLegacy, readPthZip } from "./pth.ts";
import { readSafetensors } from "./safetensors.ts";
import type { NamedTensor } from "./tensors.ts";

export interface Checkpoint {
  format: "pth-zip" | "pth-legacy" | "safetensors";
  /** In the file's order, without the prefixes that DataParallel and torch.compile put before every name. */
  tensors: NamedTensor[];
  /** The texts that a safetensors file carries along. */
  metadata?: Record<string, string>;
  /** Tensors that are no network's and were left out: counts of operations, copies that average over time. */
  passedOver?: string[];
}

/** No checkpoint of a network here is larger: a U-Net with 64 filters in float64 takes 435 MB. */
export const maximumCheckpointBytes = 1024 * 1024 * 1024;

/**
 * Reads a checkpoint from a file's bytes. Its tensors may be views of them.
 *
 * @param key leads to the network that is wanted where the file holds several: keys of dicts, or what its names begin with
 * Throws a UserError, one sentence on what is wrong, at anything that is not a plain and whole checkpoint.
 */
export function readCheckpoint(bytes: Uint8Array, key?: string): Checkpoint {
  // Plain bytes even where Node gives a Buffer, whose slice() does not copy.
  const checkpoint = readByFormat(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), key);
  return { ...checkpoint, ...oneNetwork(checkpoint.tensors, key) };
}

function readByFormat(bytes: Uint8Array, key: string | undefined): Checkpoint {
  const startsWith = (text: string, at = 0) => [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
  if (bytes.length === 0) throw new UserError("The file is empty. Download or copy it again.");
  // safetensors begin with their header's length, which may look like the start of anything else.
  if (startsWith("\0\0\0\0{", 4)) return { format: "safetensors", ...readSafetensors(bytes) };
  if (startsWith("PK\x03\x04")) return { format: "pth-zip", tensors: readPthZip(bytes, key) };
  if (bytes[0] === 0x80) return { format: "pth-legacy", tensors: readPthLegacy(bytes, key) };
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

/** What thop leaves in a network that it has measured. */
const isCount = (name: string) => /(^|\.)total_(ops|params)$/.test(name);
/** What stands before the names of a network's own tensors: `netG_A.` of `netG_A.model.1.weight`. */
const beginning = /^(.*?)(?:model\.(?:model\.)?\d+\.|net\.\d+\.)/;
/** DataParallel and torch.compile. */
const wrapper = /^(?:module\.|_orig_mod\.)+/;

/** The tensors of one network by its own names. @throws UserError where there are several networks and no key */
function oneNetwork(all: readonly NamedTensor[], key: string | undefined): Pick<Checkpoint, "tensors" | "passedOver"> {
  const measured = all.some(({ name }) => beginning.test(name));
  const passedOver = measured ? all.filter(({ name }) => isCount(name)).map(({ name }) => name) : [];
  const unwrapped = all
    .filter(({ name }) => !passedOver.includes(name))
    .map((tensor) => ({ ...tensor, name: tensor.name.replace(wrapper, "") }));
  const beginningOf = ({ name }: NamedTensor) => beginning.exec(name)?.[1];
  const beginnings = [...new Set(unwrapped.map(beginningOf).filter((text) => text !== undefined))];
  const spelled = (text: string) => text.replace(/\.$/, "");
  const wanted = beginnings.filter(
    (text) => key !== undefined && (key === spelled(text) || key.endsWith(`.${spelled(text)}`)),
  );
  const own = beginnings.filter((text) => !/(^|[._])ema([._]|$)/i.test(text));
  const [first, second] = wanted.length > 0 ? wanted : own.length > 0 ? own : beginnings;
  if (first === undefined) return named(unwrapped, passedOver);
  if (second !== undefined) {
    const names = beginnings.map((text) => printable(spelled(text)) || "(none)").slice(0, 8);
    throw new UserError(
      `The file holds several networks, whose names begin with ${names.join(", ")}: choose one by --key, as in --key ${names[0]}.`,
    );
  }
  const others = unwrapped.filter((tensor) => ![first, undefined].includes(beginningOf(tensor)));
  const tensors = unwrapped
    .filter((tensor) => !others.includes(tensor))
    .map((tensor) => ({
      ...tensor,
      name: beginningOf(tensor) === first ? tensor.name.slice(first.length) : tensor.name,
    }));
  return named(tensors, [...passedOver, ...others.map(({ name }) => name)]);
}

/** @throws UserError where two tensors have come to one name */
function named(tensors: NamedTensor[], passedOver: string[]): Pick<Checkpoint, "tensors" | "passedOver"> {
  const names = new Set<string>();
  for (const { name } of tensors) {
    if (names.has(name))
      throw new UserError(`The state dict holds ${printable(name)} twice, with module. and without; refused.`);
    names.add(name);
  }
  return { tensors, ...(passedOver.length > 0 && { passedOver }) };
}
