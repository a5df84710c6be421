// `pixelcycle test` from end to end, with networks small enough to be quick: the names and contents
// of its files, its page, and its errors.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { registerTest } from "../../../src/cli/commands/test/command.ts";
import { loadGenerators } from "../../../src/cli/commands/test/generators.ts";
import { parseTestOptions, testTable, type TestOptions } from "../../../src/cli/commands/test/options.ts";
import { rowNames, testRun } from "../../../src/cli/commands/test/run.ts";
import { optionsHelp } from "../../../src/cli/options/table.ts";
import { abortReason } from "../../../src/cli/terminal/ending.ts";
import { UserError } from "../../../src/errors.ts";
import type { NamedTensor } from "../../../src/formats/tensors/tensors.ts";
import { writePth } from "../../../src/formats/torch/pth-write.ts";
import { GeneratorChain } from "../../../src/nn/chain.ts";
import { Generator } from "../../../src/nn/generator.ts";
import type { Image } from "../../../src/picture/image.ts";
import { decodeImage, encodePng } from "../../../src/platform/pictures/images.node.ts";
import { Random } from "../../../src/random.ts";
import { pythonText } from "../../../src/train/options/values.ts";
import { testFolder } from "../../folder.ts";
import { openTestGpu } from "../../gpu.ts";
import { inOneDict, randomPicture, randomWeights, smallResnet } from "../../networks.ts";

const folder = testFolder("test");
const at = (...parts: string[]) => join(folder, ...parts);

const [G_A, G_B] = [randomWeights(smallResnet), randomWeights(smallResnet, 0.3)];
/** Every picture is different. */
const pictures = ["a.png", "deep/b.png", "deep/c.png", "x/1.png", "y/1.png"].map((name, i) => ({
  name,
  image: randomPicture(16 + i, 20 - i),
}));

async function writePictures(to: string, list: readonly { name: string; image: Image }[]): Promise<void> {
  for (const { name, image } of list) {
    mkdirSync(join(to, name, ".."), { recursive: true });
    writeFileSync(join(to, name), await encodePng(image));
  }
}

beforeAll(async () => {
  const run = at("checkpoints", "run");
  mkdirSync(run, { recursive: true });
  for (const label of ["latest", "5", "10", "iter_300"]) {
    writeFileSync(join(run, `${label}_net_G_A.pth`), writePth(G_A));
    writeFileSync(join(run, `${label}_net_G_B.pth`), writePth(G_B));
  }
  mkdirSync(at("checkpoints", "single"));
  writeFileSync(at("checkpoints", "single", "latest_net_G.pth"), writePth(G_A));
  await writePictures(at("data", "testA"), pictures);
  await writePictures(at("data", "testB"), pictures.slice(0, 2));
});

let outputs = 0;
/** Options of a test with its own output folder; by default small sizes, without scaling. */
function options(...argv: string[]): TestOptions {
  const base = ["--dataroot", at("data"), "--name", "run", "--checkpoints_dir", at("checkpoints")];
  const results = ["--results_dir", at(`results-${outputs++}`)];
  return parseTestOptions([...base, ...results, "--preprocess", "none", ...argv]);
}

const quiet = { quiet: true } as const;
const six = ["fake_A", "fake_B", "real_A", "real_B", "rec_A", "rec_B"];

