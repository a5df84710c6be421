// A state dict of any format. Names and shapes are known immediately; bytes are read once the
// network is chosen.

import type { DType, NamedTensor } from "./tensors.ts";

export interface StoredTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export interface StateDict {
  /**
   * The path to it: keys of dicts and indices in lists, joined by dots; empty for the file's
   * top-level object.
   */
  readonly path: string;
  readonly tensors: readonly StoredTensor[];
  /** The names of entries that are not tensors. */
  readonly others: readonly string[];
  /**
   * Reads the tensors of these names, in the file's order.
   *
   * @throws UserError if the state dict as a whole is invalid, or if the tensors would take more
   * memory than such a file has reason to
   */
  read(names: ReadonlySet<string>): NamedTensor[];
}
