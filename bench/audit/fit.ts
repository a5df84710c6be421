// Fits the networks of the audit: their training data and the optimisation. Only the initial
// weights are random, and they are the same in every run.

import { intactness, intactShare } from "../../src/dataset/audit/intact.ts";
import { looks, pixelInputs, pixelTraitsOf } from "../../src/dataset/audit/origin/looks.ts";
import type { Look, PixelTraits } from "../../src/dataset/audit/origin/looks.ts";
import { standardized, type Weights } from "../../src/dataset/audit/origin/network.ts";
import { hasEvidence, origins, traitInputs, traitsOf } from "../../src/dataset/audit/origin/origin.ts";
import type { Origin, Traits } from "../../src/dataset/audit/origin/origin.ts";
import type { AuditVerdict } from "../../src/dataset/audit/row.ts";
import { cellsAt } from "../../src/pixelart/grid/recover.ts";
import { Random } from "../../src/random.ts";
import type { Labelled } from "./labelled.ts";

export interface Sample {
  /** Of its cells, if they are known. */
  readonly traits?: Traits | undefined;
  readonly isIntact: boolean;
  readonly origin: Origin;
  /** If its grid may be invisible, with what it looks like then. */
  readonly pixels?: PixelTraits | undefined;
  readonly look?: Look | undefined;
  readonly source: string;
  readonly way: string;
}

const lookOf: Partial<Record<AuditVerdict, Look>> = {
  "real-pixel-art": "drawn",
  "rescaled-pixel-art": "resampled",
  "naive-conversion": "converted",
  "not-pixel-art": "photo",
};

/** @returns undefined if the picture has cells of two sizes */
export function sampleOf({ image, cells, cuts, origin, source, way, verdict }: Labelled): Sample | undefined {
  const look = lookOf[verdict];
  if (!look) return undefined;
  const known = cells ?? (cuts ? cellsAt(image, cuts) : verdict === "not-pixel-art" ? image : undefined);
  const isIntact = known !== undefined && (!cuts || intactness(image, cuts, known) >= intactShare);
  const sample = { traits: known && traitsOf(known, isIntact), isIntact, origin, source, way };
  const isVisible = known?.width !== image.width && (look === "drawn" || look === "converted");
  return isVisible ? sample : { ...sample, pixels: pixelTraitsOf(image), look };
}

/** What a network is fitted to: the class of a sample, by its index. */
export interface Example {
  readonly inputs: readonly number[];
  readonly truth: number;
  readonly sample: Sample;
}

/** Examples for the network of intact cells, or of changed ones. */
export function originExamples(samples: readonly Sample[], isIntact: boolean): Example[] {
  return samples.flatMap((sample) => {
    const { traits, origin } = sample;
    if (!traits || sample.isIntact !== isIntact) return [];
    return [{ inputs: traitInputs(traits), truth: origins.indexOf(origin), sample }];
  });
}

export function lookExamples(samples: readonly Sample[]): Example[] {
  return samples.flatMap((sample) => {
    const { pixels, look } = sample;
    if (!pixels || !look || !hasEvidence(pixels.exact)) return [];
    return [{ inputs: pixelInputs(pixels), truth: looks.indexOf(look), sample }];
  });
}

/**
 * Art has half of the total weight.
 *
 * @throws RangeError without examples of art, or of anything else
 */
export function fitOrigins(examples: readonly Example[]): Weights {
  const art = examples.filter(({ truth }) => truth === 0).length;
  if (art === 0 || art === examples.length) throw new RangeError("A fit needs art and photos.");
  const other = 0.5 / (examples.length - art);
  return fitNetwork(examples, [0.5 / art, other, other, other]);
}

/**
 * The weight of each look. Most pictures without a visible grid are photos; art whose grid the
 * detector misses is rare among them, and so is art at one pixel per cell that it does not
 * recognise.
 */
const lookShares = [0.15, 0.2, 0.25, 0.4];

export function fitLooks(examples: readonly Example[]): Weights {
  const counts = looks.map((_, look) => examples.filter(({ truth }) => truth === look).length);
  return fitNetwork(
    examples,
    lookShares.map((share, look) => share / Math.max(1, counts[look])),
  );
}

const hiddenUnits = 24;
const rounds = 1000;
const decay = 3e-4;

