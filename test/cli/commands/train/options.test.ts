// The options of train: all of the reference's by name, in both spellings, with its defaults; each
// refusal in one sentence; and config files.

import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { acceptTrainOptions, parseTrainOptions } from "../../../../src/cli/commands/train/options.ts";
import { withFlags } from "../../../../src/cli/options/flags.ts";
import { optionsHelp } from "../../../../src/cli/options/table.ts";
import { UserError } from "../../../../src/errors.ts";
import { Random } from "../../../../src/random.ts";
import {
  checkTrainingOptions,
  defaultTrainingOptions,
  type TrainingOptions,
} from "../../../../src/train/options/options.ts";
import { commandLineTable, optionRows, refusedOptions, withoutEffect } from "../../../../src/train/options/table.ts";
import { formatSuffix, optionsText } from "../../../../src/train/options/text.ts";
import { nearestName, pythonText, type OptionValue } from "../../../../src/train/options/values.ts";
import { testFolder } from "../../../folder.ts";

const folder = testFolder("options");

function fileOf(content: string | object, name = "config"): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const parse = (...argv: string[]) => parseTrainOptions(["--dataroot", "data", ...argv]);

/** The message that the options end in. */
async function refusal(...argv: string[]): Promise<string> {
  const error: unknown = await parse(...argv).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UserError);
  return withFlags((error as UserError).message);
}

// Options and defaults of the reference for `--model cycle_gan`, as its own echo shows them.
const reference = `
----------------- Options ---------------
               batch_size: 1
                    beta1: 0.5
          checkpoints_dir: ./checkpoints
           continue_train: False
                crop_size: 256
                 dataroot: data                          \t[default: None]
             dataset_mode: unaligned
                direction: AtoB
             display_freq: 400
          display_winsize: 256
                    epoch: latest
              epoch_count: 1
                 gan_mode: lsgan
                init_gain: 0.02
                init_type: normal
                 input_nc: 3
                  isTrain: True                          \t[default: None]
                 lambda_A: 10.0
                 lambda_B: 10.0
          lambda_identity: 0.5
                load_iter: 0
                load_size: 286
                       lr: 0.0002
           lr_decay_iters: 50
                lr_policy: linear
         max_dataset_size: inf
                    model: cycle_gan
                 n_epochs: 100
           n_epochs_decay: 100
               n_layers_D: 3
                     name: experiment_name
                      ndf: 64
                     netD: basic
                     netG: resnet_9blocks
                      ngf: 64
               no_dropout: True
                  no_flip: False
                  no_html: False
                     norm: instance
              num_threads: 4
                output_nc: 3
                    phase: train
                pool_size: 50
               preprocess: resize_and_crop
               print_freq: 100
             save_by_iter: False
          save_epoch_freq: 5
         save_latest_freq: 5000
           serial_batches: False
                   suffix:
         update_html_freq: 1000
                  verbose: False
----------------- End -------------------
`;

const everyName = [...optionRows.keys()];

