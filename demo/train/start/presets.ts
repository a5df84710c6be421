// What a visitor chooses among instead of forty options, each with what it is for. What a step of it costs is not said here: the worker plans it.

import { defaultTrainingOptions, type TrainingOptions } from "../../../src/train/options/options.ts";

export type PresetName = "tiny" | "small" | "large" | "paper";

export interface Preset {
  readonly name: PresetName;
  readonly title: string;
  /** For whom, and what to expect. */
  readonly words: string;
  readonly options: TrainingOptions;
}

/** Here people watch: losses and pictures come more often than in the reference, and so do checkpoints. */
const watched = { printFreq: 10, displayFreq: 50, saveLatestFreq: 500 };

/** From cheap to dear. */
export const presets: readonly Preset[] = [
  {
    name: "tiny",
    title: "Tiny",
    words: "For a laptop without a GPU. Stamps of 64 pixels: colours and shapes come, fine detail does not.",
    options: {
      ...defaultTrainingOptions,
      ...watched,
      netG: "resnet_6blocks",
      ngf: 16,
      ndf: 16,
      loadSize: 72,
      cropSize: 64,
      nEpochs: 20,
      nEpochsDecay: 20,
    },
  },
  {
    name: "small",
    title: "Small",
    words: "For a laptop with a GPU. 128 pixels, networks of half the paper's width.",
    options: {
      ...defaultTrainingOptions,
      ...watched,
      netG: "resnet_6blocks",
      ngf: 32,
      ndf: 32,
      loadSize: 143,
      cropSize: 128,
      nEpochs: 50,
      nEpochsDecay: 50,
    },
  },
  {
    name: "large",
    title: "Large",
    words:
      "For a desktop's GPU. The paper's 256 pixels, its generators at half the width: less than a third of the work.",
    options: { ...defaultTrainingOptions, ...watched, ngf: 32 },
  },
  {
    name: "paper",
    title: "The paper's",
    words:
      "256 pixels, ResNet of 9 blocks, 64 filters, 200 epochs: as in the article of 2017. Wants a large GPU, and patience.",
    options: defaultTrainingOptions,
  },
];

export function presetOf(name: PresetName): Preset {
  return presets.find((preset) => preset.name === name)!;
}

export interface PictureCounts {
  readonly A: number;
  readonly B: number;
}

/** Steps of the whole run: as many to an epoch as the larger side has pictures (src/train/dataset/dataset.ts). */
export function stepsOf(options: TrainingOptions, { A, B }: PictureCounts): number {
  const { maxDatasetSize, batchSize, nEpochs, nEpochsDecay, epochCount, maxSteps } = options;
  const perEpoch = Math.ceil(Math.min(Math.max(A, B), maxDatasetSize) / batchSize);
  return Math.min(perEpoch * (nEpochs + nEpochsDecay - epochCount + 1), maxSteps);
}

/** The longest that a preset may take to be proposed. */
const acceptableSeconds = 8 * 3600;

/**
 * The dearest preset that is done within a night; the cheapest where none is, or where nothing was measured and the adapter is a weak one.
 *
 * @param seconds a whole run of each takes; null where nobody can say
 */
export function proposedPreset(seconds: (preset: Preset) => number | null, weak: boolean): PresetName {
  const known = presets.filter((preset) => seconds(preset) !== null);
  if (known.length === 0) return weak ? "tiny" : "small";
  return known.findLast((preset) => seconds(preset)! <= acceptableSeconds)?.name ?? "tiny";
}
