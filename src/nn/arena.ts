// Tensors of several networks side by side in one stretch of memory, so that an optimiser updates all of them in one dispatch. Each
// begins where a binding may begin; what lies between them is zero and stays zero.

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

  /** @param alignment the multiple of bytes at which a binding may begin */
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

  /** The whole of it, as one tensor. */
  get type(): TensorType {
    return vector(this.bytes / 4);
  }
}