describe("the table", () => {
  test("has all options of the reference, with its defaults, and marks ours", async () => {
    const lines = reference.trim().split("\n");
    const options = await parse();
    const own = [...optionRows.values()].filter(({ ours }) => ours).map(({ name }) => name);
    const cells = ["cell", "lambda_cell", "lambda_checker", "lambda_color", "recolor_B"];
    expect(own.sort()).toEqual(
      ["adapter", "init", "init_missing", "learning", "max_steps", "seed", "upscale_small", ...cells].sort(),
    );
    const written = optionsText(options.run, options.training).trimEnd().split("\n");
    const theirs = written.filter((line) => !own.includes(line.split(":")[0].trim())).map((line) => line.trimEnd());
    expect(theirs).toEqual(lines);
    for (const line of written.slice(1, -1)) expect(line).toMatch(/^ *\w+: .{30}(\t\[default: .*\])?$/);
  });

  test("covers every training option and its default", async () => {
    expect((await parse()).training).toEqual(defaultTrainingOptions);
    const keys = [...optionRows.values()].map(({ key }) => key);
    for (const key of Object.keys(defaultTrainingOptions)) expect(keys).toContain(key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("matches the documentation", async () => {
    const page = await readFile("docs/training.md", "utf8");
    const values: Record<string, OptionValue> = { ...(await parse()).training, ...(await parse()).run };
    for (const { name, key, kind, ours } of optionRows.values()) {
      const line = page.split("\n").find((line) => line.startsWith(`| \`--${name}\``));
      expect(line, name).toBeDefined();
      if (ours) expect(line, name).toContain("ours");
      const standard = pythonText(kind, values[key]);
      if (kind.kind !== "flag" && key in values && !["None", "", "data"].includes(standard)) {
        expect(line, name).toContain(`\`${standard}\``);
      }
    }
    for (const name of [...Object.keys(refusedOptions), ...Object.keys(withoutEffect)])
      expect(page, name).toContain(`\`--${name}\``);
  });

  test("is shown by --help, every name once", () => {
    const help = optionsHelp(commandLineTable);
    for (const name of [...everyName, "config"])
      expect(help.split("\n").filter((line) => line.startsWith(`  --${name} `)).length, name).toBe(1);
    expect(help).toContain("(default: 0.0002)");
  });
});

describe("the command line", () => {
  test("accepts both spellings, values after a space or =, and flags", async () => {
    const expected = {
      ...defaultTrainingOptions,
      nEpochs: 5,
      lambdaA: 2.5,
      noFlip: true,
      nLayersD: 4,
      netD: "n_layers",
      maxDatasetSize: 9,
    };
    for (const argv of [
      [
        "--n_epochs",
        "5",
        "--lambda_A",
        "2.5",
        "--no_flip",
        "--netD",
        "n_layers",
        "--n_layers_D",
        "4",
        "--max_dataset_size",
        "9",
      ],
      ["--n-epochs=5", "--lambda-A=2.5", "--no-flip", "--netD=n_layers", "--n-layers-D=4", "--max-dataset-size=9"],
      [
        "--n-epochs_decay",
        "100",
        "--n_epochs",
        "7",
        "--n-epochs",
        "+5",
        "--lambda-A",
        "25e-1",
        "--no-flip=True",
        "--netD",
        "n_layers",
        "--n_layers-D",
        "4",
        "--max-dataset-size",
        "9",
      ],
    ]) {
      expect((await parse(...argv)).training).toEqual(expected);
    }
    expect((await parse("--no_flip", "--no-flip=false")).training.noFlip).toBe(false);
    expect((await parse("--max_dataset_size", "inf", "--max-steps=3")).training).toMatchObject({
      maxDatasetSize: Infinity,
      maxSteps: 3,
    });
  });

  test("separates options of the run from those of the training", async () => {
    const { run } = await parse(
      "--name",
      "a/b",
      "--checkpoints_dir",
      "c",
      "--continue_train",
      "--epoch",
      "50",
      "--load-iter",
      "7",
      "--verbose",
    );
    expect(run).toEqual({
      dataroot: "data",
      name: "a/b",
      checkpointsDir: "c",
      suffix: "",
      phase: "train",
      continueTrain: true,
      epoch: "50",
      loadIter: 7,
      init: undefined,
      initMissing: "refuse",
      adapter: undefined,
      verbose: true,
      displayWinsize: 256,
    });
    expect((await parse("--init=x=y", "--adapter", "low-power")).run).toMatchObject({
      init: "x=y",
      adapter: "low-power",
    });
  });

  test("accepts the reference's options for devices and display if they request nothing more", async () => {
    for (const argv of [["--gpu_ids", "0", "--display_id", "-1"], ["--gpu-ids=0"], ["--display-id", "0"]]) {
      expect(await parse(...argv)).toEqual(await parse());
    }
    expect(await parse("--config", fileOf({ gpu_ids: 0, display_id: -1 }))).toEqual(await parse());
    expect(optionsHelp(commandLineTable)).toContain("--gpu_ids 0, --display_id -1 or 0");
  });

  test("any values in range are accepted unchanged", async () => {
    const random = new Random(7);
    for (let round = 0; round < 200; round++) {
      const expected: Record<string, unknown> = {};
      const argv = [...optionRows.values()].flatMap(({ name, key, kind }) => {
        if (!(key in defaultTrainingOptions) || kind.kind === "text" || random.below(3) > 0) return [];
        const spelled = random.below(2) ? name : name.replaceAll("_", "-");
        if (kind.kind === "flag") {
          expected[key] = true;
          return [`--${spelled}`];
        }
        const value =
          kind.kind === "choice"
            ? kind.choices[random.below(kind.choices.length)]
            : kind.kind === "whole"
              ? kind.least + random.below(Math.min(50, (kind.below ?? 99) - kind.least))
              : kind.least + (random.below(900) + 1) / 1000;
        expected[key] = value;
        return random.below(2) ? [`--${spelled}`, String(value)] : [`--${spelled}=${value}`];
      });
      const options = { ...defaultTrainingOptions, ...expected } as TrainingOptions;
      let refused: unknown;
      try {
        checkTrainingOptions(options);
      } catch (error) {
        refused = error;
      }
      if (refused) expect(await refusal(...argv)).toBe(withFlags((refused as Error).message));
      else {
        const parsed = await parse(...argv);
        expect(parsed.training).toEqual(options);
        const again = await parseTrainOptions(["--config", fileOf(optionsText(parsed.run, parsed.training))]);
        expect([again.training, again.run]).toEqual([parsed.training, parsed.run]);
      }
    }
  });

  test.each([
    [["--n_epoch", "5"], "There is no option --n_epoch. Did you mean --n_epochs?"],
    [["--nepochs", "5"], "Did you mean --n_epochs?"],
    [["--batchsize=4"], "There is no option --batchsize. --batchSize is not accepted: it is called --batch_size now."],
    [["--lambda_a", "1"], "Did you mean --lambda_A?"],
    [["--gpu-id", "0"], "There is no option --gpu-id. Did you mean --gpu_ids?"],
    [["--sleep"], "There is no option --sleep. train --help lists them all."],
    [["--__proto__"], "There is no option --__proto__."],
    [["--constructor"], "There is no option --constructor."],
    [["photos"], '"photos" is not an option; the options of train begin with two dashes, as in --dataroot DIR.'],
    [["-n", "5"], '"-n" is not an option'],
    [["--"], '"--" is not an option'],
    [["--no_flip", "yes"], '"yes" is not an option'],
    [["--no_flip=yes"], '--no_flip is a flag: give it alone, or with true or false, not "yes".'],
    [["--name"], "--name needs a value."],
    [["--name", "--verbose"], "--name needs a value."],
    [["--config"], "--config needs a value."],
    [["--ngf", "0"], "--ngf must be a whole number from 1, not 0."],
    [["--ngf", "1e3"], '--ngf must be a whole number from 1, not "1e3".'],
    [["--ngf", "64.0"], '--ngf must be a whole number from 1, not "64.0".'],
    [["--ngf="], '--ngf must be a whole number from 1, not "".'],
    [["--ngf", "inf"], "--ngf must be a whole number from 1, not"],
    [["--ngf", "0x40"], "--ngf must be"],
    [["--ngf", "99999999999999999999"], "--ngf must be"],
    [["--lr", "0"], "--lr must be a number above 0, not 0."],
    [["--lr", "nan"], '--lr must be a number above 0, not "nan".'],
    [["--lr", "inf"], "--lr must be a number above 0"],
    [["--lr", "1e999"], "--lr must be a number above 0"],
    [["--beta1", "1"], "--beta1 must be a number from 0 and below 1, not 1."],
    [["--lambda-A", "-1"], "--lambda-A must be a number from 0, not -1."],
    [["--seed", "9007199254740992"], "--seed must be a whole number from 0 to 9007199254740991"],
    [["--max_steps", "0"], "--max_steps must be a whole number from 1, or inf, not 0."],
    [["--netG", "resnet_7blocks"], "--netG must be one of resnet_9blocks, resnet_6blocks, unet_256, unet_128"],
    [
      ["--norm", "syncbatch"],
      "--norm syncbatch: it shares statistics among GPUs, but pixelcycle trains on one; use batch.",
    ],
    [["--model", "pix2pix"], "--model pix2pix: pixelcycle trains only cycle_gan."],
    [["--model", "cut"], '--model must be cycle_gan, not "cut".'],
    [["--model", "toString"], "--model must be cycle_gan"],
    [["--dataset_mode", "aligned"], "--dataset_mode aligned: pixelcycle reads unpaired pictures from two folders"],
    [["--no_dropout=false"], "--no_dropout is always on"],
    [
      ["--gpu_ids", "-1"],
      "--gpu_ids -1: pixelcycle always runs on one WebGPU adapter; choose it with --adapter (pixelcycle doctor shows the default one)",
    ],
    [["--gpu-ids=0,1"], "--gpu_ids 0,1: pixelcycle always runs on one WebGPU adapter"],
    [["--gpu_ids"], "--gpu_ids needs a value."],
    [["--use-wandb"], "--use_wandb is not accepted: pixelcycle does not use Weights & Biases"],
    [["--display_id", "1"], "--display_id 1: pixelcycle does not use visdom"],
    [["--niter", "100"], "--niter is not accepted: it is called --n_epochs now."],
    [["--eval"], "--eval is not accepted: it belongs to test, not to train."],
    [["--input_nc", "2"], "--input_nc 2: pictures have 1 or 3 channels."],
    [["--input_nc", "4"], "--input_nc must be a whole number from 1 to 3, not 4."],
    [["--input_nc", "1"], "The identity loss feeds a generator its own target"],
    [
      ["--crop_size", "250"],
      "--crop_size does not fit: 250 x 250 pixels, but resnet_9blocks keeps only multiples of 4",
    ],
    [["--crop_size", "16"], "--crop_size does not fit: 16 x 16 pixels, but these networks need at least 24 a side."],
    [
      ["--netG", "unet_256", "--preprocess", "crop", "--crop_size", "128"],
      "unet_256 keeps only multiples of 256 at their size",
    ],
    [["--preprocess", "resize", "--load_size", "286"], "--load_size does not fit: 286 x 286 pixels"],
    [["--crop_size", "288"], "--load_size 286 is smaller than --crop_size 288"],
    [["--preprocess", "mirror"], "--preprocess mirror does not exist"],
    [["--n_layers_D", "4"], "--n_layers_D 4 is for --netD n_layers; --netD basic has a fixed number of layers."],
    [["--netD", "n_layers", "--n_layers_D", "7"], "these networks need at least 384 a side"],
    [["--n_epochs", "0", "--n_epochs_decay", "0"], "which leaves no epochs; set one of them above 0."],
    [["--epoch_count", "201"], "--epoch_count 201 is past the last epoch, 200"],
    [["--n_epochs", "0", "--lr_policy", "cosine"], "--lr_policy cosine falls over --n_epochs, which is 0."],
    [
      ["--epoch", "50"],
      "--epoch and --load_iter choose what --continue_train continues from; give --continue_train too.",
    ],
    [["--load_iter", "50"], "give --continue_train too."],
    [["--init_missing", "fresh"], "--init_missing fresh applies only to --init; give --init too."],
    [["--continue_train", "--init", "x"], "--init starts a new run, and --continue_train continues"],
    [["--continue_train", "--epoch", "../x"], "--epoch must be usable in a file name"],
    [["--phase", ""], "--phase must be usable in a file name"],
    [["--name", ""], '--name must name a folder below --checkpoints_dir, not "".'],
    [["--name", "/tmp/x"], "--name must name a folder below --checkpoints_dir"],
    [["--name", "a/../../b"], "--name must name a folder below --checkpoints_dir"],
    [["--name=.", "--suffix="], "--name must name a folder below --checkpoints_dir"],
    [["--lambda_cell", "10"], "--lambda_cell works on cells: set --cell to their side"],
    [["--lambda_color", "1", "--cell", "1"], "--lambda_color works on cells: set --cell"],
    [["--cell", "4"], "--cell 4 keeps cells whole, but --preprocess resize_and_crop scales them"],
    [
      ["--cell", "4", "--preprocess", "scale_width"],
      "but --preprocess scale_width scales them: give --preprocess crop",
    ],
    [["--cell", "5", "--preprocess", "crop"], "256 x 256 pixels, but cells of 5 fill only multiples of 5."],
    [
      ["--cell", "256", "--lambda_checker", "1", "--preprocess", "crop"],
      "--lambda_checker needs two cells of 256 a side.",
    ],
    [
      ["--cell", "4", "--preprocess", "crop", "--lambda_color", "1", "--input_nc", "1", "--lambda_identity", "0"],
      "compare a picture with the generator's output, so --input_nc 1 and --output_nc 3 must be equal.",
    ],
    [["--recolor_B", "--input_nc", "1", "--output_nc", "1"], "--recolor_B needs pictures in colour"],
    [["--lambda_checker", "-1"], "--lambda_checker must be"],
    [["--dataroot", ""], "--dataroot is missing: the folder that holds trainA and trainB."],
  ])("%j", async (argv, message) => {
    expect(await refusal(...argv)).toContain(message);
  });

  test("accepts the reference's options with only one possible value", async () => {
    const argv = [
      "--model",
      "cycle_gan",
      "--no_dropout",
      "--dataset_mode",
      "unaligned",
      "--input_nc",
      "1",
      "--lambda_identity",
      "0",
    ];
    expect((await parse(...argv)).training).toEqual({ ...defaultTrainingOptions, inputNc: 1, lambdaIdentity: 0 });
    const gray = await parse("--input_nc", "1", "--output_nc", "1", "--gan_mode", "wgangp", "--preprocess", "none");
    expect(gray.training.ganMode).toBe("wgangp");
    expect((await parse("--preprocess", "resize", "--load_size", "284")).training.preprocess).toBe("resize");
  });

  test("requires the pictures", async () => {
    await expect(parseTrainOptions([])).rejects.toThrow("--dataroot is missing");
  });

  test("passes through the command unchanged", async () => {
    const seen: string[][] = [];
    const make = () => {
      const program = new Command("pixelcycle")
        .exitOverride()
        .configureOutput({ writeOut: (text) => seen.push([text]) });
      acceptTrainOptions(program.command("train")).action((_, command: Command) => void seen.push(command.args));
      return program;
    };
    const argv = ["--no-flip", "--dataroot", "x", "--seed=3", "--max-steps", "4", "stray", "--gpu_ids", "-1"];
    await make().parseAsync(["train", ...argv], { from: "user" });
    expect(seen.pop()).toEqual(argv);
    await expect(make().parseAsync(["train", "--help"], { from: "user" })).rejects.toThrow("outputHelp");
    expect(seen.flat().join("")).toMatch(/pixelcycle train --dataroot DIR \[options\][^]*--n_epochs_decay X/);
  });
});

describe("the suffix", () => {
  test("is added to the name, with options formatted as in Python", async () => {
    const { run } = await parse(
      "--name",
      "x",
      "--suffix",
      "{model}_{netG}_size{load_size}_lr{lr}_{no_flip}_{lambda_A}_{{n}}",
      "--lr",
      "1e-5",
    );
    expect(run.name).toBe("x_cycle_gan_resnet_9blocks_size286_lr1e-05_False_10.0_{n}");
  });

  test.each([
    ["{nothing}", 'there is no option called "nothing"; {netG} is one.'],
    ["{lr:.2f}", 'there is no option called "lr:.2f"'],
    ["{}", 'there is no option called ""'],
    ["{netG", "a brace is unbalanced"],
    ["netG}", "a brace is unbalanced"],
    ["{{}", "a brace is unbalanced"],
    ["/../../x", "--name must name a folder"],
  ])("%s is refused", async (suffix, message) => {
    expect(await refusal("--suffix", suffix)).toContain(message);
  });

  test("numbers look as in Python", () => {
    const real = { kind: "real", least: 0 } as const;
    // repr() of Python 3.11
    const cases: [number, string][] = [
      [0.0002, "0.0002"],
      [1e-4, "0.0001"],
      [0.00001, "1e-05"],
      [1.5e-7, "1.5e-07"],
      [10, "10.0"],
      [0, "0.0"],
      [1e15, "1000000000000000.0"],
      [1e16, "1e+16"],
      [1.25e22, "1.25e+22"],
      [1e-100, "1e-100"],
      [0.1 + 0.2, "0.30000000000000004"],
    ];
    for (const [value, text] of cases) expect(pythonText(real, value)).toBe(text);
    expect(formatSuffix("{max_dataset_size}", { maxDatasetSize: Infinity })).toBe("inf");
  });
});

describe("a config file", () => {
  test("accepts either spelling, and the command line takes precedence", async () => {
    const path = fileOf({
      dataroot: "d",
      "n-epochs": 3,
      n_epochs_decay: 4,
      no_flip: true,
      max_steps: "inf",
      name: "from file",
      epoch: 5,
      continue_train: true,
    });
    const { training, run } = await parseTrainOptions(["--config", path, "--n_epochs_decay", "9", "--no-flip=false"]);
    expect(training).toEqual({ ...defaultTrainingOptions, nEpochs: 3, nEpochsDecay: 9 });
    expect(run).toMatchObject({ dataroot: "d", name: "from file", epoch: "5" });
    // Before or behind the options that it is overridden by.
    expect((await parse("--n_epochs", "8", "--config", path)).training.nEpochs).toBe(8);
  });

  test("may be the reference's own list of options, of any version", async () => {
    const old = reference
      .replace("batch_size: 1", "batch_size: 4                             \t[default: 1]")
      .replace("   name: experiment_name", "   name: horses_unet_128                 \t[default: experiment_name]")
      .replace("  suffix:", "  suffix: {netG}                        \t[default: ]")
      .replace("load_iter: 0", "load_iter: 0                             \t[default: 0]")
      .replace(
        "                  verbose",
        "                  gpu_ids: 0,1\n               display_id: 1\n                use_wandb: False\n                  verbose",
      );
    const path = fileOf(old.replaceAll("\n", "\r\n"));
    const { training, run, notes } = await parseTrainOptions(["--config", path]);
    expect(training).toEqual({ ...defaultTrainingOptions, batchSize: 4 });
    expect([run.name, run.suffix, run.dataroot]).toEqual(["horses_unet_128", "", "data"]);
    expect(notes).toEqual([`${path}: gpu_ids, display_id, use_wandb do not apply here and are ignored.`]);
  });

  test.each([
    ["{ n_epochs: 3 }", "it is not valid JSON"],
    [{ n_epoch: 3 }, "There is no option --n_epoch. Did you mean --n_epochs?"],
    [{ n_epochs: "3" }, 'n_epochs must be a whole number from 0, not "3".'],
    [{ n_epochs: 3.5 }, "n_epochs must be a whole number from 0, not 3.5."],
    [{ n_epochs: null }, "n_epochs must be a whole number from 0, not null."],
    [{ n_epochs: [3] }, "n_epochs must be a whole number from 0, not [3]."],
    [{ no_flip: 1 }, "no_flip must be true or false, not 1."],
    [{ netG: {} }, "netG must be one of resnet_9blocks"],
    [{ n_epochs: 3, "n-epochs": 4 }, "n-epochs is given twice, in two spellings."],
    [{ config: "x" }, "a config file cannot name another one."],
    [{ gpu_ids: "0,1" }, "--gpu_ids 0,1: pixelcycle always runs on one WebGPU adapter"],
    ['{"__proto__": {"ngf": 3}}', "There is no option --__proto__."],
    [{ norm: "syncbatch" }, "norm syncbatch: it shares statistics"],
    ["", "it contains no options."],
    ["[1, 2]", 'it is neither a JSON object nor a train_opt.txt: "[1, 2]".'],
    ["\x7fELF\0\0", "it is neither a JSON object nor a train_opt.txt"],
    [reference.replace("isTrain: True", "isTrain: False"), "these are the options of a test, not of a training run."],
    [reference.replace("model: cycle_gan", "model: pix2pix"), "model pix2pix: pixelcycle trains only cycle_gan."],
    [reference.replace("n_epochs: 100", "niter: 100"), "--niter is not accepted: it is called --n_epochs now."],
    [reference.replace("ngf: 64", "ngf: many"), 'ngf must be a whole number from 1, not "many".'],
    [
      reference.replace("no_flip: False", "no_flip: perhaps"),
      'no_flip is a flag: give it alone, or with true or false, not "perhaps".',
    ],
  ])("%j is refused by its name", async (content, message) => {
    const path = fileOf(content);
    const said = await refusal("--config", path);
    expect(said).toContain(message);
    expect(said.startsWith(`${path}: `)).toBe(true);
  });

  test("that is missing, or far too large, is refused", async () => {
    expect(await refusal("--config", join(folder, "none"))).toContain("none: there is no such file or folder.");
    expect(await refusal("--config", folder)).toContain("it is a folder, not a file.");
    expect(await refusal("--config", fileOf(" ".repeat(2 ** 20 + 1)))).toContain("at most 1048576 are read.");
  });

  test("of random bytes gives options or a sentence", async () => {
    const random = new Random(2);
    const text = reference;
    for (let round = 0; round < 300; round++) {
      const bytes = new TextEncoder().encode(
        round % 2 ? text : JSON.stringify({ n_epochs: 3, no_flip: true, netG: "unet_256" }),
      );
      for (let i = random.below(6); i >= 0; i--) bytes[random.below(bytes.length)] = random.below(256);
      const path = join(folder, "bytes");
      writeFileSync(path, bytes.subarray(0, random.below(bytes.length + 1)));
      await parseTrainOptions(["--config", path]).catch((error: unknown) => expect(error).toBeInstanceOf(UserError));
    }
  });
});

test("the nearest name is suggested, but none that is too different", () => {
  expect(nearestName("n_epochs", ["n_epochs_decay", "n_epochs"])).toBe("n_epochs");
  expect(nearestName("lrr", ["lr", "ngf"])).toBe("lr");
  expect(nearestName("xy", ["lr", "ngf"])).toBeUndefined();
  expect(nearestName("", ["lr"])).toBeUndefined();
});
