// Every option of `train`, one row each: the reference's under their own names, then ours; and
// those of the reference that make no sense here, each with what to do instead. docs/training.md
// shows the same table.

import { preprocessModes } from "../../picture/preprocess.ts";
import { option } from "./option.ts";
import { defaultTrainingOptions } from "./options.ts";
import {
  choice,
  flag,
  real,
  rowsFor,
  text,
  whole,
  type OptionGroup,
  type OptionRow,
  type OptionTable,
} from "./rows.ts";

/** The options of a run beside those of its training. */
export interface RunOptions {
  /** The folder of both sides, `trainA` and `trainB`. */
  dataroot: string;
  /** The run's folder below `checkpointsDir`, including `suffix`. */
  name: string;
  checkpointsDir: string;
  /** Appended to the name; `{netG}` stands for the option of that name. */
  suffix: string;
  /** The first part of the folders' names. */
  phase: string;
  continueTrain: boolean;
  /** What `continueTrain` continues from: `latest`, or an epoch. */
  epoch: string;
  /** If not 0: continue from `iter_N`. */
  loadIter: number;
  /** A folder with G_A.pth, G_B.pth, D_A.pth and D_B.pth to start from. */
  init: string | undefined;
  /**
   * What happens if `init` lacks networks: the run is refused, or they are initialised as in a new
   * run.
   */
  initMissing: "refuse" | "fresh";
  adapter: string | undefined;
  verbose: boolean;
  /** Width of a picture on the run's page, in pixels. */
  displayWinsize: number;
}

export const defaultRunOptions: Omit<RunOptions, "dataroot"> & { dataroot: undefined } = {
  dataroot: undefined,
  name: "experiment_name",
  checkpointsDir: "./checkpoints",
  suffix: "",
  phase: "train",
  continueTrain: false,
  epoch: "latest",
  loadIter: 0,
  init: undefined,
  initMissing: "refuse",
  adapter: undefined,
  verbose: false,
  displayWinsize: 256,
};

/**
 * Options that have one possible value here. They are accepted so that commands written for the
 * reference work.
 */
export const constantOptions = { model: "cycle_gan", datasetMode: "unaligned", noDropout: true } as const;

export const defaultOptions = { ...defaultRunOptions, ...constantOptions, ...defaultTrainingOptions };

export type OptionKey = keyof typeof defaultOptions;

const channels = whole(1, { below: 4 });

const { row, ours } = rowsFor<OptionKey>(defaultOptions);

const onlyCycleGan = "pixelcycle trains only cycle_gan";
const models = { pix2pix: onlyCycleGan, colorization: onlyCycleGan, test: "use pixelcycle test or pixelcycle convert" };
const onlyUnaligned = "pixelcycle reads unpaired pictures from two folders, trainA and trainB";
const datasets = { aligned: onlyUnaligned, single: onlyUnaligned, colorization: onlyUnaligned };
const norms = { syncbatch: "it shares statistics among GPUs, but pixelcycle trains on one; use batch" };

