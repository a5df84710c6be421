// The options of a training run: the reference's options under its own names (in camelCase), with
// its defaults, and a few of ours. docs/training.md says which of the reference's options make no
// sense here, and what replaces them.

import { UserError } from "../../errors.ts";
import { checkPreprocessOptions, type Size } from "../../picture/preprocess.ts";
import { option } from "./option.ts";

export interface TrainingOptions {
  // Networks
  inputNc: number;
  outputNc: number;
  ngf: number;
  ndf: number;
  netG: "resnet_9blocks" | "resnet_6blocks" | "unet_256" | "unet_128";
  netD: "basic" | "n_layers" | "pixel";
  /** Only for netD `n_layers`. */
  nLayersD: number;
  norm: "instance" | "batch" | "none";
  initType: "normal" | "xavier" | "kaiming" | "orthogonal";
  initGain: number;

  // Data
  direction: "AtoB" | "BtoA";
  serialBatches: boolean;
  /** Pictures decoded in parallel, ahead of the step that needs them; with 0 none is read ahead. */
  numThreads: number;
  batchSize: number;
  loadSize: number;
  cropSize: number;
  maxDatasetSize: number;
  /** One of `preprocessModes`, or another name that contains `resize`, `scale_width` or `crop`. */
  preprocess: string;
  noFlip: boolean;
  /** Enlarges pictures that are smaller than the crop, where the reference throws. */
  upscaleSmall: boolean;
  /**
   * Gives each picture of trainB the colours of the picture of trainA in the same item; see
   * recolor.ts.
   */
  recolorB: boolean;

  // Objective
  ganMode: "lsgan" | "vanilla" | "wgangp";
  lambdaA: number;
  lambdaB: number;
  lambdaIdentity: number;
  poolSize: number;
  /**
   * The side of a cell in the pictures of trainB, in pixels; 0 if they have no cells. Crops keep to
   * the grid, whose first cell begins in the corner.
   */
  cell: number;
  /** Weights of the losses in cell-losses.ts, for the generator whose output resembles trainB. */
  lambdaColor: number;
  lambdaCell: number;
  lambdaChecker: number;

  // Optimisation
  lr: number;
  beta1: number;
  /** Which optimisers take their steps. */
  learning: "both" | "generators" | "discriminators";
  lrPolicy: "linear" | "step" | "plateau" | "cosine";
  lrDecayIters: number;
  nEpochs: number;
  nEpochsDecay: number;
  epochCount: number;

  // Logs and checkpoints, counted in pictures as the reference counts them
  printFreq: number;
  displayFreq: number;
  updateHtmlFreq: number;
  noHtml: boolean;
  saveLatestFreq: number;
  saveEpochFreq: number;
  saveByIter: boolean;

  // Ours
  seed: number;
  /** The maximum steps of the run; Infinity for as many as the epochs have. */
  maxSteps: number;
}

export const defaultTrainingOptions: TrainingOptions = {
  inputNc: 3,
  outputNc: 3,
  ngf: 64,
  ndf: 64,
  netG: "resnet_9blocks",
  netD: "basic",
  nLayersD: 3,
  norm: "instance",
  initType: "normal",
  initGain: 0.02,
  direction: "AtoB",
  serialBatches: false,
  numThreads: 4,
  batchSize: 1,
  loadSize: 286,
  cropSize: 256,
  maxDatasetSize: Infinity,
  preprocess: "resize_and_crop",
  noFlip: false,
  upscaleSmall: false,
  recolorB: false,
  ganMode: "lsgan",
  lambdaA: 10,
  lambdaB: 10,
  lambdaIdentity: 0.5,
  poolSize: 50,
  cell: 0,
  lambdaColor: 0,
  lambdaCell: 0,
  lambdaChecker: 0,
  lr: 2e-4,
  beta1: 0.5,
  learning: "both",
  lrPolicy: "linear",
  lrDecayIters: 50,
  nEpochs: 100,
  nEpochsDecay: 100,
  epochCount: 1,
  printFreq: 100,
  displayFreq: 400,
  updateHtmlFreq: 1000,
  noHtml: false,
  saveLatestFreq: 5000,
  saveEpochFreq: 5,
  saveByIter: false,
  seed: 0,
  maxSteps: Infinity,
};

/**
 * Checks options together, before anything is read or built. (The type and the range of each option
 * are checked where it is read.)
 *
 * @throws UserError if two of them contradict each other
 */
