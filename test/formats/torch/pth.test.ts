import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { readCheckpoint } from "../../../src/formats/checkpoint/checkpoint.ts";
import { readSafetensors, writeSafetensors } from "../../../src/formats/tensors/safetensors.ts";
import {
  bytesPerElement,
  elementCount,
  toFloat32,
  type DType,
  type NamedTensor,
} from "../../../src/formats/tensors/tensors.ts";
import { writePth } from "../../../src/formats/torch/pth-write.ts";
import { python, pythonHas } from "../../python.ts";
import { dict, legacyOf, tensor, text, tuple, integer, zipOf } from "../assemble.ts";
import expected from "../fixtures/expected.json" with { type: "json" };
import { random } from "../random.ts";

// What fixtures/make.py made with PyTorch 1.13, and the values that PyTorch says are in it.
const fixtures = Object.entries(expected as Record<string, Record<string, ExpectedTensor> | null>);
type ExpectedTensor = { dtype: string; shape: number[]; values: string[] };

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)));
}

/** Python's str() of a float, read back. */
function parseValue(value: string): number {
  return value === "nan" ? NaN : Number(value.replace("inf", "Infinity"));
}

describe("files that PyTorch wrote", () => {
  it.each(fixtures.filter(([, tensors]) => tensors !== null))("%s", (name, tensors) => {
    const checkpoint = readCheckpoint(fixture(name));
    expect(checkpoint.format).toBe(name.includes(".legacy.") ? "pth-legacy" : "pth-zip");
    expect(checkpoint.tensors.map(({ name }) => name)).toEqual(Object.keys(tensors!));
    for (const found of checkpoint.tensors) {
      const { dtype, shape, values } = tensors![found.name];
      expect(found).toMatchObject({ dtype, shape });
      expect([...toFloat32(found)], found.name).toEqual(values.map((value) => Math.fround(parseValue(value))));
    }
  });

  it.each([
    ["command", /would run (posix|nt)\.system when loaded by Python; refused/],
    ["whole-module", /whole pickled object of the class networks\.ResnetGenerator.*model\.state_dict\(\)/],
    ["several", /several networks: G, D\. Choose one by its key, as in `key` G\.$/],
    ["tensor", /does not hold a state dict/],
    ["no-tensors", /holds no tensors/],
  ])("%s is refused for the right reason, in both forms", (stem, reason) => {
    for (const form of ["zip", "legacy"]) {
      expect(() => readCheckpoint(fixture(`${stem}.${form}.pth`))).toThrow(reason);
      expect(() => readCheckpoint(fixture(`${stem}.${form}.pth`))).toThrow(UserError);
    }
  });
  it("a numpy scalar beside the tensors is skipped", () => {
    for (const form of ["zip", "legacy"]) {
      expect(readCheckpoint(fixture(`numpy-scalar.${form}.pth`)).tensors.length).toBeGreaterThan(0);
    }
  });
  it("a TorchScript program is refused as one", () => {
    expect(() => readCheckpoint(fixture("torchscript.zip.pth"))).toThrow(/TorchScript/);
  });
  it("every fixture is either read or listed as refused", () => {
    expect(fixtures.filter(([, tensors]) => tensors === null)).toHaveLength(13);
  });
});

describe("forms of newer and older PyTorch", () => {
  const one = dict([text("w"), tensor()]);
  it("big-endian storages are converted", () => {
    const big = Uint8Array.of(0x3f, 0xc0, 0, 0, 0xc0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const read = (byteorder: string) => {
      const file = Buffer.from(zipOf(one, { 0: big }, { byteorder }));
      const before = Buffer.from(file);
      const values = toFloat32(readCheckpoint(file).tensors[0]);
      expect(file.equals(before)).toBe(true);
      return values;
    };
    expect([...read("big")]).toEqual([1.5, -2.5]);
    expect([...read("little")]).not.toEqual([1.5, -2.5]);
    expect(() => read("middle")).toThrow(/byte order is middle/);
  });
  it("the records that PyTorch 2 adds are ignored", () => {
    const extra = {
      byteorder: "little",
      ".data/serialization_id": "1234",
      ".format_version": "1",
      ".storage_alignment": "64",
    };
    expect(readCheckpoint(zipOf(one, undefined, extra)).tensors).toHaveLength(1);
  });
  it("views of storages, as PyTorch 0.3 wrote them, count from the view's start", () => {
    const values = new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer);
    const view = tuple(text("view"), integer(1), integer(3));
    const file = legacyOf(dict([text("w"), tensor({ view, offset: 1 })]), { 0: values });
    expect([...toFloat32(readCheckpoint(file).tensors[0])]).toEqual([3, 4]);
    const beyond = tuple(text("view"), integer(2), integer(3));
    expect(() => readCheckpoint(legacyOf(dict([text("w"), tensor({ view: beyond })])))).toThrow(
      /view leaves storage 0/,
    );
  });
});

