// Every option of `train`, one row each: the reference's under their own names, then ours; and
// those of the reference that make no sense here, each with what to do instead. docs/training.md
// shows the same table.

import { preprocessModes } from "../../data/preprocess.ts";
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
   * What happens to networks that `init` lacks: the run is refused, or they are initialised as in a
   * new run.
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

const onlyCycleGan = "only cycle_gan is trained here";
const models = { pix2pix: onlyCycleGan, colorization: onlyCycleGan, test: "use pixelcycle test or pixelcycle convert" };
const onlyUnaligned = "pictures are read from two folders, trainA and trainB, that need not match";
const datasets = { aligned: onlyUnaligned, single: onlyUnaligned, colorization: onlyUnaligned };
const norms = { syncbatch: "it shares statistics among GPUs, and one GPU trains here; use batch" };

export const optionGroups: readonly OptionGroup<OptionKey>[] = [
  {
    title: "The run",
    rows: [
      row("dataroot", text("DIR"), "the folder that holds trainA and trainB (required)"),
      row("name", text("NAME"), "the run's folder below checkpoints_dir"),
      row("checkpoints_dir", text("DIR"), "where runs are kept"),
      row("suffix", text("TEXT"), "added to the name; {netG} stands for that option's value"),
      row("continue_train", flag, "go on with the run of this name, exactly where it stopped"),
      row("epoch", text("WHICH"), "what continue_train goes on from: latest, or an epoch"),
      row("load_iter", whole(0), "if not 0: continue_train goes on from iter_N"),
      row("epoch_count", whole(1), "the number of the first epoch"),
      row("phase", text("NAME"), "the first part of the data folders' names"),
      row("verbose", flag, "print the networks, layer by layer"),
      ours("init", text("PLACE"), "start from a folder's G_A.pth, G_B.pth, D_A.pth and D_B.pth, or a file of all four"),
      ours("init_missing", choice(["refuse", "fresh"]), "networks that init lacks: refuse, or begin them fresh"),
      ours("seed", whole(0, { below: 2 ** 53 }), "all that is left to chance follows from it"),
      ours("max_steps", whole(1, { endless: true }), "stop after so many steps"),
      ours("adapter", text("NAME"), "a GPU's name or part of it, or low-power"),
      row("model", choice(["cycle_gan"], models), "accepted; there is no other"),
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
      row("n_layers_D", whole(1), "layers of netD n_layers"),
      row("norm", choice(["instance", "batch", "none"], norms), "normalisation"),
      row("init_type", choice(["normal", "xavier", "kaiming", "orthogonal"]), "how weights begin"),
      row("init_gain", real(0, { above: true }), "how large they begin, for normal, xavier and orthogonal"),
      row("no_dropout", flag, "accepted; CycleGAN has none"),
    ],
  },
  {
    title: "Data",
    rows: [
      row("dataset_mode", choice(["unaligned"], datasets), "accepted; there is no other"),
      row("direction", choice(["AtoB", "BtoA"]), "BtoA exchanges the folders"),
      row("serial_batches", flag, "in the order of the files, not shuffled"),
      row("num_threads", whole(0), "pictures that are decoded at a time, ahead of the step; 0 for none ahead"),
      row("batch_size", whole(1), "pictures of each side in a step"),
      row("load_size", whole(1), "scale to this size"),
      row("crop_size", whole(1), "then crop to this size"),
      row("max_dataset_size", whole(1, { endless: true }), "use no more pictures than this of each side"),
      row("preprocess", text("MODE"), `one of ${preprocessModes.join(", ")}`),
      row("no_flip", flag, "mirror no pictures"),
      ours("upscale_small", flag, "enlarge pictures that are smaller than the crop"),
      ours("recolor_B", flag, "give each picture of trainB the colors of the one of trainA beside it"),
    ],
  },
  {
    title: "Objective",
    rows: [
      row("gan_mode", choice(["vanilla", "lsgan", "wgangp"]), "the adversarial loss"),
      row("lambda_A", real(0), "weight of the cycle A to B to A"),
      row("lambda_B", real(0), "weight of the cycle B to A to B"),
      row("lambda_identity", real(0), "weight of the identity loss, in parts of lambda_A and lambda_B"),
      row("pool_size", whole(0), "earlier fakes that the discriminators are shown again"),
      ours("cell", whole(0), "pixels of a cell's side in trainB, whose crops then keep to its grid; 0 for none"),
      ours("lambda_color", real(0), "weight of keeping each cell's color"),
      ours("lambda_cell", real(0), "weight of the variance inside cells"),
      ours("lambda_checker", real(0), "weight of chessboards of cells that the source does not have"),
    ],
  },
  {
    title: "Optimisation",
    rows: [
      row("n_epochs", whole(0), "epochs at the full learning rate"),
      row("n_epochs_decay", whole(0), "epochs in which it falls"),
      row("lr", real(0, { above: true }), "Adam's learning rate"),
      row("beta1", real(0, { below: 1 }), "Adam's first momentum"),
      ours(
        "learning",
        choice(["both", "generators", "discriminators"]),
        "which networks learn; the others stay as they are",
      ),
      row("lr_policy", choice(["linear", "step", "plateau", "cosine"]), "how the rate falls"),
      row("lr_decay_iters", whole(1), "epochs between the falls of lr_policy step"),
    ],
  },
  {
    title: "Logs and checkpoints (counted in pictures)",
    rows: [
      row("print_freq", whole(1), "between lines of losses"),
      row("display_freq", whole(1), "between samples"),
      row("update_html_freq", whole(1), "between writings of the run's page"),
      row("display_winsize", whole(1), "width of a picture on that page, in pixels"),
      row("no_html", flag, "write no page"),
      row("save_latest_freq", whole(1), "between checkpoints"),
      row("save_epoch_freq", whole(1), "epochs between checkpoints that are kept"),
      row("save_by_iter", flag, "keep every checkpoint of save_latest_freq, as iter_N"),
    ],
  },
];

export const optionRows: ReadonlyMap<string, OptionRow<OptionKey>> = new Map(
  optionGroups.flatMap(({ rows }) => rows.map((option) => [option.name, option])),
);

const visdom = "there is no visdom here; the run's folder has web/index.html, which may be opened while it trains";
const wandb = "there is no Weights & Biases here; the run's folder has metrics.jsonl and TensorBoard's event files";
const forTest = "it is for test, not for train";
const renamed = (key: OptionKey) => `it is called ${option(key)} now`;

/**
 * Where a run of the reference computes and displays itself, with the values that ask for nothing
 * more than is done here.
 */
export const withoutEffect: OptionTable["withoutEffect"] = {
  gpu_ids: {
    values: ["0"],
    otherwise: `one GPU is used, and never the processor alone; ${option("adapter")} chooses it, and pixelcycle doctor lists what there is`,
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
  lambda_L1: `it is pix2pix's, and ${onlyCycleGan}`,
  results_dir: forTest,
  aspect_ratio: forTest,
  num_test: forTest,
  eval: forTest,
  model_suffix: forTest,
  // Names from before 2020, as older tutorials use them.
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
export const commandLineTable: OptionTable<OptionKey | "config" | "trace"> = {
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
      title: "To look into it",
      rows: [
        {
          name: "trace",
          key: "trace",
          kind: text("FILE"),
          help: "write what took how long, for ui.perfetto.dev (JSON, a quarter of a megabyte a step)",
        },
      ],
    },
  ],
};
