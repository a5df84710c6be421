// A hash that shows whether something has changed.

import { createHash, type BinaryLike } from "node:crypto";

/** SHA-256 of the concatenated values, in hexadecimal digits. */
export function hashOf(...values: readonly BinaryLike[]): string {
  const hash = createHash("sha256");
  for (const value of values) hash.update(value);
  return hash.digest("hex");
}