function randomTensors(seed: number): NamedTensor[] {
  const next = random(seed);
  const dtypes = Object.keys(bytesPerElement) as DType[];
  const names = ["main.0.weight", "0", "__proto__", "constructor", "größe.重み", "a".repeat(300), "toString"];
  return names.slice(0, 1 + Math.floor(next() * names.length)).map((name) => {
    const dtype = dtypes[Math.floor(next() * dtypes.length)];
    const shape = Array.from({ length: Math.floor(next() * 5) }, () => Math.floor(next() * 4));
    const data = Uint8Array.from({ length: elementCount(shape) * bytesPerElement[dtype] }, () =>
      Math.floor(next() * 256),
    );
    return { name, dtype, shape, data: dtype === "bool" ? data.map((byte) => byte & 1) : data };
  });
}

describe("writing and reading again", () => {
  const seeds = Array.from({ length: 200 }, (_, i) => i);
  const passedOver = { prefixes: [], tensors: [], others: [], networks: [] };
  it("gives the same tensors, as .pth and as safetensors, and the same bytes each time", () => {
    for (const seed of seeds) {
      const tensors = randomTensors(seed);
      expect(readCheckpoint(writePth(tensors)), `seed ${seed}`).toEqual({ format: "pth-zip", tensors, passedOver });
      expect(writePth(tensors)).toEqual(writePth(tensors));
      const metadata: Record<string, string> = seed % 2 ? { cell: "4", constructor: "é" } : {};
      const safetensors = writeSafetensors(tensors, metadata);
      expect(readCheckpoint(safetensors), `seed ${seed}`).toEqual({
        format: "safetensors",
        tensors,
        metadata,
        passedOver,
      });
    }
  });
  it("distinguishes safetensors from pickles, whatever the length of the header", () => {
    for (let length = 1; length < 300; length++) {
      const tensors: NamedTensor[] = [{ name: "x".repeat(length), dtype: "uint8", shape: [0], data: new Uint8Array() }];
      expect(readCheckpoint(writeSafetensors(tensors))).toMatchObject({ format: "safetensors", tensors });
    }
  });
  it("aligns every storage to 64 bytes, as torch does, and elements of safetensors to their size", () => {
    for (const seed of seeds) {
      for (const { data } of readCheckpoint(writePth(randomTensors(seed))).tensors)
        expect(data.byteOffset % 64).toBe(0);
      for (const { data, dtype } of readSafetensors(writeSafetensors(randomTensors(seed))).tensors) {
        expect(data.byteOffset % bytesPerElement[dtype]).toBe(0);
      }
    }
  });
});

describe.skipIf(!pythonHas("torch"))("PyTorch reads our files", () => {
  const script = `
import json, sys, torch
state = torch.load(sys.argv[1], weights_only=True)
assert type(state).__name__ == "OrderedDict"
print(json.dumps([[n, str(t.dtype)[6:], list(t.shape), [str(v) for v in t.double().flatten().tolist()]] for n, t in state.items()]))`;
  it("with weights_only=True, every dtype", () => {
    const folder = mkdtempSync(join(tmpdir(), "pixelcycle-"));
    const file = join(folder, "written.pth");
    try {
      for (const seed of [1, 2, 3]) {
        const tensors = [...randomTensors(seed), ...readCheckpoint(fixture("dtypes.zip.pth")).tensors];
        writeFileSync(file, writePth(tensors));
        const { stdout, stderr, status } = spawnSync(python, ["-c", script, file], { encoding: "utf8" });
        expect(status, stderr).toBe(0);
        const read = JSON.parse(stdout) as [string, string, number[], string[]][];
        expect(read.map(([name, dtype, shape]) => ({ name, dtype, shape }))).toEqual(
          tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
        );
        read.forEach(([, , , values], i) => {
          expect(values.map((value) => Math.fround(parseValue(value)))).toEqual([...toFloat32(tensors[i])]);
        });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
