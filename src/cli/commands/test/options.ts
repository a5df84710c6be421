// The options of `pixelcycle test`. Those of the reference's test.py keep their names, one row
// each. Those that make no sense here have a row that says what to do instead. docs/training.md
// shows the same table.

import { UserError } from "../../../errors.ts";
import { checkPreprocessOptions, preprocessModes } from "../../../picture/preprocess.ts";
import { choice, flag, real, rowsFor, text, whole, type OptionTable } from "../../../train/options/rows.ts";
import { withoutEffect } from "../../../train/options/table.ts";
import { parseArguments } from "../../options/table.ts";
import { checkFileNamePart, checkRunName } from "../train/options.ts";

export interface TestOptions {
  /** Contains the folders of both sides, `testA` and `testB`; for the model `test`, pictures. */
  dataroot: string;
  name: string;
  checkpointsDir: string;
  resultsDir: string;
  /** Both directions of a cycle, or one generator on a folder of pictures. */
  model: "cycle_gan" | "test";
  /** For the model `test`: the part after `net_G` in the checkpoint's name. */
  modelSuffix: string;
  /** `latest`, or an epoch. */
  epoch: string;
  /** If not 0, `iter_N` replaces the epoch. */
  loadIter: number;
  /**
   * Selects one of several networks in a checkpoint; undefined for the network with the
   * checkpoint's name.
   */
  key: string | undefined;
  phase: string;
  adapter: string | undefined;
  direction: "AtoB" | "BtoA";
  numTest: number;
  maxDatasetSize: number;
  preprocess: string;
  loadSize: number;
  cropSize: number;
  numThreads: number;
  /** Batch norm uses its running statistics. */
  eval: boolean;
  /** Results are stretched: higher by this factor or, below 1, wider by its inverse. */
  aspectRatio: number;
  /** The width of a picture on the page, in pixels. */
  displayWinsize: number;

  // The expected networks; undefined to accept whatever the checkpoints contain.
  inputNc: number | undefined;
  outputNc: number | undefined;
  ngf: number | undefined;
  netG: string | undefined;
  norm: string | undefined;
  noDropout: boolean | undefined;

  // Fixed settings, which may be given all the same.
  datasetMode: "unaligned" | "single" | undefined;
  batchSize: number;
  serialBatches: boolean;
  noFlip: boolean;
}

const defaultOptions: Omit<TestOptions, "dataroot"> & { dataroot: undefined } = {
  dataroot: undefined,
  name: "experiment_name",
  checkpointsDir: "./checkpoints",
  resultsDir: "./results/",
  model: "cycle_gan",
  modelSuffix: "",
  epoch: "latest",
  loadIter: 0,
  key: undefined,
  phase: "test",
  adapter: undefined,
  direction: "AtoB",
  numTest: 50,
  maxDatasetSize: Infinity,
  preprocess: "resize_and_crop",
  loadSize: 256,
  cropSize: 256,
  numThreads: 4,
  eval: false,
  aspectRatio: 1,
  displayWinsize: 256,
  inputNc: undefined,
  outputNc: undefined,
  ngf: undefined,
  netG: undefined,
  norm: undefined,
  noDropout: undefined,
  datasetMode: undefined,
  batchSize: 1,
  serialBatches: true,
  noFlip: true,
};

const { row, ours } = rowsFor<keyof TestOptions>(defaultOptions);

const otherModels = {
  pix2pix: "give --model test, which takes any single generator, and --model_suffix if its file name has one",
  colorization: "pixelcycle makes only pictures of 1 or 3 channels",
};
const notAligned = "pixelcycle reads unpaired pictures from two folders, or from one for --model test";
const otherDatasets = { aligned: notAligned, colorization: notAligned };

const forTraining = "it belongs to train; test loads only generators and reads their architecture from their files";
const visdom = "pixelcycle does not use visdom; open index.html in the results' folder";
const wandb = "pixelcycle does not use Weights & Biases; open index.html in the results' folder";