describe("a run", () => {
  test("is tested in both directions, six pictures per row, in the reference's place", async () => {
    const chosen = options("--num_test", "2");
    const summary = await testRun(chosen, quiet);
    const results = join(chosen.resultsDir, "run", "test_latest");
    expect(summary).toEqual({
      page: join(results, "index.html"),
      written: 12,
      warnings: [],
      leftOut: [],
      failures: [],
    });
    expect(readdirSync(results).sort()).toEqual(["images", "index.html"]);
    const expected = ["a", "b"].flatMap((stem) => six.map((label) => `${stem}_${label}.png`));
    expect(readdirSync(join(results, "images")).sort()).toEqual(expected);

    const gpu = await openTestGpu();
    for (const [side, dicts, labels] of [
      ["testA", [G_A, G_B], ["real_A", "fake_B", "rec_A"]],
      ["testB", [G_B, G_A], ["real_B", "fake_A", "rec_B"]],
    ] as const) {
      const chain = await GeneratorChain.create(gpu, dicts);
      const images = await chain.convert(await decodeImage(at("data", side, "a.png")));
      for (const [i, label] of labels.entries()) {
        const written = await decodeImage(join(results, "images", `a_${label}.png`));
        expect(written, label).toMatchObject({ width: images[i].width, height: images[i].height, hasAlpha: false });
        expect(written.data, label).toEqual(images[i].data);
      }
      chain.release();
    }
  });

  test("loses no picture if its sides differ in number or names collide across folders", async () => {
    const chosen = options("--epoch", "5", "--direction", "BtoA", "--phase", "test");
    const { written } = await testRun(chosen, quiet);
    // B, the smaller side, names the rows and is repeated twice.
    const stems = ["a", "a-2", "a-3", "b", "b-2"];
    const files = readdirSync(join(chosen.resultsDir, "run", "test_5", "images"));
    expect(new Set(files)).toEqual(new Set(stems.flatMap((stem) => six.map((label) => `${stem}_${label}.png`))));
    expect(written).toBe(30);

    const onward = options("--load_iter", "300", "--max_dataset_size", "inf");
    await testRun(onward, quiet);
    const named = readdirSync(join(onward.resultsDir, "run", "test_latest_iter300", "images"));
    expect(named.filter((name) => name.endsWith("_real_A.png"))).toEqual(
      ["a", "b", "c", "x_1", "y_1"].map((stem) => `${stem}_real_A.png`),
    );
    // With the direction BtoA, G_A gets the pictures of testB.
    const [b, a] = [chosen, onward].map(({ resultsDir }, i) =>
      readFileSync(join(resultsDir, "run", ["test_5", "test_latest_iter300"][i], "images", "a_real_A.png")),
    );
    expect(a).toEqual(b);
  });

  test("uses the networks named like the files, if these contain several, or those of the key", async () => {
    const run = at("of-others", "packed");
    mkdirSync(run, { recursive: true });
    const D_A = randomWeights({ kind: "patch", inputChannels: 3, ndf: 2, layers: 1, norm: "instance" });
    const all = writePth(inOneDict({ netD_A: D_A, netG_B: G_B, netG_A: G_A }));
    const averaged = { params: G_A, params_ema: G_B };
    for (const name of ["G_A", "G_B"]) {
      writeFileSync(join(run, `latest_net_${name}.pth`), all);
      writeFileSync(join(run, `5_net_${name}.pth`), writePth(inOneDict(averaged)));
    }
    const generators = async (...argv: string[]) =>
      (await loadGenerators(options("--checkpoints_dir", at("of-others"), "--name", "packed", ...argv))).map(
        ({ tensors }) => tensors,
      );
    const [A, B] = [G_A, G_B].map((tensors) => writePth(tensors));
    const bytes = (found: readonly (readonly NamedTensor[])[]) => found.map((tensors) => writePth([...tensors]));
    expect(bytes(await generators())).toEqual([A, B]);
    expect(bytes(await generators("--epoch", "5"))).toEqual([A, A]);
    expect(bytes(await generators("--epoch", "5", "--key", "params_ema"))).toEqual([B, B]);
    expect(bytes(await generators("--model", "test", "--model_suffix", "_A", "--key", "G_B"))).toEqual([B]);
    await expect(generators("--key", "G_C")).rejects.toThrow(
      /no network under `key` G_C; it holds netD_A, netG_B, netG_A\.$/,
    );
    await expect(generators("--checkpoints_dir", at("checkpoints"), "--name", "run", "--key", "G_A")).rejects.toThrow(
      /which has no key\. Leave out `key`\.$/,
    );
  });

  test("with bad pictures reports them by name and does the rest", async () => {
    const data = at("bad");
    await writePictures(join(data, "valA"), pictures.slice(0, 3));
    await writePictures(join(data, "valB"), pictures.slice(0, 1));
    writeFileSync(join(data, "valA", "<b>&.jpg"), "no picture");
    writeFileSync(join(data, "valA", "tiny.png"), await encodePng(randomPicture(3, 3)));
    writeFileSync(join(data, "valB", "b.png"), readFileSync(at("data", "testA", "a.png")).subarray(0, 200));
    const chosen = options("--dataroot", data, "--phase", "val", "--display_winsize", "64");
    const { failures, written, page } = await testRun(chosen, quiet);
    expect(failures.map(({ name }) => name.slice(data.length + 1))).toEqual([
      join("valA", "<b>&.jpg"),
      join("valA", "tiny.png"),
      join("valB", "b.png"),
    ]);
    expect(failures[1].reason).toMatch(/needs 5 a side/);
    // Five rows: three of A are done, and of B the good one in rows 1, 3 and 5.
    expect(written).toBe(18);
    const html = readFileSync(page, "utf8");
    expect(html).toContain("valA/&lt;b&gt;&amp;.jpg");
    expect(html).not.toContain("<b>&");
    expect(html).toContain("--winsize: 64px");
    expect(html).toContain("3 pictures without a result, listed below");
    for (const [, file] of html.matchAll(/<img src="([^"]+)"/g)) {
      await decodeImage(join(page, "..", decodeURIComponent(file)));
    }
    expect(html.match(/<img /g)).toHaveLength(18);
    expect(html.match(/No result: /g)).toHaveLength(4);
  });

  test("that is interrupted leaves complete pictures and a page of them", async () => {
    const chosen = options();
    const controller = new AbortController();
    const onPicture = () => controller.abort(abortReason);
    const { stopped, failures, page, written } = await testRun(chosen, {
      ...quiet,
      signal: controller.signal,
      onPicture,
    });
    expect({ stopped, failures }).toEqual({ stopped: "interrupted", failures: [] });
    expect(written).toBeLessThan(15);
    expect(readFileSync(page, "utf8").match(/<img /g)).toHaveLength(written);
    for (const name of readdirSync(join(page, "..", "images"))) await decodeImage(join(page, "..", "images", name));
  });

  test("is stretched as in the reference, and preprocessed the same in every test", async () => {
    const sizes: [string, number, number][] = [
      ["1.5", 16, 24],
      ["0.5", 32, 16],
    ];
    const crops: Uint8Array[] = [];
    for (const [ratio, width, height] of sizes) {
      const preprocess = ["--preprocess", "resize_and_crop", "--load_size", "24", "--crop_size", "16"];
      const chosen = options("--num_test=1", "--aspect_ratio", ratio, ...preprocess);
      const { page } = await testRun(chosen, quiet);
      expect(await decodeImage(join(page, "..", "images", "a_rec_B.png"))).toMatchObject({ width, height });
      const { page: plain } = await testRun(options("--num_test=1", ...preprocess), quiet);
      crops.push(readFileSync(join(plain, "..", "images", "a_fake_B.png")));
    }
    expect(crops[0]).toEqual(crops[1]);
  });
});

