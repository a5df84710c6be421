// What layers and operations are, in words that a student follows and an engineer finds true; and numbers as they are read.

import type { Walk, WalkedLayer } from "./api.ts";

interface Words {
  readonly title: string;
  readonly text: string;
}

/** What a layer of a generator or discriminator does. */
export function layerWords({ operation, attributes, kernel, inputShapes }: WalkedLayer): Words {
  const { stride, padding, reflect } = attributes as { stride?: number; padding?: number; reflect?: boolean };
  const inputs = inputShapes[0][1];
  switch (operation) {
    case "convolution":
      return {
        title: `Convolution ${kernel}×${kernel}${stride === 1 ? "" : `, stride ${stride}`}`,
        text:
          `Each output number is a weighted sum of ${kernel}×${kernel} places in all ${inputs} channels below it; the same ` +
          "learnt weights are used at every place." +
          (stride === 1
            ? ""
            : ` It looks at every ${ordinal(stride!)} place only, so width and height are divided by ${stride}.`) +
          (reflect
            ? ` At the border the image is mirrored by ${padding} pixels, so that no dark frame creeps in.`
            : padding
              ? " Beyond the border it reads zeros."
              : ""),
      };
    case "transposedConvolution":
      return {
        title: `Transposed convolution ${kernel}×${kernel}, stride ${stride}`,
        text:
          `A convolution run the other way: each input number is spread over ${kernel}×${kernel} places of an image ${stride} times ` +
          "as wide, and where these overlap they add up. Its forward pass is the arithmetic of a strided convolution's backward pass.",
      };
    case "normalize":
      return {
        title: "Instance norm",
        text:
          "Every channel is shifted and scaled to mean 0 and variance 1, by this picture's own statistics. So a picture's brightness and " +
          "contrast are taken out, and layers behind it see numbers of one size; with one picture a step there is no batch to average over.",
      };
    case "relu":
      return {
        title: "ReLU",
        text: "Negative numbers become 0, the others stay. Without such a bend, all the layers together would be one linear map.",
      };
    case "leakyRelu":
      return {
        title: "LeakyReLU",
        text: `Negative numbers are multiplied by ${(attributes as { slope?: number }).slope}, the others stay: a gradient passes on both sides.`,
      };
    case "tanh":
      return {
        title: "tanh",
        text: "Bends every number into the range from -1 to 1, which is then stretched to the bytes 0 to 255: the picture.",
      };
    case "add":
      return {
        title: "Residual sum",
        text:
          "The block's input plus what its two convolutions made of it. The block learns only what to change, and on the way back the " +
          "gradient passes the sum undiminished.",
      };
    case "concat":
      return {
        title: "Skip connection",
        text: "The channels from the way down are set beside those from below, so that fine detail need not pass through the bottom.",
      };
    default:
      return { title: operation, text: "" };
  }
}

/** The kinds of operations of a step: what they are called in a graph. */
const operationTitles: Readonly<Record<string, string>> = {
  convolution: "convolution",
  transposedConvolution: "transposed convolution",
  filterGradient: "gradient by the filters",
  transposeFilter: "filters turned round",
  foldReflection: "mirrored border folded back",
  channelSum: "gradient by the bias: a sum over pixels",
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
  constant: "the 1 that the way back begins with",
  collect: "losses collected",
  adam: "Adam: weights take their step",
};

export function operationTitle(operation: string): string {
  return operationTitles[operation] ?? operation;
}

/** For the narrow cells of a graph; a stroke is for "gradient of". */
const shortTitles: Readonly<Record<string, string>> = {
  convolution: "conv",
  transposedConvolution: "conv up",
  normalize: "norm",
  statistics: "stats",
  filterGradient: "by filter",
  foldReflection: "fold",
  channelSum: "by bias",
  normalizeGradient: "norm ′",
  normSums: "sums",
  reluGradient: "ReLU ′",
  leakyRelu: "leaky",
  leakyReluGradient: "leaky ′",
  tanhGradient: "tanh ′",
  transposeFilter: "turn",
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

/** Three digits, however large or small. */
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

/** `12 %`, and `< 0.1 %` for what is next to nothing. */
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

/** Whose times they are. */
export function clockText(clock: "GPU" | "CPU", software: boolean): string {
  if (clock === "CPU") return "Time, by the CPU’s clock";
  return software ? "Time on this processor" : "Time on this GPU";
}

function ordinal(n: number): string {
  return n === 2 ? "second" : n === 3 ? "third" : `${n}th`;
}
