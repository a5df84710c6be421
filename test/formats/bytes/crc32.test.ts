import { expect, test } from "vitest";
import { crc32 } from "../../../src/formats/bytes/crc32.ts";

test("is the known checksum, at every length and offset", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  const data = Uint8Array.from({ length: 64 }, (_, i) => (i * 37) & 255);
  for (let start = 0; start < 9; start++) {
    for (let end = start; end <= 64; end++) {
      let bitwise = 0xffffffff;
      for (const byte of data.subarray(start, end)) {
        bitwise ^= byte;
        for (let bit = 0; bit < 8; bit++) bitwise = (bitwise >>> 1) ^ (bitwise & 1 ? 0xedb88320 : 0);
      }
      expect(crc32(data.subarray(start, end))).toBe(~bitwise >>> 0);
    }
  }
});
