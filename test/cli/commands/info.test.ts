import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, it, vi } from "vitest";
import { registerInfo } from "../../../src/cli/commands/info.ts";
import { registerWeights } from "../../../src/cli/commands/weights.ts";
import { withFlags } from "../../../src/cli/options/flags.ts";
import { UserError } from "../../../src/errors.ts";
import { readCheckpoint } from "../../../src/formats/checkpoint/checkpoint.ts";
import { writeSafetensors } from "../../../src/formats/tensors/safetensors.ts";
import { bytesPerElement, elementCount, toFloat32, type NamedTensor } from "../../../src/formats/tensors/tensors.ts";
import { writePth } from "../../../src/formats/torch/pth-write.ts";
import { stateDict, type Architecture } from "../../../src/nn/architecture.ts";
import { testFolder } from "../../folder.ts";
import { inOneDict } from "../../networks.ts";

const folder = testFolder("info");
const at = (name: string) => join(folder, name);

/** Runs the command line and returns what it printed. */
async function run(...words: string[]): Promise<string> {
  const program = new Command().exitOverride();
  registerInfo(program);
  registerWeights(program);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await program.parseAsync(words, { from: "user" });
    return log.mock.calls.map(([line]) => line).join("\n");
  } finally {
    log.mockRestore();
  }
}

async function refuses(words: string[], reason: RegExp) {
  const error: unknown = await run(...words).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UserError);
  expect(withFlags((error as UserError).message)).toMatch(reason);
}

function tensorsOf(architecture: Architecture): NamedTensor[] {
  return stateDict(architecture).map(({ name, shape, dtype }, n) => {
    const values = Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(i + n));
    const data = dtype === "float32" ? new Uint8Array(values.buffer) : new Uint8Array(bytesPerElement.int64);
    return { name, dtype, shape, data };
  });
}

const resnet: Architecture = {
  kind: "resnet",
  inputChannels: 3,
  outputChannels: 1,
  ngf: 4,
  blocks: 2,
  norm: "instance",
  dropout: true,
};
const unet: Architecture = {
  kind: "unet",
  inputChannels: 3,
  outputChannels: 3,
  ngf: 2,
  downs: 7,
  norm: "batch",
  dropout: null,
};
const patch: Architecture = { kind: "patch", inputChannels: 3, ndf: 4, layers: 2, norm: "batch" };

describe("info --json", () => {
  it("describes the file exactly", async () => {
    writeFileSync(at("resnet.pth"), writePth(tensorsOf(resnet)));
    const json = JSON.parse(await run("info", at("resnet.pth"), "--json"));
    expect(Object.keys(json)).toEqual(
      "format network ngf blocks norm dropout inputChannels outputChannels parameters tensors".split(" "),
    );
    expect(json).toMatchObject({ format: "pth-zip", network: "resnet_2blocks", ngf: 4, blocks: 2, norm: "instance" });
    expect(json).toMatchObject({ dropout: true, inputChannels: 3, outputChannels: 1 });
    expect(json.parameters).toBe(json.tensors.reduce((n: number, t: NamedTensor) => n + elementCount(t.shape), 0));
    expect(json.tensors[0]).toEqual({ name: "model.1.weight", dtype: "float32", shape: [4, 3, 7, 7] });
  });
  it("describes a discriminator, with ndf; the extension does not matter", async () => {
    writeFileSync(at("patch.bin"), writeSafetensors(tensorsOf(patch)));
    const json = JSON.parse(await run("info", at("patch.bin"), "--json"));
    expect(json).toMatchObject({
      format: "safetensors",
      network: "n_layers",
      ndf: 4,
      blocks: 2,
      dropout: false,
      outputChannels: 1,
    });
    expect(json).not.toHaveProperty("ngf");
  });
  it("describes a U-Net, whose file does not reveal dropout", async () => {
    writeFileSync(at("unet.pt"), writePth(tensorsOf(unet)));
    const json = JSON.parse(await run("info", at("unet.pt"), "--json"));
    expect(json).toMatchObject({ network: "unet_128", blocks: null, dropout: null, norm: "batch" });
  });
});