export const testTable: OptionTable<keyof TestOptions> = {
  command: "test",
  defaults: defaultOptions,
  groups: [
    {
      title: "The run",
      rows: [
        row("dataroot", text("DIR"), "the folder that holds testA and testB, or the pictures of model test (required)"),
        row("name", text("NAME"), "the run's folder below checkpoints_dir"),
        row("checkpoints_dir", text("DIR"), "where runs are kept"),
        row("model", choice(["cycle_gan", "test"], otherModels), "both directions of a cycle, or a single generator"),
        row("model_suffix", text("TEXT"), "for model test: what follows net_G in the file's name, _A or _B"),
        row("epoch", text("WHICH"), "which checkpoint: latest, or an epoch"),
        row("load_iter", whole(0), "if not 0: the checkpoint iter_N"),
        ours(
          "key",
          text("PATH"),
          "which network of a checkpoint with several, such as params_ema; otherwise the one called G_A",
        ),
        row("eval", flag, "use batch norm's running statistics"),
        ours("adapter", text("NAME"), "a GPU's name or part of it, or low-power"),
      ],
    },
    {
      title: "Data",
      rows: [
        row("phase", text("NAME"), "the first part of the data and results folders' names"),
        row("direction", choice(["AtoB", "BtoA"]), "BtoA swaps the folders"),
        row("num_test", whole(1, { endless: true }), "test at most this many"),
        row("max_dataset_size", whole(1, { endless: true }), "use at most this many pictures from each side"),
        row("preprocess", text("MODE"), `one of ${preprocessModes.join(", ")}`),
        row("load_size", whole(1), "scale to this size"),
        row("crop_size", whole(1), "then crop to this size"),
        row("num_threads", whole(0), "pictures to decode ahead"),
        row("dataset_mode", choice(["unaligned", "single"], otherDatasets), "accepted if it matches the model"),
        row("batch_size", whole(1, { below: 2 }), "accepted; pictures are tested one at a time"),
        row("serial_batches", flag, "accepted; a test always reads pictures in file order"),
        row("no_flip", flag, "accepted; a test never flips pictures"),
      ],
    },
    {
      title: "Networks (read from the checkpoints; options given here must agree with them)",
      rows: [
        row("netG", choice(["resnet_9blocks", "resnet_6blocks", "unet_256", "unet_128"]), "the generators"),
        row("ngf", whole(1), "filters of their first layer"),
        row("norm", choice(["instance", "batch", "none"]), "their normalisation"),
        row("input_nc", whole(1, { below: 4 }), "channels of pictures A"),
        row("output_nc", whole(1, { below: 4 }), "channels of pictures B"),
        row("no_dropout", flag, "that they have no dropout; dropout is always off in a test"),
      ],
    },
    {
      title: "Results",
      rows: [
        row("results_dir", text("DIR"), "where results are kept"),
        row("aspect_ratio", real(0, { above: true }), "stretch results: above 1 in height, below 1 in width"),
        row("display_winsize", whole(1), "width of a picture on the page, in pixels"),
      ],
    },
  ],
  withoutEffect: { ...withoutEffect, display_id: { ...withoutEffect.display_id, otherwise: visdom } },
  refused: {
    suffix: "give it as part of --name, as in the run's folder name",
    verbose: "use pixelcycle info FILE to see what a checkpoint holds",
    use_wandb: wandb,
    wandb_project_name: wandb,
    display_server: visdom,
    display_env: visdom,
    display_port: visdom,
    display_ncols: visdom,
    ndf: forTraining,
    netD: forTraining,
    n_layers_D: forTraining,
    init_type: forTraining,
    init_gain: forTraining,
    // Names from before 2020, which older tutorials use.
    how_many: "it is called --num_test now",
    fineSize: "it is called --crop_size now",
    loadSize: "it is called --load_size now",
    which_direction: "it is called --direction now",
    which_epoch: "it is called --epoch now",
    which_model_netG: "it is called --netG now",
    resize_or_crop: "it is called --preprocess now",
  },
};

/**
 * @param argv the arguments after `test`: `--num_test 5`, `--num-test 5` or `--num-test=5`
 * @throws UserError for anything unknown, out of range, or contradictory
 */
export function parseTestOptions(argv: readonly string[]): TestOptions {
  const given: Partial<TestOptions> = Object.fromEntries(parseArguments(testTable, argv));
  const options: TestOptions = { ...defaultOptions, dataroot: "", ...given };
  const { model, modelSuffix, preprocess, loadSize, cropSize } = options;
  if (!options.dataroot) {
    const wanted = model === "test" ? "the pictures" : `${options.phase}A and ${options.phase}B`;
    throw new UserError(`--dataroot is missing: the folder that holds ${wanted}.`);
  }
  checkFileNamePart("phase", options.phase);
  checkFileNamePart("epoch", options.epoch);
  if (modelSuffix !== "") checkFileNamePart("model_suffix", modelSuffix);
  checkRunName(options.name);
  if (model === "cycle_gan" && modelSuffix !== "") {
    throw new UserError("--model_suffix is for --model test; a cycle has two generators, G_A and G_B.");
  }
  const dataset = model === "test" ? "single" : "unaligned";
  if (options.datasetMode !== undefined && options.datasetMode !== dataset) {
    throw new UserError(
      `--dataset_mode ${options.datasetMode} does not match --model ${model}, which uses ${dataset}.`,
    );
  }
  for (const [name, value] of [
    ["serial_batches", options.serialBatches],
    ["no_flip", options.noFlip],
  ] as const) {
    if (!value) throw new UserError(`--${name} is always on in a test.`);
  }
  checkPreprocessOptions({ mode: preprocess, loadSize, cropSize });
  const scales = preprocess.includes("resize") || preprocess.includes("scale_width");
  if (scales && preprocess.includes("crop") && loadSize < cropSize) {
    throw new UserError(
      `--load_size ${loadSize} is smaller than --crop_size ${cropSize}: crops are cut from the scaled pictures, so give a larger --load_size or a smaller --crop_size.`,
    );
  }
  return options;
}
