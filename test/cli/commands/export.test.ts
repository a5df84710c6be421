// `pixelcycle export`, from the command line to a file with which ONNX Runtime draws PyTorch's
// picture.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { env, InferenceSession, Tensor } from "onnxruntime-web";
import { describe, expect, test, vi } from "vitest";
import { registerExport } from "../../../src/cli/commands/export.ts";
import { UserError } from "../../../src/errors.ts";
import { writePth } from "../../../src/formats/torch/pth-write.ts";
import { decodeImage } from "../../../src/platform/pictures/images.node.ts";
import { testFolder } from "../../folder.ts";
import { decodeModel } from "../../formats/onnx-decode.ts";
import { inOneDict, randomWeights, smallResnet } from "../../networks.ts";

env.wasm.numThreads = 1; // no workers, which outlive a test

const folder = testFolder("export");
const at = (name: string) => join(folder, name);
const golden = fileURLToPath(new URL("../../golden/unet128_batch_pixel/", import.meta.url));

/** Runs the command line and returns what it printed. */
async function run(...words: string[]): Promise<string> {
  const program = new Command().exitOverride();
  registerExport(program);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await program.parseAsync(["export", ...words], { from: "user" });
    return log.mock.calls.map(([line]) => line).join("\n");
  } finally {
    log.mockRestore();
  }
}

async function refuses(words: string[], reason: RegExp) {
  await expect(run(...words)).rejects.toThrow(reason);
  await expect(run(...words)).rejects.toBeInstanceOf(UserError);
}

const decode = (path: string) => decodeModel(new Uint8Array(readFileSync(path)));

test("the bundled model draws PyTorch's picture in ONNX Runtime", async () => {
  expect(await run("--onnx", at("bundled.onnx"))).toMatch(/bundled\.onnx: pixelart-4, 7,\d{3},\d{3} bytes$/);
  const pictures = new URL("../../golden-pictures/", import.meta.url);
  const source = await decodeImage(fileURLToPath(new URL("portrait.png", pictures)));
  const expected = await decodeImage(fileURLToPath(new URL("portrait.expected.png", pictures)));
  const pixels = source.width * source.height;
  const image = Float32Array.from({ length: 3 * pixels }, (_, i) => {
    return source.data[4 * (i % pixels) + Math.floor(i / pixels)] / 127.5 - 1;
  });

  const session = await InferenceSession.create(readFileSync(at("bundled.onnx")));
  const { art } = await session.run({ image: new Tensor("float32", image, [1, 3, source.height, source.width]) });
  expect(art.dims).toEqual([1, 3, expected.height, expected.width]);
  const drawn = art.data as Float32Array;
  const drawnPixels = expected.width * expected.height;
  let differing = 0;
  for (let i = 0; i < 3 * drawnPixels; i++) {
    const byte = expected.data[4 * (i % drawnPixels) + Math.floor(i / drawnPixels)];
    const difference = Math.abs(Math.trunc((drawn[i] + 1) * 127.5) - byte);
    expect(difference).toBeLessThanOrEqual(1);
    differing += difference;
  }
  expect(differing / drawn.length).toBeLessThan(0.005);
});

describe("the file's metadata", () => {
  test("is the bundled model's card, with its training data", async () => {
    await run("--weights", "photo-4", "--onnx", at("photo.onnx"));
    const { metadata } = decode(at("photo.onnx"));
    expect(metadata).toMatchObject({ network: "resnet_6blocks", ngf: "32", norm: "instance", model: "photo-4" });
    expect(metadata).toMatchObject({ cell: expect.stringMatching(/^\d+$/), margin: expect.stringMatching(/^\d+$/) });
    expect(metadata.training_data).toMatch(/pixelart-4/);
  });

  test("describes the network, for any other checkpoint", async () => {
    await run("--weights", join(golden, "G_A.pth"), "--onnx", at("unet.onnx"));
    expect(Object.keys(decode(at("unet.onnx")).metadata)).toEqual([
      "network",
      "ngf",
      "norm",
      "input",
      "output",
      "sizes",
    ]);
  });
});

test("--eval uses batch norm's running statistics, otherwise the batch's own", async () => {
  await run("-w", join(golden, "G_A.pth"), "--onnx", at("batch.onnx"));
  await run("-w", join(golden, "G_A.pth"), "--onnx", at("eval.onnx"), "--eval");
  const operators = (name: string) => new Set(decode(at(name)).nodes.map(({ operator }) => operator));
  expect(operators("batch.onnx")).toContain("ReduceMean");
  expect(operators("batch.onnx")).not.toContain("BatchNormalization");
  expect(operators("eval.onnx")).toContain("BatchNormalization");
  expect(operators("eval.onnx")).not.toContain("ReduceMean");
});