describe("info", () => {
  it("is readable, and marks what is ignored", async () => {
    const statistics = {
      name: "model.2.running_mean",
      dtype: "float32",
      shape: [4],
      data: new Uint8Array(16),
    } as const;
    writeFileSync(at("old.pkl"), writePth([...tensorsOf(resnet), { ...statistics, shape: [4] }]));
    const text = await run("info", at("old.pkl"));
    expect(text).toMatch(/^network +resnet_2blocks$/m);
    expect(text).toMatch(/^channels +3 in, 1 out$/m);
    expect(text).toMatch(/^model\.1\.weight +float32 +\[4, 3, 7, 7\]$/m);
    expect(text).toMatch(/^model\.2\.running_mean .*ignored/m);
  });
  it("reports a problem in one sentence that begins with the file's name", async () => {
    await refuses(["info", at("missing.pth")], /missing\.pth: there is no such file\.$/);
    mkdirSync(at("empty"));
    await refuses(["info", at("empty")], /empty: it is not a run's folder, since it has no latest_net_\*\.pth;/);
    await refuses(["info", "/dev/zero"], /zero: it is a pipe or a device/);
    writeFileSync(at("cut.pth"), writePth(tensorsOf(patch)).subarray(0, 500));
    await refuses(["info", at("cut.pth")], /cut\.pth: The zip file is cut off/);
    const strange = tensorsOf(patch).map((tensor, i) => (i === 0 ? { ...tensor, name: "first.weight" } : tensor));
    writeFileSync(at("strange.pth"), writePth(strange));
    await refuses(
      ["info", at("strange.pth")],
      /strange\.pth: first\.weight \[4, 3, 4, 4\] is not a tensor of a known network/,
    );
  });
  it("refuses a huge file before reading it", async () => {
    writeFileSync(at("huge.pth"), "");
    truncateSync(at("huge.pth"), 2 ** 40);
    await refuses(["info", at("huge.pth")], /has 1099511627776 bytes, but at most 1073741824 are read\.$/);
    rmSync(at("huge.pth"));
  });
});

describe("a file with several networks", () => {
  const generators = inOneDict({ "module.netG_A": tensorsOf(resnet), netD_A: tensorsOf(patch) });
  const count = { name: "netG_A.model.1.total_ops", dtype: "float32", shape: [1], data: new Uint8Array(4) } as const;

  it("gives the one of the key to info and weights convert, which report what they skip", async () => {
    writeFileSync(at("all.pth"), writePth([...generators, { ...count, shape: [1] }]));
    const several =
      /all\.pth: The file holds several networks: netG_A, netD_A\. Choose one by its key, as in --key netG_A\.$/;
    await refuses(["info", at("all.pth")], several);
    await refuses(["weights", "convert", at("all.pth"), at("none.pth")], several);
    const line = "skipped: prefix module.netG_A.; network netD_A; tensor netG_A.model.1.total_ops";
    const text = await run("info", at("all.pth"), "--key", "G_A");
    expect(text).toMatch(/^network +resnet_2blocks$/m);
    expect(text.split("\n")).toContain(line);
    const told = await run("weights", "convert", at("all.pth"), at("one.pth"), "--key", "netD_A");
    expect(told.split("\n")[1]).toBe("skipped: prefix netD_A.; network netG_A; tensor netG_A.model.1.total_ops");
    expect(readFileSync(at("one.pth")).equals(writePth(tensorsOf(patch)))).toBe(true);
    expect(await run("info", at("one.pth"))).not.toMatch(/skipped: /);
    expect((await run("weights", "convert", at("one.pth"), at("two.pth"))).split("\n")).toHaveLength(1);
  });
  it("is refused with an unknown key, and so is a single network", async () => {
    await refuses(["info", at("all.pth"), "--key", "G_B"], /no network under --key G_B; it holds netG_A, netD_A\.$/);
    await refuses(
      ["info", at("one.pth"), "--key", "G_B"],
      /it holds a single one, which has no key\. Leave out --key\.$/,
    );
  });
});

describe("a bundled model's name and a run's folder", () => {
  it("stand for their network in info and weights convert", async () => {
    expect(JSON.parse(await run("info", "pixelart-4-light", "--json"))).toMatchObject({ network: "resnet_6blocks" });
    await run("weights", "convert", "pixelart-4-light", at("bundled.safetensors"));
    const card = readFileSync("weights/pixelart-4-light.safetensors");
    expect(readCheckpoint(readFileSync(at("bundled.safetensors"))).tensors).toEqual(readCheckpoint(card).tensors);

    mkdirSync(at("run"));
    writeFileSync(at("run/latest_net_G_A.pth"), writePth(tensorsOf(resnet)));
    writeFileSync(at("run/latest_net_D_A.pth"), writePth(tensorsOf(patch)));
    expect(await run("info", at("run"))).toMatch(/^network +resnet_2blocks$/m);
    expect(await run("info", at("run"), "--key", "D_A")).toMatch(/^network +n_layers$/m);
    await run("weights", "convert", at("run"), at("run/G.pth"));
    expect(readFileSync(at("run/G.pth")).equals(writePth(tensorsOf(resnet)))).toBe(true);
    await refuses(["weights", "convert", at("run"), at("run/latest_net_G_A.pth")], /is the input file/);
  });
  it("are refused with the names that exist", async () => {
    await refuses(["info", "pixelart-5"], /no file and no bundled model called pixelart-5\. .* pixelart-4,/);
    await refuses(["info", "pixelart-4", "--key", "G_A"], /pixelart-4 is a single network; leave out --key\.$/);
    await refuses(["weights", "convert", at("run"), at("x.pth"), "--key", "G_C"], /values of --key: D_A, G_A\.$/);
  });
});

describe("weights convert", () => {
  it("converts between formats and back without losing a bit, except prefixes", async () => {
    const tensors = tensorsOf(unet);
    writeFileSync(at("a.pth"), writePth(tensors.map((tensor) => ({ ...tensor, name: `module.${tensor.name}` }))));
    await run("weights", "convert", at("a.pth"), at("new/b.safetensors"));
    await run("weights", "convert", at("new/b.safetensors"), at("c.pth"));
    expect(readFileSync(at("c.pth")).equals(writePth(tensors))).toBe(true);
    expect(readdirSync(at("new"))).toEqual(["b.safetensors"]);
  });
  it("reads PyTorch's files and keeps their precision", async () => {
    const source = new URL("../../formats/fixtures/dtypes.legacy.pth", import.meta.url);
    copyFileSync(source, at("dtypes.pkl"));
    await run("weights", "convert", at("dtypes.pkl"), at("dtypes.SAFETENSORS"));
    const [before, after] = [source, at("dtypes.SAFETENSORS")].map(
      (file) => readCheckpoint(readFileSync(file)).tensors,
    );
    expect(after).toEqual(before);
  });
  it("--half rounds floating-point tensors and leaves integers alone", async () => {
    const tensors = tensorsOf(patch);
    writeFileSync(at("full.pth"), writePth(tensors));
    await run("weights", "convert", at("full.pth"), at("half.safetensors"), "--half");
    const halved = readCheckpoint(readFileSync(at("half.safetensors"))).tensors;
    expect(halved.map(({ name }) => name)).toEqual(tensors.map(({ name }) => name));
    expect(new Set(halved.map(({ dtype }) => dtype))).toEqual(new Set(["float16", "int64"]));
    const [exact, rounded] = [tensors[0], halved[0]].map(toFloat32);
    expect(exact.every((value, i) => Math.abs(value - rounded[i]) <= 2 ** -11 * Math.abs(value))).toBe(true);
    expect(rounded).not.toEqual(exact);
  });
  it("refuses to overwrite its input, also through links", async () => {
    const bytes = writePth(tensorsOf(patch));
    writeFileSync(at("self.pth"), bytes);
    symlinkSync(at("self.pth"), at("link.pth"));
    linkSync(at("self.pth"), at("hard.pth"));
    for (const output of ["self.pth", "link.pth", "hard.pth", "../" + folder.split("/").at(-1) + "/self.pth"]) {
      await refuses(["weights", "convert", at("self.pth"), join(folder, output)], /is the input file/);
    }
    expect(readFileSync(at("self.pth")).equals(bytes)).toBe(true);
  });
  it("refuses an OUT of unknown kind, and keeps an older OUT if IN is broken", async () => {
    await refuses(["weights", "convert", at("self.pth"), at("out.onnx")], /must end in \.pth or \.safetensors/);
    writeFileSync(at("older.pth"), "older");
    writeFileSync(at("broken.pth"), "broken");
    await refuses(["weights", "convert", at("broken.pth"), at("older.pth")], /broken\.pth: The file is neither/);
    expect(readFileSync(at("older.pth"), "utf8")).toBe("older");
  });
});
