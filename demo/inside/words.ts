// Explains layers and operations in words that are simple and still correct, and formats numbers.

import type { Walk, WalkedLayer } from "./api.ts";

interface Words {
  readonly title: string;
  readonly text: string;
}

/** Explains a layer of a generator or discriminator. */
export function layerWords({ operation, attributes, kernel, inputShapes }: WalkedLayer): Words {
  const { stride, padding, reflect } = attributes as { stride?: number; padding?: number; reflect?: boolean };
  const inputs = inputShapes[0][1];
  switch (operation) {
    case "convolution":
      return {
        title: `Convolution ${kernel}×${kernel}${stride === 1 ? "" : `, stride ${stride}`}`,
        text:
          `Each output value is a weighted sum of ${kernel}×${kernel} positions in all ${inputs} input channels. The same ` +
          "learnt weights are used at every position." +
          (stride === 1
            ? ""
            : ` It computes only every ${ordinal(stride!)} position, so width and height are divided by ${stride}.`) +
          (reflect
            ? ` The border is padded with ${padding} mirrored pixels, which avoids a dark frame.`
            : padding
              ? " The border is padded with zeros."
              : ""),
      };
    case "transposedConvolution":
      return {
        title: `Transposed convolution ${kernel}×${kernel}, stride ${stride}`,
        text:
          `A reversed convolution: each input value is spread over ${kernel}×${kernel} positions of an image ${stride} times ` +
          "as wide, and overlapping values add up. Its forward pass does the same arithmetic as the backward pass of a strided convolution.",
      };
    case "normalize":
      return {
        title: "Instance norm",
        text:
          "Shifts and scales every channel to mean 0 and variance 1, with the statistics of this picture alone. This removes the picture's " +
          "brightness and contrast, so the next layers see values of a similar size. With a batch of one there is nothing else to average over.",
      };
    case "relu":
      return {
        title: "ReLU",
        text: "Negative values become 0, the others stay. Without a nonlinearity, all layers together would be one linear map.",
      };
    case "leakyRelu":
      return {
        title: "LeakyReLU",
        text: `Negative values are multiplied by ${(attributes as { slope?: number }).slope}, the others stay, so gradients pass on both sides.`,
      };
    case "tanh":
      return {
        title: "tanh",
        text: "Squeezes every value into the range from -1 to 1, which is then mapped to the bytes 0 to 255 of the picture.",
      };
    case "add":
      return {
        title: "Residual sum",
        text:
          "The block's input plus the output of its two convolutions. So the block only learns what to change, and in the backward pass the " +
          "gradient passes through the sum unchanged.",
      };
    case "concat":
      return {
        title: "Skip connection",
        text: "Joins the encoder's channels to the decoder's, so that fine detail need not pass through the bottleneck.",
      };
    default:
      return { title: operation, text: "" };
  }
}

/** The names of operations in the graph of a step. */
const operationTitles: Readonly<Record<string, string>> = {
  convolution: "convolution",
  transposedConvolution: "transposed convolution",
  filterGradient: "gradient with respect to the filters",
  transposeFilter: "transposed filters",
  foldReflection: "mirrored border folded back",
  channelSum: "gradient with respect to the bias: a sum over pixels",
  statistics: "mean and variance",
  normalize: "norm",
  normSums: "sums for the norm's gradient",
  normalizeGradient: "gradient of the norm",
  reluGradient: "gradient of ReLU",
  leakyReluGradient: "gradient of LeakyReLU",
  tanhGradient: "gradient of tanh",
  add: "sum",
  scale: "weight of a loss",
  absoluteError: "L1 distance",
  squaredError: "squared error",
  absoluteErrorGradient: "gradient of the L1 distance",
  squaredErrorGradient: "gradient of the squared error",
  joinSamples: "two pictures as one batch",
  takeSamples: "one picture of the batch",
  exchangeWithPool: "pool of earlier fakes",
  fromPixels: "bytes to numbers",
  constant: "the 1 that the backward pass starts with",
  collect: "collected losses",
  adam: "Adam: update of the weights",
};

export function operationTitle(operation: string): string {
  return operationTitles[operation] ?? operation;
}

/** Short names for the narrow cells of the graph. A prime means "gradient of". */
const shortTitles: Readonly<Record<string, string>> = {
  convolution: "conv",
  transposedConvolution: "conv up",
  normalize: "norm",
  statistics: "stats",
  filterGradient: "filter ′",
  foldReflection: "fold",
  channelSum: "bias ′",
  normalizeGradient: "norm ′",
  normSums: "sums",
  reluGradient: "ReLU ′",
  leakyRelu: "leaky",
  leakyReluGradient: "leaky ′",
  tanhGradient: "tanh ′",
  transposeFilter: "transp.",
  add: "sum",
  joinSamples: "join",
  takeSamples: "take",
  absoluteError: "L1",
  squaredError: "square",
  absoluteErrorGradient: "L1 ′",
  squaredErrorGradient: "square ′",
  exchangeWithPool: "pool",
  fromPixels: "bytes",
};

export function shortTitle(operation: string): string {
  return shortTitles[operation] ?? operation;
}

/** Formats a number with three significant digits. */
export function numberText(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) {
    const [digits, power] = value.toExponential(2).split("e");
    return `${digits} × 10${[...power.replace("+", "")].map((sign) => superscripts[sign]).join("")}`;
  }
  return Number(value.toPrecision(3)).toString();
}

/** `1 × 64 × 32 × 32`. */
export function shapeText(shape: readonly number[]): string {
  return shape.join(" × ");
}

export function timeText(nanoseconds: number): string {
  if (nanoseconds < 1e6) return `${Number((nanoseconds / 1e3).toPrecision(3))} µs`;
  return `${Number((nanoseconds / 1e6).toPrecision(3))} ms`;
}

/** `12 %`, or `< 0.1 %` for tiny shares. */
export function shareText(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** A layer's share of the time of the whole walk. */
export function timeShareText({ nanoseconds }: WalkedLayer, { layers }: Walk): string {
  return shareText(nanoseconds / layers.reduce((sum, layer) => sum + layer.nanoseconds, 0));
}

const superscripts: Readonly<Record<string, string>> = Object.fromEntries(
  [..."-0123456789"].map((sign, i) => [sign, [..."⁻⁰¹²³⁴⁵⁶⁷⁸⁹"][i]]),
);

/** The label of a time: the clock that measured it. */
export function clockText(clock: "GPU" | "CPU", software: boolean): string {
  if (clock === "CPU") return "Time, CPU clock";
  return software ? "Time on this CPU" : "Time on this GPU";
}

function ordinal(n: number): string {
  return n === 2 ? "second" : n === 3 ? "third" : `${n}th`;
}

/** The title of a sample, from the name of its file. */
export function titleOf(file: string): string {
  const words = file.replace(/\.\w+$/, "").replaceAll("-", " ");
  return words[0].toUpperCase() + words.slice(1);
}
