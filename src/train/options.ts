// All that a training run can be told: the reference's options by its own names (in camelCase), with its defaults, and a few of
// ours. docs/training.md says which of the reference's options make no sense here, and what is done instead.

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
  /** Pictures that are decoded at the same time. */
  numThreads: number;
  batchSize: number;
  loadSize: number;
  cropSize: number;
  maxDatasetSize: number;
  preprocess: string;
  noFlip: boolean;
  /** Enlarges pictures that are smaller than the crop, where the reference throws. */
  upscaleSmall: boolean;

  // Objective
  ganMode: "lsgan" | "vanilla" | "wgangp";
  lambdaA: number;
  lambdaB: number;
  lambdaIdentity: number;
  poolSize: number;

  // Optimisation
  lr: number;
  beta1: number;
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
  ganMode: "lsgan",
  lambdaA: 10,
  lambdaB: 10,
  lambdaIdentity: 0.5,
  poolSize: 50,
  lr: 2e-4,
  beta1: 0.5,
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
