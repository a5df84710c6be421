// What the view that looks inside may ask of its worker. Everything here can be sent between threads.

import type { AdapterDescription } from "../../src/gpu/adapter.ts";
import type { Anatomy } from "../../src/train/step/anatomy.ts";
import type { FileNetworks } from "../parts/own-network.ts";

/** A checkpoint of the visitor's, and which of its networks; without a key the first that will do. */
export interface OwnFile {
  readonly file: File;
  readonly key?: string;
}

/** A bundled model's name, or a checkpoint of the visitor's. */
export type ModelSource = string | OwnFile;
/** The name of a picture in the box, or one of the visitor's. */
export type PictureSource = string | File;

export interface PixelPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export interface Choices {
  readonly adapter: AdapterDescription;
  readonly models: readonly { readonly name: string; readonly description: string }[];
  readonly pictures: readonly string[];
  /** Those of people, for the discriminator and the training step. */
  readonly pixelArt: readonly string[];
}

/** What numbers there are: of a channel, or of all. */
export interface Spread {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  /** The share that is exactly 0. */
  readonly zeros: number;
}

export interface Field {
  readonly values: Float32Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

export interface WalkedLayer {
  /** PyTorch's. */
  readonly name: string;
  readonly operation: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Side of the kernel; null where there is none. */
  readonly kernel: number | null;
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
  readonly parameters: number;
  readonly flops: number;
  readonly nanoseconds: number;
  readonly spread: Spread;
  /** The size of what it makes, over all channels: the root of the mean of squares at each place, small. */
  readonly thumbnail: Field;
}

export interface Walk {
  readonly model: {
    readonly name: string;
    readonly network: string;
    readonly parameters: number;
    readonly networks: FileNetworks;
  };
  readonly source: PixelPicture;
  readonly result: PixelPicture;
  readonly layers: readonly WalkedLayer[];
  /** Whose clock the times are from. */
  readonly clock: "GPU" | "CPU";
}

/** One dispatch: the files of shaders/ that its shader is made of, the one with the entry point first, and the text that was compiled. */
export interface LaunchCode {
  readonly label: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly composed: string;
}

export interface LayerInside {
  readonly channels: readonly (Field & Spread)[];
  readonly forward: readonly LaunchCode[];
  readonly backward: readonly LaunchCode[];
}

/** Weights that the step begins with. */
export type StepWeights = "fresh" | "trained";

export interface DissectedStep {
  readonly anatomy: Anatomy;
  readonly side: number;
  readonly ngf: number;
  readonly ndf: number;
  readonly realA: PixelPicture;
  readonly realB: PixelPicture;
}

export interface Judgement {
  readonly kind: "pixel art" | "photo" | "generated";
  readonly picture: PixelPicture;
  /** [rows][columns] of verdicts. */
  readonly verdicts: Field;
  /** By row, and by column alike, the pixels that a verdict sees; those outside the picture are padding. */
  readonly fields: readonly { readonly first: number; readonly last: number }[];
}

export interface Judged {
  readonly judge: {
    readonly name: string;
    readonly network: string;
    readonly parameters: number;
    readonly networks: FileNetworks;
  };
  readonly norm: string;
  readonly judgements: readonly Judgement[];
}

/** Every promise rejects with an error whose message is a sentence for the visitor. */
export interface InsideApi {
  /** Opens the GPU. */
  open(): Promise<Choices>;
  /** @param side of the square that is cut from the picture's middle */
  walk(model: ModelSource, picture: PictureSource, side: number): Promise<Walk>;
  /** Of the last walk, by its number. */
  layer(index: number): Promise<LayerInside>;
  dissect(weights: StepWeights, photo: PictureSource, pixelArt: string): Promise<DissectedStep>;
  /** @param judge a discriminator's checkpoint; null for the one in the box */
  judge(judge: OwnFile | null, photo: PictureSource, pixelArt: string): Promise<Judged>;
}