describe("a single generator", () => {
  test.each([
    ["G", ["--name", "single"]],
    ["G_B", ["--model_suffix", "_B", "--no_dropout"]],
  ])("%s converts each picture of a folder", async (name, argv) => {
    const chosen = options("--model", "test", "--dataroot", at("data", "testA"), ...argv);
    const { page, written } = await testRun(chosen, quiet);
    expect(written).toBe(10);
    const images = readdirSync(join(page, "..", "images"));
    expect(images.sort()).toEqual(
      ["a", "b", "c", "x_1", "y_1"].flatMap((stem) => [`${stem}_fake.png`, `${stem}_real.png`]),
    );
    const generator = await Generator.create(await openTestGpu(), name === "G" ? G_A : G_B);
    const fake = await generator.convert(await decodeImage(at("data", "testA", "a.png")));
    expect((await decodeImage(join(page, "..", "images", "a_fake.png"))).data).toEqual(fake.data);
    expect(readFileSync(page, "utf8")).not.toContain("rec_A");
    generator.release();
  });
});

describe("what is missing is reported with what exists", () => {
  test.each<[string, string[], RegExp]>([
    ["a run", ["--name", "walk"], /no run called walk in .*; it contains run, single\.$/],
    ["runs", ["--checkpoints_dir", "nowhere"], /--checkpoints_dir nowhere: there is no such file or folder/],
    [
      "an epoch",
      ["--epoch", "7"],
      /has no 7_net_G_A\.pth; possible values of --epoch: 5, 10, --load_iter 300, latest\.$/,
    ],
    ["an iteration", ["--load_iter", "7"], /has no iter_7_net_G_A\.pth/],
    ["a cycle", ["--name", "single"], /latest_net_G_A\.pth; to use the only generator there, give --model test\.$/],
    ["a suffix", ["--model", "test"], /latest_net_G\.pth; give --model_suffix _A or _B to use a generator/],
    ["a phase", ["--phase", "val"], /valA: there is no such .* contains testA, testB/],
    [
      "pictures",
      ["--model=test", "--model_suffix=_A", "--dataroot", at("checkpoints", "run")],
      /contains no readable picture, only/,
    ],
    ["another network", ["--netG", "unet_256"], /trained with --netG resnet_2blocks, not unet_256\. Leave out --netG/],
    ["another width", ["--ngf", "64"], /trained with --ngf 4, not 64/],
    ["dropout", ["--no_dropout=false"], /trained with --no_dropout true, not false/],
  ])("%s", async (_name, argv, message) => {
    const error: unknown = await testRun(options(...argv), quiet).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
  });
});

