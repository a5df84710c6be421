// What `pixelcycle train` refuses before it computes anything: one sentence, exit code 1, and
// nothing written.

import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCheckpoint } from "../../../../src/formats/checkpoint/checkpoint.ts";
import { writePth } from "../../../../src/formats/torch/pth-write.ts";
import { defaultTrainingOptions } from "../../../../src/train/options/options.ts";
import { initialWeights, networkNames } from "../../../../src/train/step/networks.ts";
import { testFolder } from "../../../folder.ts";
import { inOneDict } from "../../../networks.ts";
import { buildCommandLine } from "../../command-line.ts";
import { tinyOptions, writeDataset } from "./tiny-training.ts";

const folder = testFolder("train");
const at = (...names: string[]) => join(folder, ...names);
const pixelcycle = await buildCommandLine();
const data = await writeDataset(at("data"));

/** @returns what it printed */
async function refuses(...words: string[]): Promise<string> {
  const { code, output } = await pixelcycle(["train", ...words]).ended;
  expect(code, output).toBe(1);
  expect(output).not.toMatch(/\n {4}at /);
  return output;
}

/** A run with these options, which must leave nothing behind. */
async function refusesRun(name: string, ...words: string[]): Promise<string> {
  const checkpoints = at("checkpoints");
  const output = await refuses("--dataroot", data, "--checkpoints_dir", checkpoints, "--name", name, ...words);
  expect(existsSync(join(checkpoints, name))).toBe(false);
  return output;
}

const tinyRun = (name: string, ...words: string[]) => refusesRun(name, ...tinyOptions, ...words);

