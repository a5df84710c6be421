// Zip files of all kinds, and what an untrusted one must not do to a page.

import { zipSync, type Zippable } from "fflate";
import { describe, expect, test } from "vitest";
import { uniqueNames } from "../../demo/train/storage/picture-copy.ts";
import { runIn } from "../../demo/train/storage/run-archive.ts";
import { readDirectory, readEntry, readWhole } from "../../demo/train/storage/zip-reader.ts";
import { UserError } from "../../src/errors.ts";

const text = new TextEncoder();
const large = Uint8Array.from({ length: 9_000_000 }, (_, i) => (i * 7919) >> 8);
const files: Zippable = {
  "run/latest_state.safetensors": [large, { level: 0 }],
  "run/metrics.jsonl": text.encode("{}\n".repeat(100_000)),
  "run/empty": new Uint8Array(),
  "run/data/trainA/ä.png": text.encode("a picture"),
};
const zipOf = (files: Zippable) => new Blob([zipSync(files) as Uint8Array<ArrayBuffer>]);

/** A zip file with its bytes changed. */
function altered(files: Zippable, change: (bytes: Buffer) => void): Blob {
  const bytes = Buffer.from(zipSync(files));
  change(bytes);
  return new Blob([bytes]);
}

async function unpacked(zip: Blob, mostBytes = 1e9): Promise<Record<string, Buffer>> {
  const result: Record<string, Buffer> = {};
  for (const entry of await readDirectory(zip, mostBytes))
    result[entry.name] = Buffer.from(await readWhole(zip, entry));
  return result;
}

test("stored and deflated members are read unchanged", async () => {
  const result = await unpacked(zipOf(files));
  expect(Object.keys(result)).toEqual(Object.keys(files));
  expect(result["run/latest_state.safetensors"].equals(Buffer.from(large))).toBe(true);
  expect(result["run/metrics.jsonl"].toString()).toBe("{}\n".repeat(100_000));
  expect(result["run/empty"]).toHaveLength(0);
});

describe("names that lead elsewhere are refused before anything is unpacked", () => {
  test.each([
    "../evil",
    "run/../../evil",
    "/etc/passwd",
    "C:/evil",
    "run\\..\\evil",
    "run//evil",
    "./run",
    "run/\0evil",
  ])("%j", async (name) => {
    const read = readDirectory(
      zipOf({ "run/latest_state.safetensors": text.encode("a state"), [name]: text.encode("x") }),
      1e9,
    );
    await expect(read).rejects.toThrow(UserError);
    await expect(read).rejects.toThrow(/refused.*Nothing was unpacked/);
  });

  test("and so is a name that occurs twice, ignoring case", async () => {
    await expect(readDirectory(zipOf({ "run/a": text.encode("x"), "run/A": text.encode("y") }), 1e9)).rejects.toThrow(
      /occurs twice/,
    );
  });
});

describe("sizes", () => {
  test("larger than the free space are refused", async () => {
    await expect(readDirectory(zipOf(files), 1e6)).rejects.toThrow(/only 0\.0 GB are free.*Nothing was unpacked/);
  });

  test("that a member exceeds are detected, not unpacked", async () => {
    // 20 MB of zeros that claim to be 1000 bytes.
    const bomb = altered({ bomb: new Uint8Array(20e6) }, (bytes) =>
      bytes.writeUInt32LE(1000, bytes.indexOf("PK\x01\x02") + 24),
    );
    const [entry] = await readDirectory(bomb, 1e6);
    let length = 0;
    const read = async () => {
      for await (const piece of readEntry(bomb, entry)) length += piece.length;
    };
    await expect(read()).rejects.toThrow(/larger than it claims/);
    expect(length).toBe(0);
  });
});

describe("damage is reported", () => {
  test("at any truncation", async () => {
    const whole = Buffer.from(
      zipSync({ "run/a": text.encode("some text that is long enough"), "run/b": large.subarray(0, 999) }),
    );
    for (let length = 0; length < whole.length; length += 7) {
      await expect(unpacked(new Blob([whole.subarray(0, length)])), `${length} bytes`).rejects.toThrow(UserError);
    }
  });

  test("by a checksum, stored or deflated", async () => {
    for (const level of [0, 6] as const) {
      const zip = altered({ "run/a": [text.encode("abcdefgh".repeat(50)), { level }] }, (bytes) => (bytes[40] ^= 1));
      await expect(unpacked(zip)).rejects.toThrow(/damaged/);
    }
  });

  test("for a file that is not a zip", async () => {
    await expect(readDirectory(new Blob(["something else entirely, and longer than 22 bytes"]), 1e9)).rejects.toThrow(
      /not a zip file/,
    );
  });

  test("and random bytes throw nothing but sentences", async () => {
    const whole = zipSync({ "run/a": text.encode("abc".repeat(100)), "run/b": large.subarray(0, 99) });
    for (let at = 0; at < whole.length; at++) {
      for (const value of [0, 255, whole[at] ^ 16]) {
        const bytes = whole.slice();
        bytes[at] = value;
        await unpacked(new Blob([bytes as Uint8Array<ArrayBuffer>])).catch((error: unknown) => {
          expect(error, `byte ${at} as ${value}: ${(error as Error).stack}`).toBeInstanceOf(UserError);
        });
      }
    }
  });
});

describe("a run in a zip file", () => {
  const inZip = async (names: readonly string[]) =>
    runIn(await readDirectory(zipOf(Object.fromEntries(names.map((name) => [name, text.encode("x")]))), 1e9));

  test("is the folder with a state, without what a Mac adds", async () => {
    const names = [
      "a/b/latest_state.safetensors",
      "a/b/data/trainA/1.png",
      "a/b/.DS_Store",
      "__MACOSX/a/b/x",
      "readme",
    ];
    const { prefix, members } = await inZip(names);
    expect(prefix).toBe("a/b/");
    expect(members.map(({ below }) => below)).toEqual(["latest_state.safetensors", "data/trainA/1.png"]);
    expect((await inZip(["latest_state.safetensors"])).prefix).toBe("");
  });

  test("must exist exactly once", async () => {
    await expect(inZip(["run/latest_net_G_A.pth"])).rejects.toThrow(/no run in this zip file/);
    await expect(inZip(["a/latest_state.safetensors", "b/latest_state.safetensors"])).rejects.toThrow(/2 runs/);
  });
});

test("pictures get unique names, ignoring case, and none is hidden", () => {
  const long = "漢".repeat(83) + ".png";
  for (const name of uniqueNames([long, long])) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  expect(uniqueNames(["a.png", "A.PNG", "a.png", ".b.jpg", "b.jpg", "a-2.png"])).toEqual([
    "a.png",
    "A-2.PNG",
    "a-3.png",
    "b.jpg",
    "b-2.jpg",
    "a-2-2.png",
  ]);
});