describe("the options", () => {
  const parse = (...argv: string[]) => parseTestOptions(["--dataroot", "data", ...argv]);

  test("have the reference's names and defaults for a test, in both spellings", () => {
    expect(parse()).toMatchObject({
      ...{ name: "experiment_name", checkpointsDir: "./checkpoints", resultsDir: "./results/", epoch: "latest" },
      ...{ loadIter: 0, phase: "test", direction: "AtoB", numTest: 50, maxDatasetSize: Infinity, aspectRatio: 1 },
      ...{ preprocess: "resize_and_crop", loadSize: 256, cropSize: 256, displayWinsize: 256, eval: false },
    });
    const spelled = parse("--num-test=5", "--results-dir", "r", "--load-iter", "7", "--eval", "--aspect-ratio", "1.5");
    expect(spelled).toEqual(
      parse("--num_test", "5", "--results_dir=r", "--load_iter=7", "--eval=true", "--aspect_ratio", "15e-1"),
    );
    expect(spelled).toMatchObject({ numTest: 5, resultsDir: "r", loadIter: 7, eval: true, aspectRatio: 1.5 });
  });

  test.each([
    ["--model pix2pix", /--model pix2pix: give --model test/],
    ["--model_suffix _A", /--model_suffix is for --model test/],
    ["--dataset_mode aligned", /--dataset_mode aligned: pixelcycle reads unpaired pictures from two folders/],
    ["--dataset_mode single", /does not match --model cycle_gan/],
    ["--serial_batches=false", /--serial_batches is always on/],
    ["--no_flip=false", /--no_flip is always on/],
    ["--batch_size 4", /--batch_size must be a whole number from 1 to 1/],
    ["--gpu_ids -1", /--gpu_ids -1: pixelcycle always runs on one WebGPU adapter/],
    ["--suffix {netG}", /--suffix is not accepted: give it as part of --name/],
    ["--netD basic", /--netD is not accepted: it belongs to train/],
    ["--how_many 3", /it is called --num_test now/],
    ["--num_tests 3", /There is no option --num_tests\. Did you mean --num_test\?/],
    ["--num_test 0", /--num_test must be a whole number from 1, or inf/],
    ["--aspect_ratio 0", /--aspect_ratio must be a number above 0/],
    ["--preprocess nothing", /`preprocess` nothing does not exist/],
    ["--load_size 64 --crop_size 128", /--load_size 64 is smaller than --crop_size 128/],
    ["--epoch a/b", /--epoch must be usable in a file name/],
    ["--name ../x", /--name must name a folder/],
    ["stray", /options of test begin with two dashes/],
  ])("%s is refused in a sentence", (argv, message) => {
    expect(() => parse(...argv.split(" "))).toThrow(UserError);
    expect(() => parse(...argv.split(" "))).toThrow(message);
  });

  test("--dataroot must be given", () => {
    expect(() => parseTestOptions([])).toThrow("--dataroot is missing: the folder that holds testA and testB.");
    expect(() => parseTestOptions(["--model", "test"])).toThrow("the folder that holds the pictures.");
  });

  test("match the documentation and --help", () => {
    const [, page] = readFileSync("docs/training.md", "utf8").split("\n## Testing a run\n");
    const section = page.split("\n## ")[0];
    const help = optionsHelp(testTable).split("\n");
    for (const { name, key, kind, ours } of testTable.groups.flatMap(({ rows }) => rows)) {
      const line = section.split("\n").find((line) => line.startsWith(`| \`--${name}\``));
      expect(line, name).toBeDefined();
      if (ours) expect(line, name).toContain("ours");
      const standard = testTable.defaults[key];
      if (kind.kind !== "flag" && standard) expect(line, name).toContain(`\`${pythonText(kind, standard)}\``);
      expect(
        help.filter((line) => line.startsWith(`  --${name}`) && !/\w/.test(line[4 + name.length])).length,
        name,
      ).toBe(1);
    }
    for (const name of Object.keys(testTable.refused)) expect(section, name).toContain(`\`--${name}\``);
  });
});

