// `--trace FILE` on the real command line: the file contains what was done, on the right tracks.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { traitsOf } from "../../src/autograd/program.ts";
import { parseTrainOptions } from "../../src/cli/commands/train/options.ts";
import { writeSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { Generator } from "../../src/nn/generator.ts";
import { encodePng } from "../../src/platform/pictures/images.node.ts";
import { planStep } from "../../src/train/step/plan.ts";
import { testFolder } from "../folder.ts";
import { openTestGpu } from "../gpu.ts";
import { randomPicture, randomWeights, smallResnet } from "../networks.ts";
import { dispatchesOf, readTrace } from "../trace.ts";
import { buildCommandLine } from "./command-line.ts";
import { tinyOptions, writeDataset } from "./commands/train/tiny-training.ts";

const folder = testFolder("trace");
const at = (...names: string[]) => join(folder, ...names);
const pixelcycle = await buildCommandLine();
const gpu = await openTestGpu();

const namesOn = (spans: ReturnType<typeof readTrace>, track: string) =>
  spans.filter((span) => span.track === track).map(({ name }) => name);

test("convert: pictures that are decoded, converted and written, and each dispatch of the network", async () => {
  const tensors = randomWeights(smallResnet);
  await writeFile(at("small.safetensors"), writeSafetensors(tensors));
  await mkdir(at("photos"));
  for (const name of ["a.png", "b.png"]) await writeFile(at("photos", name), await encodePng(randomPicture(24, 20)));
  const file = at("convert.json");
  const words = ["convert", at("photos"), "--out", at("out"), "--weights", at("small.safetensors"), "--raw"];
  const { code, output } = await pixelcycle([...words, "--trace", file]).ended;
  expect(code, output).toBe(0);

  const spans = readTrace(file);
  for (const track of ["decoding", "converting", "writing"])
    expect(namesOn(spans, track).sort()).toEqual(["a.png", "b.png"]);
  expect(namesOn(spans, "waiting")).toEqual(expect.arrayContaining(["a.png", "b.png"]));
  expect(namesOn(spans, "uploads").filter((name) => name === "pixels")).toHaveLength(2);
  expect(namesOn(spans, "reading back")).toHaveLength(2);

  const generator = await Generator.create(gpu, tensors);
  const labels = generator.plan(24, 20).launches.map(({ label }) => label);
  generator.release();
  const dispatches = dispatchesOf(spans);
  expect(dispatches.map(({ name }) => name)).toEqual([...labels, ...labels]);
  // The GPU works while a picture is being converted, by whichever clock.
  const converting = spans.filter(({ track }) => track === "converting");
  for (const { start, end } of dispatches) {
    expect(converting.some((picture) => picture.start <= start && end <= picture.end)).toBe(true);
  }
});

test("train: steps, pictures, files, and each dispatch of the step", async () => {
  const data = await writeDataset(at("data"));
  const file = at("train.json");
  const words = [
    "--dataroot",
    data,
    "--checkpoints_dir",
    at("runs"),
    "--name",
    "a",
    ...tinyOptions,
    "--max_steps",
    "3",
  ];
  const { code, output } = await pixelcycle(["train", ...words, "--trace", file]).ended;
  expect(code, output).toBe(0);

  const spans = readTrace(file);
  expect(namesOn(spans, "steps")).toEqual(["step 1", "step 2", "step 3"]);
  expect(namesOn(spans, "waiting").filter((name) => name === "for pictures")).toHaveLength(3);
  expect(namesOn(spans, "decoding").every((name) => /train[AB].\d\.png$/.test(name))).toBe(true);
  expect(namesOn(spans, "writing")).toEqual(
    expect.arrayContaining(["train_opt.txt", "latest_net_G_A.pth", "loss_log.txt"]),
  );
  expect(namesOn(spans, "uploads").filter((name) => name === "pixels of A")).toHaveLength(3);

  const { training } = await parseTrainOptions(words);
  const shape = { count: 1, A: [16, 16], B: [16, 16] } as const;
  const labels = planStep(training, shape, traitsOf(gpu)).plan.launches.map(({ label }) => label);
  const dispatches = dispatchesOf(spans);
  expect(dispatches.map(({ name }) => name)).toEqual([...labels, ...labels, ...labels]);
});

test("a file that cannot be written is refused before any work", async () => {
  const nowhere = at("none", "trace.json");
  const { code, output } = await pixelcycle(["convert", folder, "--out", at("refused"), "--trace", nowhere]).ended;
  expect(code).toBe(1);
  expect(output).toBe(`--trace ${nowhere}: no file or folder can be made there. Name another place to write to.\n`);
});
