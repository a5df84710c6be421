// Stores the tensors of several networks contiguously, so that an optimiser updates all of them in
// one dispatch. Each begins at a valid binding offset. The gaps between them are zero and stay
// zero.

import { byteLength, vector, type TensorType } from "../kernels/core/operation.ts";

export interface ArenaEntry {
  readonly type: TensorType;
  /** In bytes. */
  readonly offset: number;
  readonly bytes: number;
}

export class Arena {
  readonly entries: ReadonlyMap<string, ArenaEntry>;
  readonly bytes: number;

  /** @param alignment binding offsets must be multiples of this, in bytes */
  constructor(types: ReadonlyMap<string, TensorType>, alignment: number) {
    const entries = new Map<string, ArenaEntry>();
    let offset = 0;
    for (const [name, type] of types) {
      const bytes = byteLength(type);
      entries.set(name, { type, offset, bytes });
      offset = Math.ceil((offset + bytes) / alignment) * alignment;
    }
    this.entries = entries;
    this.bytes = offset;
  }

  /** The whole arena as one tensor. */
  get type(): TensorType {
    return vector(this.bytes / 4);
  }
}