describe("names of rows", () => {
  test("are stems; on collision, paths; on further collision, with extensions", () => {
    const paths = ["d/a.png", "d/a.jpg", "d/x/1.png", "d/y/1.PNG", "d/Z.png", "d/deep/z.png", "d/lone.gif"];
    expect(rowNames(paths, 7, "d", ["real"])).toEqual(["a.png", "a.jpg", "x_1", "y_1", "Z", "deep_z", "lone"]);
    expect(rowNames(["d/a.png", "d/a-2.png"], 4, "d", ["real"])).toEqual(["a", "a-2.png", "a-2.png-2", "a-2-2"]);
  });

  test("leave room for a label within 255 bytes", () => {
    const paths = ["d/" + "漢".repeat(84) + ".png", "d/x/" + "漢".repeat(84) + ".png", "d/" + "a".repeat(251) + ".png"];
    const names = rowNames(paths, 5, "d", ["real_A", "fake_B"]);
    expect(new Set(names).size).toBe(5);
    for (const name of names) expect(Buffer.byteLength(`${name}_real_A.png`)).toBeLessThanOrEqual(255);
  });

  test("never collide, whatever the paths", () => {
    const random = new Random(5);
    const pick = (from: string) => from[random.below(from.length)];
    for (let round = 0; round < 200; round++) {
      const paths = new Set<string>();
      for (let i = 0; i < 8; i++) {
        const parts = Array.from({ length: 1 + random.below(3) }, () => pick("aAb_-2é") + pick("ab_-2."));
        paths.add(`d/${parts.join("/")}${pick("ab2")}.${["png", "jpg"][random.below(2)]}`);
      }
      const rows = 1 + random.below(20);
      const names = rowNames([...paths], rows, "d", ["real"]);
      expect(names).toHaveLength(rows);
      expect(new Set(names.map((name) => name.normalize("NFC").toLowerCase())).size, names.join(" ")).toBe(rows);
      for (const name of names) expect(name).not.toMatch(/[\\/]|^$/);
    }
  });
});

test("the command exits with 1 if a picture failed, and names it", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  const before = process.exitCode;
  try {
    const data = at("one-bad");
    await writePictures(data, pictures.slice(0, 1));
    writeFileSync(join(data, "b.png"), "");
    const program = new Command("pixelcycle");
    registerTest(program);
    const where = [
      "--dataroot",
      data,
      "--name",
      "single",
      "--checkpoints_dir",
      at("checkpoints"),
      "--results_dir",
      at("r"),
    ];
    await program.parseAsync(["test", "--model", "test", "--preprocess=none", ...where], { from: "user" });
    expect(process.exitCode).toBe(1);
    const text = said.mock.calls.flat().join("\n");
    expect(text).toMatch(/2 pictures written, 1 failed\n.*b\.png: it is empty\.\nsee .*index\.html$/);
  } finally {
    process.exitCode = before;
    said.mockRestore();
  }
});
