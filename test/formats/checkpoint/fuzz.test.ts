// Thousands of damaged checkpoints: each is read, or refused with a UserError, and never
// slowly. `npm run test:all` reads five times as many, and FUZZ_FILES=1000000 takes longer still.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { crc32 } from "../../../src/formats/bytes/crc32.ts";
import { readCheckpoint } from "../../../src/formats/checkpoint/checkpoint.ts";
import { writeSafetensors } from "../../../src/formats/tensors/safetensors.ts";
import { elementCount, toFloat32 } from "../../../src/formats/tensors/tensors.ts";
import { writePth } from "../../../src/formats/torch/pth-write.ts";
import { identify } from "../../../src/nn/identify.ts";
import { bytes, zipOf } from "../assemble.ts";
import { random } from "../random.ts";

const files = Number(process.env.FUZZ_FILES ?? (process.env.PIXELCYCLE_TEST_ALL ? 60_000 : 12_000));
const folder = new URL("../fixtures/", import.meta.url);
const fixtures = ["", "torch2/"].flatMap((below) =>
  readdirSync(new URL(below, folder)).flatMap((name) => (name.endsWith(".pth") ? [below + name] : [])),
);
const seeds: Uint8Array[] = fixtures.map((name) => new Uint8Array(readFileSync(new URL(name, folder))));
for (const file of [...seeds]) {
  try {
    const { tensors } = readCheckpoint(file);
    seeds.push(writePth(tensors), writeSafetensors(tensors, { note: "fuzz" }));
  } catch {
    continue; // one of those that are there to be refused
  }
}

type Next = () => number;
const below = (next: Next, end: number) => Math.floor(next() * end);
const interesting = [
  0,
  1,
  2,
  4,
  8,
  16,
  0x7f,
  0x80,
  0xff,
  ..."().01NRQXacegijoqrstu}]b\x81\x85\x86\x87\x88\x8a\x8b\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96"
    .split("")
    .map((c) => c.charCodeAt(0)),
];

/** One small damage. */
function damage(file: Uint8Array, next: Next): Uint8Array {
  const at = below(next, file.length + 1);
  const value = next() < 0.5 ? below(next, 256) : interesting[below(next, interesting.length)];
  const other = seeds[below(next, seeds.length)];
  switch (below(next, 9)) {
    case 0:
      return file.slice(0, at);
    case 1: // a byte
    case 2:
      return file.length ? file.with(Math.min(at, file.length - 1), value) : file;
    case 3: // a bit
      return file.length ? file.with(at % file.length, file[at % file.length] ^ (1 << below(next, 8))) : file;
    case 4: // a byte more
      return bytes(file.subarray(0, at), value, file.subarray(at));
    case 5: // a range less
      return bytes(file.subarray(0, at), file.subarray(at + below(next, 40)));
    case 6: // a range twice
      return bytes(file.subarray(0, at), file.subarray(Math.max(0, at - below(next, 200))));
    case 7: {
      // a piece of another file
      const from = below(next, other.length);
      return bytes(file.subarray(0, at), other.subarray(from, from + below(next, 300)), file.subarray(at));
    }
    default: {
      // a field of four bytes
      const copy = file.slice();
      const field = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, below(next, 2 ** 32)][below(next, 6)];
      if (at + 4 <= copy.length) new DataView(copy.buffer).setUint32(at, field, true);
      return copy;
    }
  }
}

/**
 * Damage inside a zip member, with corrected checksums, so that it reaches the code behind the zip
 * reader.
 */
function damageMember(file: Uint8Array, next: Next): Uint8Array {
  const copy = file.slice();
  const view = new DataView(copy.buffer);
  const entries: [central: number, local: number, start: number, size: number][] = [];
  for (let at = view.getUint32(copy.length - 6, true); view.getUint32(at, true) === 0x02014b50;) {
    const local = view.getUint32(at + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    entries.push([at, local, start, view.getUint32(at + 24, true)]);
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  const [central, local, start, size] = entries[next() < 0.8 ? 0 : below(next, entries.length)];
  for (let i = 0; i <= below(next, 3) && size > 0; i++) {
    copy[start + below(next, size)] = next() < 0.3 ? below(next, 256) : interesting[below(next, interesting.length)];
  }
  const crc = crc32(copy.subarray(start, start + size));
  view.setUint32(central + 16, crc, true);
  if (view.getUint32(local + 14, true) !== 0) view.setUint32(local + 14, crc, true);
  return copy;
}

/** Random opcodes and arguments, mostly ones that a pickle knows. */
function randomPickle(next: Next): Uint8Array {
  const words = [
    "ccollections\nOrderedDict\n",
    ")R",
    "X\u0001\u0000\u0000\u0000w",
    "ctorch\nFloatStorage\n",
    "K\u0004",
    "}",
    "]",
  ];
  words.push(
    "ctorch._utils\n_rebuild_tensor_v2\n",
    "X\u0007\u0000\u0000\u0000storage",
    "(",
    "t",
    "Q",
    "R",
    "ctorch._tensor\n_rebuild_from_type_v2\n",
    "ctorch\nTensor\n",
    "cmine\nOptions\n",
    "imine\nOptions\n",
    "o",
    "0",
    "1",
    "b",
    "\x81",
    "u",
    "s",
    "q\u0001",
    "h\u0001",
  );
  const pieces = Array.from({ length: below(next, 60) }, () =>
    next() < 0.8 ? words[below(next, words.length)] : below(next, 256),
  );
  return bytes(...pieces);
}

describe("damaged files", () => {
  it(`${files} of them end in tensors or in a UserError`, () => {
    const zips = seeds.filter((file) => file[0] === 0x50 && file[1] === 0x4b);
    let readable = 0;
    let slowest = 0;
    for (let seed = 0; seed < files; seed++) {
      const next = random(seed);
      let file = seeds[below(next, seeds.length)];
      if (seed % 3 === 0) file = damageMember(zips[below(next, zips.length)], next);
      else if (seed % 20 === 1) file = zipOf(randomPickle(next));
      else for (let i = below(next, 3); i >= 0; i--) file = damage(file, next);

      const start = performance.now();
      try {
        const { tensors } = readCheckpoint(file);
        readable++;
        for (const tensor of tensors) {
          if (toFloat32(tensor).length !== elementCount(tensor.shape)) expect.fail(`seed ${seed}: ${tensor.name}`);
        }
        identify(tensors);
      } catch (error) {
        if (!(error instanceof UserError)) throw new Error(`seed ${seed}`, { cause: error });
        if (error.message.length > 1000 || /[\n\p{Cc}]/u.test(error.message))
          expect.fail(`seed ${seed}: ${error.message}`);
      }
      slowest = Math.max(slowest, performance.now() - start);
    }
    expect(slowest).toBeLessThan(5000);
    // Both outcomes must occur, or the damage is of the wrong kind.
    expect(readable).toBeGreaterThan(files / 100);
    expect(readable).toBeLessThan(files / 2);
  }, 3_600_000);
});
