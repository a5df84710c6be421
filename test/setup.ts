// For every test file: numbers in typed arrays are compared as memory. vitest goes through such an array place by place, and asks each for its
// name: megabytes take it seconds. What is not the same bytes is left to it, and to what it shows of the difference.

import { expect } from "vitest";

expect.addEqualityTesters([
  (a: unknown, b: unknown) => {
    if (!isNumbers(a) || !isNumbers(b) || a.constructor !== b.constructor) return undefined;
    return bytesOf(a).equals(bytesOf(b)) ? true : undefined;
  },
]);

function isNumbers(value: unknown): value is ArrayBufferView {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