export const optionGroups: readonly OptionGroup<OptionKey>[] = [
  {
    title: "The run",
    rows: [
      row("dataroot", text("DIR"), "the folder that holds trainA and trainB (required)"),
      row("name", text("NAME"), "the run's folder below checkpoints_dir"),
      row("checkpoints_dir", text("DIR"), "where runs are kept"),
      row("suffix", text("TEXT"), "appended to the name; {netG} stands for that option's value"),
      row("continue_train", flag, "continue the run of this name exactly where it stopped"),
      row("epoch", text("WHICH"), "what continue_train continues from: latest, or an epoch"),
      row("load_iter", whole(0), "if not 0: continue_train continues from iter_N"),
      row("epoch_count", whole(1), "the number of the first epoch"),
      row("phase", text("NAME"), "the first part of the data folders' names"),
      row("verbose", flag, "print the networks, layer by layer"),
      ours("init", text("PLACE"), "start from a folder's G_A.pth, G_B.pth, D_A.pth and D_B.pth, or a file of all four"),
      ours("init_missing", choice(["refuse", "fresh"]), "if init lacks networks: refuse, or initialise them afresh"),
      ours("seed", whole(0, { below: 2 ** 53 }), "the seed of all random numbers"),
      ours("max_steps", whole(1, { endless: true }), "stop after this many steps"),
      ours("adapter", text("NAME"), "a GPU's name or part of it, or low-power"),
      row("model", choice(["cycle_gan"], models), "accepted; the only value"),
    ],
  },
  {
    title: "Networks",
    rows: [
      row("input_nc", channels, "channels of pictures A: 3, or 1 for gray"),
      row("output_nc", channels, "channels of pictures B: 3, or 1 for gray"),
      row("ngf", whole(1), "filters of a generator's first layer"),
      row("ndf", whole(1), "filters of a discriminator's first layer"),
      row("netG", choice(["resnet_9blocks", "resnet_6blocks", "unet_256", "unet_128"]), "the generators"),
      row("netD", choice(["basic", "n_layers", "pixel"]), "the discriminators; basic is n_layers with 3"),
      row("n_layers_D", whole(1), "number of layers, for netD n_layers"),
      row("norm", choice(["instance", "batch", "none"], norms), "normalisation"),
      row("init_type", choice(["normal", "xavier", "kaiming", "orthogonal"]), "how weights are initialised"),
      row("init_gain", real(0, { above: true }), "scale of the initial weights, for normal, xavier and orthogonal"),
      row("no_dropout", flag, "accepted; CycleGAN has no dropout"),
    ],
  },
  {
    title: "Data",
    rows: [
      row("dataset_mode", choice(["unaligned"], datasets), "accepted; the only value"),
      row("direction", choice(["AtoB", "BtoA"]), "BtoA swaps the folders"),
      row("serial_batches", flag, "read pictures in file order, without shuffling"),
      row("num_threads", whole(0), "pictures decoded at once, ahead of the step; 0 decodes none ahead"),
      row("batch_size", whole(1), "pictures per step from each side"),
      row("load_size", whole(1), "scale to this size"),
      row("crop_size", whole(1), "then crop to this size"),
      row("max_dataset_size", whole(1, { endless: true }), "use at most this many pictures from each side"),
      row("preprocess", text("MODE"), `one of ${preprocessModes.join(", ")}`),
      row("no_flip", flag, "do not flip pictures"),
      ours("upscale_small", flag, "enlarge pictures that are smaller than the crop"),
      ours("recolor_B", flag, "recolor each trainB picture with the colors of the trainA picture beside it"),
    ],
  },
  {
    title: "Objective",
    rows: [
      row("gan_mode", choice(["vanilla", "lsgan", "wgangp"]), "the adversarial loss"),
      row("lambda_A", real(0), "weight of the cycle loss A to B to A"),
      row("lambda_B", real(0), "weight of the cycle loss B to A to B"),
      row("lambda_identity", real(0), "weight of the identity loss, as a fraction of lambda_A and lambda_B"),
      row("pool_size", whole(0), "size of the pool of earlier fakes for the discriminators"),
      ours("cell", whole(0), "a cell's side in trainB, in pixels; crops then keep to the grid; 0 for no grid"),
      ours("lambda_color", real(0), "weight of the loss that keeps each cell's color"),
      ours("lambda_cell", real(0), "weight of the loss on variance inside cells"),
      ours("lambda_checker", real(0), "weight of the loss on checkerboards of cells that the source lacks"),
    ],
  },
  {
    title: "Optimisation",
    rows: [
      row("n_epochs", whole(0), "epochs at the full learning rate"),
      row("n_epochs_decay", whole(0), "epochs over which it decays"),
      row("lr", real(0, { above: true }), "Adam's learning rate"),
      row("beta1", real(0, { below: 1 }), "Adam's momentum term"),
      ours(
        "learning",
        choice(["both", "generators", "discriminators"]),
        "which networks to train; the others stay frozen",
      ),
      row("lr_policy", choice(["linear", "step", "plateau", "cosine"]), "how the learning rate decays"),
      row("lr_decay_iters", whole(1), "epochs between decays, for lr_policy step"),
    ],
  },
  {
    title: "Logs and checkpoints (counted in pictures)",
    rows: [
      row("print_freq", whole(1), "between lines of losses"),
      row("display_freq", whole(1), "between samples"),
      row("update_html_freq", whole(1), "between updates of the run's page"),
      row("display_winsize", whole(1), "width of a picture on that page, in pixels"),
      row("no_html", flag, "do not write the page"),
      row("save_latest_freq", whole(1), "between checkpoints"),
      row("save_epoch_freq", whole(1), "epochs between checkpoints to keep"),
      row("save_by_iter", flag, "keep every checkpoint of save_latest_freq, as iter_N"),
    ],
  },
];

