// Reads what torch.save has written since PyTorch 1.6: a zip file. Its member `data.pkl` holds the
// pickled object, and each storage (a flat array that tensors are views of) is a member
// `data/<key>`. Source: torch/serialization.py.

import { UserError } from "../../errors.ts";
import { printable } from "../../printable.ts";
import { readZip } from "../bytes/zip.ts";
import { readPickle } from "../pickle/machine.ts";
import type { StateDict } from "../tensors/state-dict.ts";
import { bytesPerElement } from "../tensors/tensors.ts";
import { findStateDicts } from "./find-state-dicts.ts";
import { TorchHost, type Storage } from "./objects.ts";

/** The state dicts of a file. Contiguous tensors are views of `bytes`. */
export function openPthZip(bytes: Uint8Array): StateDict[] {
  const members = new Map(readZip(bytes).map(({ name, data }) => [name, data]));
  const pickles = [...members.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    throw new UserError("The zip file does not hold exactly one data.pkl, so torch.save did not write it.");
  }
  const root = pickles[0].slice(0, -"data.pkl".length);
  const record = members.get(`${root}byteorder`)?.subarray(0, 16);
  const byteOrder = record ? new TextDecoder().decode(record) : "little";
  if (byteOrder !== "little" && byteOrder !== "big") {
    throw new UserError(`The file's byte order is ${printable(byteOrder)}; only little and big are supported.`);
  }

  const host = new TorchHost();
  const data = new Map<Storage, Uint8Array>();
  const { value } = readPickle(members.get(pickles[0])!, 0, host);
  const stateDicts = findStateDicts(value, { data, fileSize: bytes.length, bigEndian: byteOrder === "big" });
  for (const storage of host.storages.values()) {
    const size = storage.length * bytesPerElement[storage.dtype];
    const member = members.get(`${root}data/${storage.key}`);
    if (member?.length !== size) {
      const found = member ? `${member.length} bytes` : "missing";
      throw new UserError(
        `The file is damaged: storage ${printable(storage.key)} should hold ${size} bytes but is ${found}.`,
      );
    }
    data.set(storage, member);
  }
  return stateDicts;
}
