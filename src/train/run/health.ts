// Watches a run for the most common failures and describes them: a discriminator that has won for
// good, a generator that has collapsed to one output, inverted colours, losses that are not finite.
// Each is reported once when it begins, and again only after it was over. docs/training.md, "How to
// read the losses", explains the thresholds.

import type { Image } from "../../picture/image.ts";
import { option } from "../options/option.ts";
import { namesOf, type Losses } from "../step/metrics.ts";

/** A sample translation: a generator's input and output. */
export interface Translation {
  /** `A`: G_A, from A to B. `B`: G_B, from B to A. */
  readonly generator: "A" | "B";
  readonly real: Image;
  readonly fake: Image;
}

/** Steps over which a discriminator's loss is averaged. */
const lossHorizon = 2000;
/**
 * The average below which it has won: a twelfth of the 0.25 of one that can only guess (lsgan), or
 * being 98 % sure (vanilla).
 */
const discriminatorZero = 0.02;
/** Translations of a generator that are compared with each other. */
const remembered = 8;
/**
 * The least distance of inputs whose translations are compared: mean difference, of colours from 0
 * to 1.
 */
const differentInputs = 0.05;
/**
 * The least distance of translations of different inputs, relative to the distance of their inputs.
 */
const dependentOutputs = 0.1;
/**
 * The mean correlation of brightness between input and translation below which colours count as
 * inverted.
 */
const invertedColours = -0.5;

export class HealthWatch {
  readonly #discriminators = { A: new DiscriminatorWatch(), B: new DiscriminatorWatch() };
  readonly #thumbnails: Record<Translation["generator"], { real: Float32Array; fake: Float32Array }[]> = {
    A: [],
    B: [],
  };
  /** Warnings that were reported and are not over. */
  readonly #present = new Set<string>();

  /**
   * @param ganMode only with `lsgan` and `vanilla` does a discriminator's loss end at zero
   */
  constructor(private readonly ganMode: "lsgan" | "vanilla" | "wgangp") {}

  /** All current warnings, as sentences, for a page. */
  get warnings(): readonly string[] {
    return [...this.#present];
  }

  /** Takes a logged step. Returns new warnings. */
  addLosses(step: number, losses: Losses): string[] {
    if (this.ganMode === "wgangp") return [];
    return (["A", "B"] as const).flatMap((side) => {
      const watch = this.#discriminators[side];
      watch.add(step, losses[`D_${side}`]);
      return this.#notice(discriminatorWarning(side), watch.hasWon, watch.isBack);
    });
  }

  /** Takes a sample translation of any size. Returns new warnings. */
  addTranslation({ generator, real, fake }: Translation): string[] {
    const thumbnails = this.#thumbnails[generator];
    thumbnails.push({ real: thumbnail(real), fake: thumbnail(fake) });
    if (thumbnails.length > remembered) thumbnails.shift();
    if (thumbnails.length < remembered) return [];

    const inputs = meanDistance(thumbnails.map(({ real }) => real));
    const outputs = meanDistance(thumbnails.map(({ fake }) => fake));
    const comparable = inputs >= differentInputs;
    const dependence = outputs / inputs;
    const correlation =
      thumbnails.reduce((sum, { real, fake }) => sum + brightnessCorrelation(real, fake), 0) / remembered;
    return [
      ...this.#notice(
        collapseWarning(generator),
        comparable && dependence < dependentOutputs,
        comparable && dependence > 2 * dependentOutputs,
      ),
      ...this.#notice(inversionWarning(generator), correlation < invertedColours, correlation > invertedColours / 2),
    ];
  }

  /**
   * A warning begins, ends, or stays as it was; there is a gap between `begins` and `ends`, for
   * hysteresis.
   */
  #notice(warning: string, begins: boolean, ends: boolean): string[] {
    if (ends) this.#present.delete(warning);
    if (!begins || this.#present.has(warning)) return [];
    this.#present.add(warning);
    return [warning];
  }
}

/** The message for a step whose losses are not all finite; null when all are. */
export function nonFiniteWarning(step: number, losses: Losses): string | null {
  const all = namesOf(losses);
  const broken = all.filter((name) => !Number.isFinite(losses[name]));
  if (broken.length === 0) return null;
  const names =
    broken.length === all.length ? "All losses are" : `${broken.join(", ")} ${broken.length > 1 ? "are" : "is"}`;
  return (
    `${names} no longer finite at step ${step}: training has diverged. Continue from the last saved state with a smaller ` +
    `learning rate (${option("continueTrain")} ${option("lr", 0.0001)}, or half of yours); if it happens again, start a new run with another ` +
    `${option("seed")}, a smaller ${option("initGain")} (0.01), or, if you changed them, the default ${option("lambdaA")} and ` +
    `${option("lambdaB")}.`
  );
}

