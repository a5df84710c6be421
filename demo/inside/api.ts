// The requests to the Inside view's worker, and its answers. Everything here can be sent between
// threads.

import type { AdapterDescription } from "../../src/gpu/adapter.ts";
import type { Anatomy } from "../../src/train/step/anatomy.ts";
import type { FileNetworks } from "../parts/own-network.ts";

/** A visitor's checkpoint and the key of a network in it; by default the first suitable one. */
export interface OwnFile {
  readonly file: File;
  readonly key?: string;
}

/** The name of a bundled model, or a visitor's checkpoint. */
export type ModelSource = string | OwnFile;
/** The name of a sample picture, or a visitor's picture. */
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
  /** Hand-drawn pixel art, for the discriminator and the training step. */
  readonly pixelArt: readonly string[];
}

/** Statistics of one channel's values, or of all. */
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
  /** PyTorch's name. */
  readonly name: string;
  readonly operation: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The side of the kernel; null if there is none. */
  readonly kernel: number | null;
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
  readonly parameters: number;
  readonly flops: number;
  readonly nanoseconds: number;
  readonly spread: Spread;
  /** A small picture of its output: the root mean square over all channels. */
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
  /** The clock that measured the times. */
  readonly clock: "GPU" | "CPU";
}

/**
 * The code of one dispatch: the files of shaders/ in its shader, the one with the entry point
 * first, and the compiled text.
 */
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

/** The weights at the start of the step. */
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
  /** The verdicts, as [rows][columns]. */
  readonly verdicts: Field;
  /**
   * The range of pixels that each row of verdicts depends on; the same for columns. Pixels outside
   * the picture are padding.
   */
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

/** Every promise rejects with an error whose message the page can show. */
export interface InsideApi {
  /** Opens the GPU. */
  open(): Promise<Choices>;
  /** @param side of the square that is cropped from the picture's centre */
  walk(model: ModelSource, picture: PictureSource, side: number): Promise<Walk>;
  /** The details of a layer of the last walk. */
  layer(index: number): Promise<LayerInside>;
  dissect(weights: StepWeights, photo: PictureSource, pixelArt: string): Promise<DissectedStep>;
  /** @param judge a discriminator's checkpoint; null for the bundled one */
  judge(judge: OwnFile | null, photo: PictureSource, pixelArt: string): Promise<Judged>;
}
