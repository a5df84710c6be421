// What tells whether a file is still the same.

import { createHash } from "node:crypto";

/** SHA-256, in hexadecimal digits. */
export function hashOf(value: Uint8Array | string): string {
  return createHash("sha256").update(value).digest("hex");
}