function discriminatorWarning(side: "A" | "B"): string {
  const domain = side === "A" ? "B" : "A";
  return (
    `D_${side} has been near zero for some ${lossHorizon.toLocaleString("en")} steps: it tells every output of G_${side} apart from the pictures of ${domain}, so ` +
    `G_${side} gets little to learn from. Look at the samples; if they do not improve, go back to an earlier checkpoint with a ` +
    `smaller ${option("lr")}, or start a new run with a weaker discriminator (${option("netD", "n_layers")} ${option("nLayersD", 2)}, or ` +
    `${option("ndf", 32)}) or more pictures.`
  );
}

function collapseWarning(generator: "A" | "B"): string {
  return (
    `G_${generator} makes nearly the same picture from every input: it has collapsed. This seldom recovers: go back to an earlier ` +
    `checkpoint with a smaller ${option("lr")}, or start a new run with another ${option("seed")}, a larger ${option("lambdaA")} and ` +
    `${option("lambdaB")}, or more varied pictures.`
  );
}

function inversionWarning(generator: "A" | "B"): string {
  return (
    `G_${generator} turns bright into dark and dark into bright, like a negative; the cycle can undo that, so it may stay this way. Unless this is ` +
    `how the two sets of pictures differ, start a new run with another ${option("seed")}, a larger ${option("lambdaIdentity")} ` +
    `(1 or more), or a smaller ${option("initGain")} (0.01).`
  );
}

/**
 * The exponential average of one discriminator's loss over steps, whatever the interval between
 * logged ones.
 */
class DiscriminatorWatch {
  #first: number | null = null;
  #last = 0;
  #weight = 0;
  #sum = 0;

  add(step: number, loss: number): void {
    if (!Number.isFinite(loss)) return;
    if (this.#first === null) {
      this.#first = this.#last = step; // the number of steps that it stands for is unknown
      return;
    }
    const fade = Math.exp((this.#last - step) / lossHorizon);
    this.#last = step;
    this.#weight = fade * this.#weight + (1 - fade);
    this.#sum = fade * this.#sum + (1 - fade) * loss;
  }

  /** Not before a whole horizon, since a discriminator often wins the first few hundred steps. */
  get hasWon(): boolean {
    const seen = this.#first === null ? 0 : this.#last - this.#first;
    return seen >= lossHorizon && this.#sum < discriminatorZero * this.#weight;
  }

  get isBack(): boolean {
    return this.#sum > 2 * discriminatorZero * this.#weight;
  }
}

/** Cells per side of a thumbnail. */
const side = 16;

/**
 * Mean red, green and blue, from 0 to 1, of 16 x 16 cells; in a picture smaller than that a cell is
 * its nearest pixel.
 */
function thumbnail({ width, height, data }: Image): Float32Array {
  const cells = new Float32Array(3 * side * side);
  for (let row = 0; row < side; row++) {
    const top = Math.floor((row * height) / side);
    const bottom = Math.max(top + 1, Math.floor(((row + 1) * height) / side));
    for (let column = 0; column < side; column++) {
      const left = Math.floor((column * width) / side);
      const right = Math.max(left + 1, Math.floor(((column + 1) * width) / side));
      const cell = 3 * (row * side + column);
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          for (let channel = 0; channel < 3; channel++) cells[cell + channel] += data[4 * (y * width + x) + channel];
        }
      }
      const scale = 1 / (255 * (bottom - top) * (right - left));
      for (let channel = 0; channel < 3; channel++) cells[cell + channel] *= scale;
    }
  }
  return cells;
}

/** The mean absolute difference over all pairs. */
function meanDistance(thumbnails: readonly Float32Array[]): number {
  let sum = 0;
  let pairs = 0;
  thumbnails.forEach((first, index) => {
    for (const second of thumbnails.slice(index + 1)) {
      sum += first.reduce((total, value, cell) => total + Math.abs(value - second[cell]), 0) / first.length;
      pairs++;
    }
  });
  return sum / pairs;
}

/**
 * Pearson's correlation of two thumbnails' brightness (Rec. 601); 0 where one of them has constant
 * brightness.
 */
function brightnessCorrelation(first: Float32Array, second: Float32Array): number {
  const brightness = (cells: Float32Array) => {
    const values = Array.from({ length: side * side }, (_, cell) => {
      const [red, green, blue] = cells.subarray(3 * cell);
      return 0.299 * red + 0.587 * green + 0.114 * blue;
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const [a, b] = [brightness(first), brightness(second)];
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, index) => sum + value * y[index], 0);
  const power = Math.sqrt(dot(a, a) * dot(b, b));
  return power < 1e-3 ? 0 : dot(a, b) / power;
}