/**
 * Adam (Kingma and Ba, 2015) on the full batch.
 *
 * @param shares the weight of an example of each class
 */
function fitNetwork(examples: readonly Example[], shares: readonly number[]): Weights {
  const scale = scaleOf(examples);
  const inputs = examples.map((example) => Float64Array.of(...standardized(scale, example.inputs), 1));
  const truths = examples.map(({ truth }) => truth);
  const random = new Random(1);
  const matrix = (rows: number, columns: number, spread: number) =>
    Array.from({ length: rows }, () => Float64Array.from({ length: columns }, () => spread * (random.uniform() - 0.5)));
  const hidden = matrix(hiddenUnits, scale.means.length + 1, 0.5);
  const output = matrix(shares.length, hiddenUnits + 1, 0.5);
  const rows = [...hidden, ...output];
  const [units, errors] = [new Float64Array(hiddenUnits + 1).fill(1), new Float64Array(shares.length)];
  const [first, second] = [0, 1].map(() => rows.map(({ length }) => new Float64Array(length)));
  for (let round = 1; round <= rounds; round++) {
    const slopes = rows.map((row) => row.map((weight, i) => (i === row.length - 1 ? 0 : decay * weight)));
    inputs.forEach((input, i) =>
      addSlopes(slopes, { hidden, output, units, errors }, input, truths[i], shares[truths[i]]),
    );
    const rate = round < 0.6 * rounds ? 0.03 : 0.006;
    rows.forEach((row, r) =>
      row.forEach((_, i) => {
        const slope = slopes[r][i];
        first[r][i] += 0.1 * (slope - first[r][i]);
        second[r][i] += 0.01 * (slope ** 2 - second[r][i]);
        const mean = first[r][i] / (1 - 0.9 ** round);
        row[i] -= (rate * mean) / (Math.sqrt(second[r][i] / (1 - 0.99 ** round)) + 1e-8);
      }),
    );
  }
  return { ...scale, hidden: hidden.map(rounded), output: output.map(rounded) };
}

interface Network {
  readonly hidden: readonly Float64Array[];
  readonly output: readonly Float64Array[];
  /**
   * Scratch space: the outputs of the hidden units, followed by a 1 for the bias, and the errors of
   * the classes.
   */
  readonly units: Float64Array;
  readonly errors: Float64Array;
}

/** Adds the derivatives of a sample's cross entropy to the sums. */
function addSlopes(
  slopes: readonly Float64Array[],
  { hidden, output, units, errors }: Network,
  input: Float64Array,
  truth: number,
  weight: number,
) {
  for (let h = 0; h < hidden.length; h++) units[h] = Math.tanh(dot(hidden[h], input));
  for (let k = 0; k < output.length; k++) errors[k] = dot(output[k], units);
  let [most, total] = [-Infinity, 0];
  for (let k = 0; k < output.length; k++) most = Math.max(most, errors[k]);
  for (let k = 0; k < output.length; k++) total += errors[k] = Math.exp(errors[k] - most);
  for (let k = 0; k < output.length; k++) {
    errors[k] = weight * (errors[k] / total - (k === truth ? 1 : 0));
    addScaled(slopes[hidden.length + k], errors[k], units);
  }
  for (let h = 0; h < hidden.length; h++) {
    let error = 0;
    for (let k = 0; k < output.length; k++) error += errors[k] * output[k][h];
    addScaled(slopes[h], error * (1 - units[h] ** 2), input);
  }
}

function scaleOf(examples: readonly Example[]): Pick<Weights, "means" | "spreads"> {
  const columns = examples[0].inputs.map((_, i) => examples.map(({ inputs }) => inputs[i]));
  const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);
  const spreads = columns.map((column, i) => {
    const variance = column.reduce((sum, value) => sum + (value - means[i]) ** 2, 0) / column.length;
    return Math.max(Math.sqrt(variance), 1e-3);
  });
  return { means: rounded(means), spreads: rounded(spreads) };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(to: Float64Array, factor: number, from: Float64Array) {
  for (let i = 0; i < to.length; i++) to[i] += factor * from[i];
}

/** Rounded, since people also read the file of weights. */
function rounded(values: ArrayLike<number>): number[] {
  return Array.from(values, (value) => Number(value.toFixed(4)));
}
