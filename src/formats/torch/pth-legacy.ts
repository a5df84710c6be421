// Reads what torch.save wrote before PyTorch 1.6: three small pickles (a magic number, a version,
// the machine's type sizes), then the object, the list of storage keys, and each storage as its
// length and its bytes. Source: torch/serialization.py.

import { UserError } from "../../errors.ts";
import { printable } from "../../printable.ts";
import { readPickle } from "../pickle/machine.ts";
import { PickleList } from "../pickle/values.ts";
import type { StateDict } from "../tensors/state-dict.ts";
import { bytesPerElement } from "../tensors/tensors.ts";
import { findStateDicts } from "./find-state-dicts.ts";
import { maximumTensors, TorchHost, type Storage } from "./objects.ts";

const legacyMagic = 0x1950a86a20f9469cfc6cn;
/** The most steps for the pickles around the object, which hold a number or a small dict. */
const smallPickle = 1000;

/**
 * The state dicts of a file. Its storages are always little-endian. Contiguous tensors are views of
 * `bytes`.
 */
export function openPthLegacy(bytes: Uint8Array): StateDict[] {
  const host = new TorchHost();
  let at = 0;
  const next = (maximumSteps?: number) => {
    const { value, end } = readPickle(bytes, at, host, maximumSteps);
    at = end;
    return value;
  };
  if (next(smallPickle) !== legacyMagic)
    throw new UserError("The file is a Python pickle, but not one that torch.save wrote.");
  const version = next(smallPickle);
  if (version !== 1001) throw new UserError("The file was written by an unsupported version of torch.save.");
  next(smallPickle); // the writer's type sizes, on which nothing depends
  const data = new Map<Storage, Uint8Array>();
  // The object goes first: an error in it says more than one in the storages, which are still
  // unread.
  const stateDicts = findStateDicts(next(), { data, fileSize: bytes.length, bigEndian: false });
  const keys = next(5 * maximumTensors);
  if (!(keys instanceof PickleList)) throw new UserError("The file is damaged: its list of storages is missing.");

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  keys.items.forEach((key, i) => {
    // A storage's length in bytes follows from its type, so an unreadable type hides where it ends.
    const unread = typeof key === "string" ? host.unread.get(key) : undefined;
    if (unread) throw unread.refusal;
    const storage = typeof key === "string" ? host.storages.get(key) : undefined;
    if (!storage || data.has(storage)) throw new UserError("The file is damaged: its list of storages is wrong.");
    const size = storage.length * bytesPerElement[storage.dtype];
    if (at + 8 + size > bytes.length) {
      throw new UserError(
        `The file is cut off: storage ${i + 1} of ${keys.items.length} needs ${size} bytes, but only ` +
          `${Math.max(0, bytes.length - at - 8)} are left. Download or copy it again.`,
      );
    }
    if (view.getBigInt64(at, true) !== BigInt(storage.length)) {
      throw new UserError(`The file is damaged: storage ${printable(storage.key)} has two lengths.`);
    }
    data.set(storage, bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size;
  });
  if (data.size !== host.storages.size) throw new UserError("The file is damaged: a storage is missing.");
  return stateDicts;
}
