// Small results return through a ring of buffers, and an error does not shorten the ring.

import { expect, test } from "vitest";
import { ReadbackRing } from "../../src/gpu/readback.ts";
import { openTestGpu } from "../gpu.ts";

const gpu = await openTestGpu();

test("ranges return in order, and failed reads do not shorten the ring", async () => {
  const numbers = Uint32Array.from({ length: 8 }, (_, i) => 100 + i);
  const buffer = await gpu.buffers.upload(numbers, "numbers");
  const ring = await ReadbackRing.create(gpu, 16, 1);
  await expect(ring.read([{ buffer, offset: 0, size: 20 }])).rejects.toThrow("20 bytes do not fit a ring of 16.");
  // The device refuses copies whose offset is not a multiple of 4.
  await expect(ring.read([{ buffer, offset: 2, size: 4 }])).rejects.toThrow(/4/);
  await ring.room();
  const read = ring.read([
    { buffer, offset: 4, size: 8 },
    { buffer, offset: 24, size: 4 },
  ]);
  await expect(ring.read([{ buffer, offset: 0, size: 4 }])).rejects.toThrow("no room");
  expect(new Uint32Array(await read)).toEqual(Uint32Array.of(101, 102, 106));
});