describe.concurrent("pixelcycle train refuses", () => {
  test("unknown options, with the nearest known one, and options of the reference that make no sense", async () => {
    expect(await refusesRun("a", "--n_epoch", "3")).toBe("There is no option --n_epoch. Did you mean --n_epochs?\n");
    expect(await refusesRun("a", "--gpu_ids", "0,1")).toMatch(/^--gpu_ids 0,1: .* one WebGPU adapter; .*--adapter/);
  });

  test("to start without its folders, showing what is expected", async () => {
    expect(await refuses("--name", "a")).toBe("--dataroot is missing: the folder that holds trainA and trainB.\n");
    expect(await refuses("--dataroot", at("none"))).toContain(`belong in ${at("none", "trainA")}`);
    await mkdir(at("half", "trainA"), { recursive: true });
    expect(await refuses("--dataroot", at("half"))).toMatch(/trainB: there is no such.*contains trainA/s);
  });

  test("pictures that are smaller than the crop, with a remedy", async () => {
    const output = await tinyRun("small", "--preprocess", "crop", "--crop_size", "24");
    expect(output).toMatch(/5 pictures do not fit.*trainA.0\.png.*20 x 22.*--upscale_small/s);
  });

  test("folders with many unreadable pictures, naming them", async () => {
    const spoilt = await writeDataset(at("spoilt"));
    await writeFile(join(spoilt, "trainB", "bad.png"), "no picture");
    const output = await refuses("--dataroot", spoilt, "--checkpoints_dir", at("checkpoints"), ...tinyOptions);
    expect(output).toMatch(/1 of the 4 pictures of side B cannot be read.*bad\.png/s);
  });

  test("to overwrite a run", async () => {
    const run = at("taken", "mine");
    await mkdir(run, { recursive: true });
    await writeFile(join(run, "latest_net_G_A.pth"), "weights");
    const output = await refuses(
      "--dataroot",
      data,
      "--checkpoints_dir",
      at("taken"),
      "--name",
      "mine",
      ...tinyOptions,
    );
    expect(output).toMatch(/mine already holds a run.*--continue_train.*--name/s);
    expect(await readdir(run)).toEqual(["latest_net_G_A.pth"]);
    expect(await readFile(join(run, "latest_net_G_A.pth"), "utf8")).toBe("weights");
  });

  test("to continue without a state", async () => {
    expect(await tinyRun("b", "--continue_train")).toMatch(/b has no run to continue.*without --continue_train/s);
    const run = at("partial", "mine");
    await mkdir(run, { recursive: true });
    await writeFile(join(run, "3_net_G_A.pth"), "weights");
    const again = ["--dataroot", data, "--checkpoints_dir", at("partial"), "--name", "mine", "--continue_train"];
    expect(await refuses(...again, "--epoch", "3")).toMatch(/has no 3_net_G_B\.pth, 3_net_D_A\.pth, 3_net_D_B\.pth/);
    expect(await readdir(run)).toEqual(["3_net_G_A.pth"]);
  });

  test("to continue from states that are all damaged, and keeps them", async () => {
    const run = at("rotten", "mine");
    await mkdir(run, { recursive: true });
    for (const name of ["latest", "previous"]) await writeFile(join(run, `${name}_state.safetensors`), "torn");
    const words = ["--dataroot", data, "--checkpoints_dir", at("rotten"), "--name", "mine", "--continue_train"];
    expect(await refuses(...words)).toMatch(/No saved state.*latest_state.*previous_state.*--init/s);
    expect(await readdir(run)).toEqual(["latest_state.safetensors", "previous_state.safetensors"]);
  });

  test("initial weights that are missing, or of other networks", async () => {
    await mkdir(at("start"), { recursive: true });
    expect(await tinyRun("c", "--init", at("start"))).toMatch(/has no G_A\.pth, G_B\.pth, D_A\.pth, D_B\.pth/);
    const weights = initialWeights({
      ...defaultTrainingOptions,
      ...{ netG: "resnet_6blocks", netD: "pixel", ngf: 3, ndf: 2 },
    });
    for (const name of networkNames) await writeFile(at("start", `${name}.pth`), writePth(weights[name]));
    expect(await tinyRun("c", "--init", at("start"))).toMatch(
      /G_A\.pth holds a resnet_6blocks \(ngf 3,.*these options make a resnet_6blocks \(ngf 2,/s,
    );
  });

  test("two generators alone, naming the option that gives the others new weights", async () => {
    await mkdir(at("generators"), { recursive: true });
    const tiny = { ...defaultTrainingOptions, netG: "resnet_6blocks", netD: "pixel", ngf: 2, ndf: 2 } as const;
    const trained = initialWeights({ ...tiny, seed: 77 });
    for (const name of ["G_A", "G_B"] as const) {
      await writeFile(at("generators", `${name}.pth`), writePth(trained[name]));
    }
    const words = ["--init", at("generators")];
    expect(await tinyRun("d", ...words)).toMatch(/has no D_A\.pth, D_B\.pth;.*--init_missing fresh/);
    await mkdir(at("empty"));
    expect(await tinyRun("d", "--init", at("empty"), "--init_missing", "fresh")).toMatch(/has no G_A\.pth, G_B/);

    // At a rate at which no weight moves, the initial weights are visible. (Biases start at 0 and
    // move at any rate.)
    const still = ["--init_missing", "fresh", "--lr", "1e-30", "--max_steps", "1"];
    const run = ["--dataroot", data, "--checkpoints_dir", at("fresh"), "--name", "e", ...tinyOptions];
    const { code, output } = await pixelcycle(["train", ...run, ...words, ...still]).ended;
    expect(code, output).toBe(0);
    expect(output).toContain(`${at("generators")} lacks D_A, D_B: initialised from --seed 5.`);
    const weights = { ...initialWeights({ ...tiny, seed: 5 }), G_A: trained.G_A, G_B: trained.G_B };
    for (const name of networkNames) {
      const { tensors } = readCheckpoint(await readFile(at("fresh", "e", `latest_net_${name}.pth`)));
      const began = weights[name].filter((tensor) => tensor.name.endsWith(".weight"));
      for (const { name, data } of began) {
        expect(Buffer.from(data).equals(tensors.find((tensor) => tensor.name === name)!.data), name).toBe(true);
      }
    }
  });

  test("a file that lacks networks, naming those that it has, but not one with all four", async () => {
    const tiny = { ...defaultTrainingOptions, netG: "resnet_6blocks", netD: "pixel", ngf: 2, ndf: 2 } as const;
    const trained = initialWeights({ ...tiny, seed: 78 });
    const { G_A, G_B, D_A, D_B } = trained;
    await writeFile(at("generators.pth"), writePth(inOneDict({ netG_A: G_A, netG_B: G_B })));
    const words = ["--init", at("generators.pth")];
    expect(await tinyRun("f", ...words)).toMatch(
      /generators\.pth has no network called D_A, D_B \(it contains netG_A, netG_B\); training .*--init_missing fresh/,
    );
    await writeFile(at("one.pth"), writePth(G_A));
    expect(await tinyRun("f", "--init", at("one.pth"))).toMatch(/no network called G_A, G_B, D_A, D_B/);
    const twice = inOneDict({ "first.G_A": G_A, "second.G_A": G_A });
    await writeFile(at("twice.pth"), writePth(twice));
    expect(await tinyRun("f", "--init", at("twice.pth"))).toMatch(
      /twice\.pth holds several networks called G_A: first\.G_A, second\.G_A\. Use .*weights convert --key/,
    );
    await writeFile(at("wrong.pth"), writePth(inOneDict({ G_A: D_A, G_B, D_A, D_B })));
    expect(await tinyRun("f", "--init", at("wrong.pth"))).toMatch(/wrong\.pth, G_A holds a pixel .*--netG/);

    await writeFile(at("all.pth"), writePth(inOneDict({ netG_A: G_A, netG_B: G_B, netD_A: D_A, netD_B: D_B })));
    const run = ["--dataroot", data, "--checkpoints_dir", at("all"), "--name", "e", ...tinyOptions];
    const still = ["--init", at("all.pth"), "--lr", "1e-30", "--max_steps", "1"];
    const { code, output } = await pixelcycle(["train", ...run, ...still]).ended;
    expect(code, output).toBe(0);
    for (const name of networkNames) {
      const { tensors } = readCheckpoint(await readFile(at("all", "e", `latest_net_${name}.pth`)));
      const began = trained[name].filter((tensor) => tensor.name.endsWith(".weight"));
      for (const { name, data } of began) {
        expect(Buffer.from(data).equals(tensors.find((tensor) => tensor.name === name)!.data), name).toBe(true);
      }
    }
  });

  test("a config file that is missing or has an unknown option", async () => {
    await writeFile(at("config.json"), `{"dataroot": "data", "ngff": 3}`);
    expect(await refuses("--config", at("config.json"))).toBe(
      `${at("config.json")}: There is no option --ngff. Did you mean --ngf?\n`,
    );
    expect(await refuses("--config", at("none.json"))).toMatch(/none\.json: there is no such file/);
  });
});

test("a finished run that continues says so, until there is more to do", async () => {
  const run = ["train", "--dataroot", data, "--checkpoints_dir", at("finished"), ...tinyOptions];
  const trained = async (...words: string[]) => {
    const { code, output } = await pixelcycle([...run, ...words]).ended;
    expect(code, output).toBe(0);
    return output;
  };
  const sentence = "The run has finished already: raise --n_epochs, --n_epochs_decay or --max_steps to train on.";
  expect(await trained("--max_steps", "1")).not.toContain(sentence);
  expect(await trained("--max_steps", "1", "--continue_train")).toContain(sentence);
  const more = await trained("--max_steps", "2", "--continue_train");
  expect(more).not.toContain(sentence);
  expect(more).toContain("Done: 2 steps.");
});
