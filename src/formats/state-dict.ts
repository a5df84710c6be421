// A state dict as any format holds it: names and shapes are known, bytes are read when it is known whose.

import type { DType, NamedTensor } from "./tensors.ts";

export interface StoredTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export interface StateDict {
  /** Keys of dicts and places in lists that lead to it, with dots between; empty for the file's own object. */
  readonly path: string;
  readonly tensors: readonly StoredTensor[];
  /** What lies between the tensors and is none: the names. */
  readonly others: readonly string[];
  /**
   * Reads tensors of these names, in the file's order.
   *
   * @throws UserError where the state dict as a whole is none, or the tensors would take more memory than such a file has reason to
   */
  read(names: ReadonlySet<string>): NamedTensor[];
}