export function checkTrainingOptions(options: TrainingOptions): void {
  const { preprocess, loadSize, cropSize, inputNc, outputNc, lambdaIdentity, nEpochs, nEpochsDecay } = options;
  checkPreprocessOptions({ mode: preprocess, loadSize, cropSize });
  for (const key of ["inputNc", "outputNc"] as const) {
    const channels = options[key];
    if (channels !== 1 && channels !== 3)
      throw new UserError(`${option(key, channels)}: pictures have 1 or 3 channels.`);
  }
  if (lambdaIdentity > 0 && inputNc !== outputNc) {
    throw new UserError(
      `The identity loss feeds a generator its own target, so ${option("inputNc", inputNc)} and ${option("outputNc", outputNc)} must be equal; ` +
        `give ${option("lambdaIdentity", 0)} to train without it.`,
    );
  }
  checkCellOptions(options);
  if (options.netD !== "n_layers" && options.nLayersD !== defaultTrainingOptions.nLayersD) {
    throw new UserError(
      `${option("nLayersD", options.nLayersD)} is for ${option("netD", "n_layers")}; ${option("netD", options.netD)} has a fixed number of layers.`,
    );
  }
  if (nEpochs + nEpochsDecay < 1)
    throw new UserError(
      `${option("nEpochs")} and ${option("nEpochsDecay")} are both 0, which leaves no epochs; set one of them above 0.`,
    );
  if (options.epochCount > nEpochs + nEpochsDecay) {
    throw new UserError(
      `${option("epochCount", options.epochCount)} is past the last epoch, ${nEpochs + nEpochsDecay} (${option("nEpochs")} and ${option("nEpochsDecay")} together).`,
    );
  }
  if (options.lrPolicy === "cosine" && nEpochs === 0) {
    throw new UserError(`${option("lrPolicy", "cosine")} falls over ${option("nEpochs")}, which is 0.`);
  }
  checkSides(options);
}

/** Options for pixel art only. */
function checkCellOptions({
  cell,
  lambdaColor,
  lambdaCell,
  lambdaChecker,
  recolorB,
  ...options
}: TrainingOptions): void {
  const { inputNc, outputNc } = options;
  const lambdas = { lambdaColor, lambdaCell, lambdaChecker };
  const asked = (Object.keys(lambdas) as (keyof typeof lambdas)[]).find((key) => lambdas[key] > 0);
  if (asked && cell < 2) {
    throw new UserError(
      `${option(asked)} works on cells: set ${option("cell")} to their side in trainB, 2 pixels or more.`,
    );
  }
  if (cell > 0 && ["resize", "scale_width"].some((word) => options.preprocess.includes(word))) {
    throw new UserError(
      `${option("cell", cell)} keeps cells whole, but ${option("preprocess", options.preprocess)} scales them: ` +
        `give ${option("preprocess", "crop")} or none.`,
    );
  }
  const sameChannels = inputNc === outputNc;
  if ((lambdaColor > 0 || lambdaChecker > 0) && !sameChannels) {
    throw new UserError(
      `${option("lambdaColor")} and ${option("lambdaChecker")} compare a picture with the generator's output, so ` +
        `${option("inputNc", inputNc)} and ${option("outputNc", outputNc)} must be equal.`,
    );
  }
  if (recolorB && !(sameChannels && inputNc === 3)) {
    throw new UserError(
      `${option("recolorB")} needs pictures in colour: leave ${option("inputNc")} and ${option("outputNc")} at 3.`,
    );
  }
}

/** The sizes that crops and resizing give for any picture. */
function checkSides(options: TrainingOptions): void {
  const { preprocess, loadSize, cropSize } = options;
  const crops = preprocess.includes("crop");
  if (crops && (preprocess.includes("resize") || preprocess.includes("scale_width")) && loadSize < cropSize) {
    throw new UserError(
      `${option("loadSize", loadSize)} is smaller than ${option("cropSize", cropSize)}: crops are cut from the scaled pictures, so give a larger ${option("loadSize")} or a smaller ${option("cropSize")}.`,
    );
  }
  const square = (size: number) => ({ width: size, height: size });
  const misfit = crops
    ? sizeMisfit(square(cropSize), options)
    : preprocess.includes("resize")
      ? sizeMisfit(square(loadSize), options)
      : undefined;
  if (misfit) throw new UserError(`${option(crops ? "cropSize" : "loadSize")} does not fit: ${misfit}.`);
}

/**
 * Why pictures of a size cannot be trained on, for the end of a sentence; undefined if they can.
 */
export function sizeMisfit({ width, height }: Size, options: TrainingOptions): string | undefined {
  const multiple = sideMultiples[options.netG];
  if (width % multiple !== 0 || height % multiple !== 0) {
    return `${width} x ${height} pixels, but ${options.netG} keeps only multiples of ${multiple} at their size`;
  }
  if (options.cell > 0 && (width % options.cell !== 0 || height % options.cell !== 0)) {
    return `${width} x ${height} pixels, but cells of ${options.cell} fill only multiples of ${options.cell}`;
  }
  if (options.lambdaChecker > 0 && Math.min(width, height) < 2 * options.cell) {
    return `${width} x ${height} pixels, but ${option("lambdaChecker")} needs two cells of ${options.cell} a side`;
  }
  const halvings = options.netD === "n_layers" ? options.nLayersD : defaultTrainingOptions.nLayersD;
  const least = Math.max(leastGeneratorSide, options.netD === "pixel" ? 1 : 3 * 2 ** halvings);
  if (Math.min(width, height) < least) {
    return `${width} x ${height} pixels, but these networks need at least ${least} a side`;
  }
  return undefined;
}

/**
 * A ResNet halves and doubles twice; a U-Net halves down to one pixel. The cycle loss compares
 * pictures with their reconstructions, so the sizes must match.
 */
const sideMultiples = { resnet_9blocks: 4, resnet_6blocks: 4, unet_256: 256, unet_128: 128 } as const;

/**
 * Norms need more than one pixel at the lowest resolution. (A patch discriminator needs 3 before
 * its last two layers, which take off 2.)
 */
const leastGeneratorSide = 8;
