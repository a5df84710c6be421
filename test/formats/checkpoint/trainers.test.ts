// Checkpoints as other trainers save them with PyTorch 2, made by fixtures/torch2/make.py, and
// PyTorch's own list of their contents.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { openCheckpoint, readCheckpoint } from "../../../src/formats/checkpoint/checkpoint.ts";
import { toFloat32, type NamedTensor } from "../../../src/formats/tensors/tensors.ts";
import { looksLikeGenerator } from "../../../src/nn/identify.ts";
import expected from "../fixtures/torch2/expected.json" with { type: "json" };

type State = Record<string, { dtype: string; shape: number[]; values: number[] }>;

const folder = new URL("../fixtures/torch2/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".pth"));
const open = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
const networksOf = (name: string) =>
  Object.entries((expected as Record<string, Record<string, State>>)[name.split(".")[0]]);
const statesOf = (tensors: readonly NamedTensor[]) =>
  Object.fromEntries(
    tensors.map((tensor) => {
      const { name, dtype, shape } = tensor;
      return [name, { dtype, shape, values: [...toFloat32(tensor)] }];
    }),
  );
const rounded = (state: State) =>
  Object.fromEntries(
    Object.entries(state).map(([name, tensor]) => [name, { ...tensor, values: tensor.values.map(Math.fround) }]),
  );

describe("every network of a file is found, and is read by its key", () => {
  it.each(files.filter((name) => networksOf(name).length > 0))("%s", (name) => {
    const keys = networksOf(name).map(([key]) => key);
    expect(openCheckpoint(open(name)).networks.map(({ key }) => key)).toEqual(keys);
    for (const [key, state] of networksOf(name)) {
      const { tensors } = readCheckpoint(open(name), keys.length > 1 ? { key } : {});
      expect(statesOf(tensors), key).toEqual(rounded(state));
    }
  });

  it("those that name functions that run programs are refused", () => {
    const hostile = files.filter((name) => networksOf(name).length === 0);
    expect(hostile).toHaveLength(4);
    for (const name of hostile) {
      expect(() => readCheckpoint(open(name))).toThrow(UserError);
      expect(() => readCheckpoint(open(name))).toThrow(/would run posix\.system when loaded by Python; refused/);
    }
  });
});

describe("skipped content is reported", () => {
  const passedOver = (name: string, key?: string) => readCheckpoint(open(name), { key }).passedOver;
  const nothing = { prefixes: [], networks: [], tensors: [], others: [] };

  it("prefixes, other networks, tensors of no network, and other values", () => {
    expect(passedOver("thop.zip.pth")).toMatchObject({ ...nothing, tensors: expect.arrayContaining(["total_ops"]) });
    expect(passedOver("thop.zip.pth").tensors.every((name) => /total_(ops|params)$/.test(name))).toBe(true);
    expect(passedOver("half-module.zip.pth")).toEqual({ ...nothing, prefixes: ["module."] });
    expect(passedOver("compiled.zip.pth")).toEqual({ ...nothing, prefixes: ["_orig_mod.module."] });
    expect(passedOver("averaged.zip.pth")).toEqual({ ...nothing, networks: ["model_ema"] });
    expect(passedOver("between.zip.pth")).toEqual({
      ...nothing,
      tensors: ["best"],
      others: ["model.1._extra_state", "model.3._extra_state", "epoch"],
    });
    expect(passedOver("lightning.zip.pth", "G_B")).toEqual({
      ...nothing,
      prefixes: ["netG_B.module."],
      networks: ["state_dict.netG_A", "state_dict.netD_A", "state_dict.netD_B"],
      tensors: ["fid.real_sum", "fid.count"],
    });
  });
});

describe("a key", () => {
  const read = (name: string, key?: string, suits?: typeof looksLikeGenerator) =>
    statesOf(readCheckpoint(open(name), { key, suits }).tensors);
  const stateOf = (name: string, key: string) => rounded(Object.fromEntries(networksOf(name))[key]);

  it("is the whole path of a network, its end, or the network's name", () => {
    for (const key of ["state_dict.netG_B", "netG_B", "G_B"]) {
      expect(read("lightning.zip.pth", key), key).toEqual(stateOf("lightning.zip.pth", "state_dict.netG_B"));
    }
    expect(read("list.zip.pth", "models")).toEqual(stateOf("list.zip.pth", "2.models.0"));
    expect(read("averaged.zip.pth", "model_ema")).toEqual(stateOf("averaged.zip.pth", "model_ema"));
  });

  it("that does not exist is refused with the existing ones, even if there is only one", () => {
    const refused = (name: string, key: string, reason: RegExp) => expect(() => read(name, key)).toThrow(reason);
    refused("all-nets.zip.pth", "G", /no network under `key` G; it holds G_A, G_B, D_A, D_B\.$/);
    refused("all-nets.zip.pth", "", /no network under `key` ; it holds G_A, /);
    refused("module-twice.zip.pth", "G_A", /no network under `key` G_A; it holds state_dict\.model\.$/);
    refused(
      "thop.zip.pth",
      "G_A",
      /no network under `key` G_A: it holds a single one, which has no key\. Leave out `key`\.$/,
    );
    refused(
      "lightning.zip.pth",
      "state_dict",
      /`key` state_dict leads to several: state_dict\.netG_A, .* as in `key` state_dict\.netG_A\.$/,
    );
  });

  it("is unnecessary if only one network is of the requested kind; otherwise those are named", () => {
    expect(() => read("all-nets.zip.pth")).toThrow(
      /several networks: G_A, G_B, D_A, D_B\. Choose one by its key, as in `key` G_A\.$/,
    );
    expect(() => read("all-nets.zip.pth", undefined, looksLikeGenerator)).toThrow(
      /several networks: G_A, G_B\. Choose/,
    );
    const discriminator = (tensors: readonly { name: string }[]) =>
      tensors.some(({ name }) => name === "model.0.weight");
    expect(read("list.zip.pth", undefined, discriminator)).toEqual(stateOf("list.zip.pth", "1.0"));
    const likely = readCheckpoint(open("all-nets.zip.pth"), { suits: looksLikeGenerator, likely: "G_B" });
    expect(statesOf(likely.tensors)).toEqual(stateOf("all-nets.zip.pth", "G_B"));
  });
});
