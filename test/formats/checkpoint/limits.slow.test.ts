// The most expensive files within the limits: each is processed within 5 s of processor time (the
// machine may be busy with other tests) and 300 MB above its own size, measured in its own process.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { writeZip } from "../../../src/formats/bytes/zip.ts";
import { testFolder } from "../../folder.ts";
import { bytes, dict, global, integer, legacyOf, little, tensor, text, tuple, zipOf, type Piece } from "../assemble.ts";

const folder = testFolder("limits");

const reader = join(folder, "reader.mjs");
buildSync({
  stdin: {
    contents: `
      import { readFileSync, statSync } from "node:fs";
      import { readNetworkFile } from "./src/cli/files/checkpoint-file.ts";
      const start = process.cpuUsage();
      let outcome = "read";
      try {
        await readNetworkFile(process.argv[2]);
      } catch (error) {
        outcome = error.name + ": " + error.message;
      }
      const { user, system } = process.cpuUsage(start);
      const milliseconds = (user + system) / 1000;
      const megabytes = (mostMemory() - statSync(process.argv[2]).size) / 1e6;
      console.log(JSON.stringify({ outcome, milliseconds, megabytes }));

      // Linux lets a process inherit the maxRSS of the one that started it, a test runner full of
      // files; VmHWM is its own.
      function mostMemory() {
        if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
        return Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
      }`,
    resolveDir: fileURLToPath(new URL("../../../", import.meta.url)),
  },
  bundle: true,
  platform: "node",
  format: "esm",
  outfile: reader,
});

const repeat = (count: number, ...pieces: Piece[]) => {
  const one = bytes(...pieces);
  const all = new Uint8Array(count * one.length);
  for (let i = 0; i < count; i++) all.set(one, i * one.length);
  return all;
};
const header = (json: string) => bytes(little(json.length, 8), json);
const memo = (index: number): Piece => ["h", index];

const files: Record<string, () => Uint8Array> = {
  "a million lists": () => zipOf(repeat(999_000, "]")),
  "a million dicts": () => zipOf(repeat(999_000, "}")),
  "a legacy file's million dicts": () => legacyOf(repeat(999_000, "}")),
  "marks within marks": () => zipOf(repeat(330_000, "(Nt")),
  "nested tuples": () => zipOf(["N", repeat(999_000, 0x85)]),
  "numbers of 16 bytes": () => zipOf(repeat(900_000, 0x8a, 16, little(2n ** 120n, 16))),
  "a full memo": () => {
    const puts = repeat(499_000, "]r", little(0, 4));
    const view = new DataView(puts.buffer);
    for (let i = 0; i < 499_000; i++) view.setUint32(6 * i + 2, i, true);
    return zipOf(puts);
  },
  "long texts": () => zipOf(repeat(255, ["X", little(65_536, 4), new Uint8Array(65_536).fill(120)])),
  "sets that are not built": () => zipOf(repeat(999_000, 0x8f)),
  "names of functions that are not called": () => zipOf(repeat(499_000, "cm\nf\n0")),
  "one list of pairs that is made a dict again and again": () => {
    const pairs = ["](", repeat(100_000, "NN", 0x86), "eq", 0, "0"];
    return zipOf([pairs, global("collections", "OrderedDict"), "q", 1, repeat(150_000, memo(1), memo(0), 0x85, "R0")]);
  },
  "a wide dict of tensors that is reached by many paths": () => {
    const tensors = [
      tensor(),
      "q",
      0,
      "0}(",
      Array.from({ length: 9_000 }, (_, i) => [text(`m.${i}.weight`), memo(0)]),
    ];
    return zipOf([tensors, "uq", 1, "0](", repeat(15_000, memo(1)), "e"]);
  },
  "dicts of dicts, wide and deep": () => {
    const inner = ["](", repeat(900, "]"), "eq", 0, "0"];
    const levels = Array.from({ length: 7 }, (_, i) => ["](", repeat(900, memo(i)), "eq", i + 1, "0"]);
    return zipOf([inner, levels, dict([text("a"), memo(7)])]);
  },
  "thousands of networks": () => {
    const name = (i: number, rest: string) => text(`n${i}.model.1.${rest}`);
    const networks = Array.from({ length: 10_000 }, (_, i) => [
      ...[name(i, "weight"), memo(0), name(i, "bias"), memo(0)],
    ]);
    return zipOf([tensor(), "q", 0, "0}(", networks, "u"]);
  },
  "names of many words": () => {
    const name = (i: number) => text(`${"model.".repeat(80)}${i}.weight`);
    return zipOf([tensor(), "q", 0, "0}(", Array.from({ length: 19_000 }, (_, i) => [name(i), memo(0)]), "u"]);
  },
  storages: () => {
    const start = [text("storage"), "q", 0, global("torch", "FloatStorage"), "q", 1];
    const one = (i: number): Piece => [tuple(memo(0), memo(1), text(String(i)), "N", integer(0)), "Q"];
    return zipOf([start, Array.from({ length: 120_000 }, (_, i) => one(i))]);
  },
  "20,000 tensors": () => {
    return zipOf(dict(...Array.from({ length: 20_000 }, (_, i): [Piece, Piece] => [text(`w${i}`), tensor()])));
  },
  "32,768 members": () => {
    return writeZip(Array.from({ length: 32_768 }, (_, i) => ({ name: `archive/data/${i}`, data: bytes() })));
  },
  "208 MiB to be put in order": () => {
    const side = 208 * 256;
    const object = dict([text("w"), tensor({ length: 1024 * side, shape: [side, 1024], strides: [1, side] })]);
    return zipOf(object, { 0: new Uint8Array(4 * 1024 * side) });
  },
  "a wrong checksum at the end of 100 MB": () => {
    const file = writeZip([{ name: "archive/data/0", data: new Uint8Array(100e6) }]);
    file[file.length - 200] ^= 1;
    return file;
  },
  "a header of lists": () => header(`{"a":[${"[],".repeat(1_390_000)}[]]}`),
  "a header of objects": () => header(`{"a":[${"{},".repeat(1_390_000)}{}]}`),
  "a header of one long name": () => header(`{"${"x".repeat(4_000_000)}":1}`),
  "a header of open quotes": () => header(`{${'"\\'.repeat(2_000_000)}`),
};

describe("within 5 s and 300 MB above the file's size", () => {
  it.each(Object.keys(files))("%s", (name) => {
    const path = join(folder, "file");
    writeFileSync(path, files[name]());
    const { stdout, stderr, status } = spawnSync(process.execPath, [reader, path], {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(status, stderr).toBe(0);
    const { outcome, milliseconds, megabytes } = JSON.parse(stdout);
    expect(outcome).toMatch(/^UserError: .{1,1000}$/);
    expect(milliseconds, outcome).toBeLessThan(5000);
    expect(megabytes, outcome).toBeLessThan(300);
    if (process.env.LIMITS_REPORT)
      console.log(`${name}: ${Math.round(milliseconds)} ms, ${Math.round(megabytes)} MB: ${outcome}`);
  });
});