export const optionRows: ReadonlyMap<string, OptionRow<OptionKey>> = new Map(
  optionGroups.flatMap(({ rows }) => rows.map((option) => [option.name, option])),
);

const visdom = "pixelcycle does not use visdom; open web/index.html in the run's folder, even during training";
const wandb =
  "pixelcycle does not use Weights & Biases; see metrics.jsonl and the TensorBoard event files in the run's folder";
const forTest = "it belongs to test, not to train";
const renamed = (key: OptionKey) => `it is called ${option(key)} now`;

/**
 * Options about where a run of the reference computes and displays itself, with the values that
 * request nothing beyond what is done here.
 */
export const withoutEffect: OptionTable["withoutEffect"] = {
  gpu_ids: {
    values: ["0"],
    otherwise: `pixelcycle always runs on one WebGPU adapter; choose it with ${option("adapter")} (pixelcycle doctor shows the default one)`,
  },
  display_id: { values: ["-1", "0"], otherwise: visdom },
};

/** The reference's display options that train does not have. */
const displayOptions: Readonly<Record<string, string>> = {
  use_wandb: wandb,
  wandb_project_name: wandb,
  display_server: visdom,
  display_env: visdom,
  display_port: visdom,
  display_ncols: visdom,
};

/** An old options file may contain these with any value. */
export const passedOverInFiles: ReadonlySet<string> = new Set([
  ...Object.keys(withoutEffect),
  ...Object.keys(displayOptions),
]);

/** Options of the reference that are refused, and why. */
export const refusedOptions: Readonly<Record<string, string>> = {
  ...displayOptions,
  lambda_L1: `it belongs to pix2pix, and ${onlyCycleGan}`,
  results_dir: forTest,
  aspect_ratio: forTest,
  num_test: forTest,
  eval: forTest,
  model_suffix: forTest,
  // Names from before 2020, which older tutorials use.
  niter: renamed("nEpochs"),
  niter_decay: renamed("nEpochsDecay"),
  fineSize: renamed("cropSize"),
  loadSize: renamed("loadSize"),
  batchSize: renamed("batchSize"),
  nThreads: renamed("numThreads"),
  which_model_netG: renamed("netG"),
  which_model_netD: renamed("netD"),
  which_direction: renamed("direction"),
  which_epoch: renamed("epoch"),
  resize_or_crop: renamed("preprocess"),
  no_lsgan: `it is ${option("ganMode", "vanilla")} now`,
  identity: renamed("lambdaIdentity"),
};

/** The options that a config file may contain. */
export const fileTable: OptionTable<OptionKey> = {
  command: "train",
  groups: optionGroups,
  defaults: defaultOptions,
  refused: refusedOptions,
  withoutEffect,
};

/**
 * The options of the command line: those, the path of the config file, and some that are not part
 * of a run.
 */
export const commandLineTable: OptionTable<OptionKey | "config" | "trace" | "tune"> = {
  ...fileTable,
  groups: [
    ...optionGroups,
    {
      title: "Options from a file",
      rows: [
        {
          name: "config",
          key: "config",
          kind: text("FILE"),
          help: "a JSON object or a train_opt.txt; options on the command line override it",
        },
      ],
    },
    {
      title: "Kernels",
      rows: [
        {
          name: "tune",
          key: "tune",
          kind: choice(["auto", "on", "off"]),
          help: "measure the fastest kernels before a new run; auto does on GPUs",
        },
      ],
    },
    {
      title: "Profiling",
      rows: [
        {
          name: "trace",
          key: "trace",
          kind: text("FILE"),
          help: "write a timing trace for ui.perfetto.dev (JSON, a quarter of a megabyte a step)",
        },
      ],
    },
  ],
};