test("a run's folder stands for its newest G_A", async () => {
  mkdirSync(at("run"));
  writeFileSync(at("run/latest_net_G_A.pth"), writePth(randomWeights(smallResnet)));
  writeFileSync(at("run/latest_net_D_A.pth"), "not to be looked at");
  await run("--weights", at("run"), "--onnx", at("made/for/it/generator.ONNX"));
  expect(decode(at("made/for/it/generator.ONNX")).metadata.network).toBe("resnet_2blocks");
});

test("--key selects among several networks, the generator is the default, and skipped tensors are reported", async () => {
  const [G_A, G_B] = [randomWeights(smallResnet), randomWeights({ ...smallResnet, blocks: 1 })];
  const D_A = randomWeights({ kind: "patch", inputChannels: 3, ndf: 2, layers: 1, norm: "instance" });
  writeFileSync(at("all.pth"), writePth(inOneDict({ netG_A: G_A, netG_B: G_B, netD_A: D_A })));
  writeFileSync(at("pair.pth"), writePth(inOneDict({ D: D_A, G: G_A })));
  const out = ["--onnx", at("chosen.onnx")];
  expect(await run("-w", at("all.pth"), "--key", "G_B", ...out)).toMatch(
    /bytes\nskipped: prefix netG_B\.; 2 networks netG_A, netD_A$/,
  );
  expect(decode(at("chosen.onnx")).metadata.network).toBe("resnet_1blocks");
  expect(await run("-w", at("pair.pth"), ...out)).toMatch(/\nskipped: prefix G\.; network D$/);
  expect(decode(at("chosen.onnx")).metadata.network).toBe("resnet_2blocks");
  await refuses(["-w", at("all.pth"), ...out], /all\.pth: The file holds several networks: netG_A, netG_B\. Choose/);
  await refuses(["-w", at("all.pth"), "--key", "G", ...out], /it holds netG_A, netG_B, netD_A\.$/);
  await refuses(["-w", at("all.pth"), "--key", "D_A", ...out], /discriminator/);
  await refuses(["--key", "G_A", ...out], /pixelart-4 is a single network; leave out --key\.$/);

  mkdirSync(at("both"));
  writeFileSync(at("both/latest_net_G_A.pth"), writePth(G_A));
  writeFileSync(at("both/latest_net_G_B.pth"), writePth(G_B));
  await run("-w", at("both"), "--key", "G_B", ...out);
  expect(decode(at("chosen.onnx")).metadata.network).toBe("resnet_1blocks");
  await refuses(
    ["-w", at("both"), "--key", "G_C", ...out],
    /no latest_net_G_C\.pth; possible values of --key: G_A, G_B\.$/,
  );
});

test("an impossible export is refused in a sentence, and an older file stays", async () => {
  writeFileSync(at("older.onnx"), "older");
  await refuses(["--weights", join(golden, "D_A.pth"), "--onnx", at("older.onnx")], /discriminator \(pixel\)/);
  await refuses(["--weights", at("no.pth"), "--onnx", at("older.onnx")], /no\.pth: there is no such file\.$/);
  await refuses(["--weights", "no-model", "--onnx", at("older.onnx")], /no bundled model called no-model/);
  mkdirSync(at("empty"));
  await refuses(["--weights", at("empty"), "--onnx", at("older.onnx")], /empty: it is not a run's folder/);
  writeFileSync(at("broken.pth"), "broken");
  await refuses(["--weights", at("broken.pth"), "--onnx", at("older.onnx")], /broken\.pth: The file is neither/);
  expect(readFileSync(at("older.onnx"), "utf8")).toBe("older");
});

test("a name that does not end in .onnx is refused, so a checkpoint is never overwritten", async () => {
  copyFileSync(join(golden, "G_A.pth"), at("own.pth"));
  const before = readFileSync(at("own.pth"));
  await refuses(["--weights", at("own.pth"), "--onnx", at("own.pth")], /own\.pth: the name must end in \.onnx\.$/);
  expect(readFileSync(at("own.pth")).equals(before)).toBe(true);
});

test("a failed write leaves no partial file", async () => {
  mkdirSync(at("taken.onnx"));
  await refuses(["--weights", "pixelart-4", "--onnx", at("taken.onnx")], /taken\.onnx: /);
  expect(readdirSync(folder).filter((name) => name.includes(".tmp"))).toEqual([]);
});
