// Presets, so that nobody must understand forty options. The worker plans each one to show the cost
// of its step.

import { defaultTrainingOptions, type TrainingOptions } from "../../../src/train/options/options.ts";

export type PresetName = "tiny" | "small" | "large" | "paper";

export interface Preset {
  readonly name: PresetName;
  readonly title: string;
  /** Says for whom it is, and what to expect. */
  readonly words: string;
  readonly options: TrainingOptions;
}

/**
 * People watch a run in the page, so losses, pictures and checkpoints come more often than in the
 * reference.
 */
const watched = { printFreq: 10, displayFreq: 50, saveLatestFreq: 500 };

/** Sorted from cheap to expensive. */
export const presets: readonly Preset[] = [
  {
    name: "tiny",
    title: "Tiny",
    words: "For a laptop without a GPU. Crops of 64 pixels: learns colours and shapes, but no fine detail.",
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
    words: "For a laptop with a GPU. Crops of 128 pixels, networks of half the paper's width.",
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
      "For a desktop GPU. The paper's crops of 256 pixels, generators of half the width: less than a third of the work.",
    options: { ...defaultTrainingOptions, ...watched, ngf: 32 },
  },
  {
    name: "paper",
    title: "Paper",
    words:
      "As in the paper of 2017: crops of 256 pixels, a ResNet with 9 blocks and 64 filters, 200 epochs. Needs a large GPU and patience.",
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

/**
 * The steps of a whole run. The larger side determines the length of an epoch
 * (src/train/batches/dataset.ts).
 */
export function stepsOf(options: TrainingOptions, { A, B }: PictureCounts): number {
  const { maxDatasetSize, batchSize, nEpochs, nEpochsDecay, epochCount, maxSteps } = options;
  const perEpoch = Math.ceil(Math.min(Math.max(A, B), maxDatasetSize) / batchSize);
  return Math.min(perEpoch * (nEpochs + nEpochsDecay - epochCount + 1), maxSteps);
}

/** The longest that a preset may take to be proposed. */
const acceptableSeconds = 8 * 3600;

/**
 * The most expensive preset that finishes overnight, or else the cheapest. Without a measurement
 * the adapter decides.
 *
 * @param seconds estimates a whole run; null if unknown
 */
export function proposedPreset(seconds: (preset: Preset) => number | null, weak: boolean): PresetName {
  const known = presets.filter((preset) => seconds(preset) !== null);
  if (known.length === 0) return weak ? "tiny" : "small";
  return known.findLast((preset) => seconds(preset)! <= acceptableSeconds)?.name ?? "tiny";
}
