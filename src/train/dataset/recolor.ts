// Gives a picture the colours of another one. This augmentation is for pixel art: a discriminator
// would otherwise distinguish it from photos by its colours, and a generator would then imitate
// those.
//
// The map is linear in OKLab, so cells of one colour keep one colour. It gives the colours the
// other's mean and, as far as its bounded gains allow, the other's covariance. The covariances are
// factored in the order lightness, a given lightness, b given both (Cholesky factors with unit
// diagonal), so that new lightness depends on old lightness alone: darker stays darker, and
// outlines stay outlines.

import type { Image } from "../../data/image.ts";
import { oklabOf } from "../../kernels/pixelart/oklab.ts";

/** The limit by which the spread of colours may grow or shrink along each of the three axes. */
const largestGain = 2;

/** A minimum variance that is assumed for every picture: less than a step of one in 255. */
const leastVariance = 1e-5;

type Vector = readonly [number, number, number];

/**
 * The colours of a picture as regressions: mean + coefficients on the earlier components + a
 * residual with this deviation.
 */
interface Moments {
  readonly mean: Vector;
  readonly deviation: Vector;
  /** The coefficients of a on L, of b on L, and of b on the residual of a. */
  readonly aOnL: number;
  readonly bOnL: number;
  readonly bOnA: number;
}

/** A copy of `picture` in the colours of `palette`; alpha is unchanged. */
export function recolor(picture: Image, palette: Image): Image {
  const from = momentsOf(picture);
  const to = momentsOf(palette);
  const gain = from.deviation.map((deviation, axis) =>
    Math.min(Math.max(to.deviation[axis] / deviation, 1 / largestGain), largestGain),
  );
  const data = new Uint8ClampedArray(picture.data);
  const pixels = new Uint32Array(data.buffer);
  const known = new Map<number, Vector>();
  pixels.forEach((pixel, index) => {
    let color = known.get(pixel);
    if (!color) {
      const [l, a, b] = oklab(pixel).map((value, axis) => value - from.mean[axis]);
      const aAlone = a - from.aOnL * l;
      const bAlone = b - from.bOnL * l - from.bOnA * aAlone;
      const [x, y, z] = [gain[0] * l, gain[1] * aAlone, gain[2] * bAlone];
      color = bytesOf([to.mean[0] + x, to.mean[1] + to.aOnL * x + y, to.mean[2] + to.bOnL * x + to.bOnA * y + z]);
      known.set(pixel, color);
    }
    data.set(color, 4 * index);
  });
  return { ...picture, data };
}

function momentsOf({ data }: Image): Moments {
  const colors = Array.from(new Uint32Array(data.slice().buffer), oklab);
  const mean = [0, 1, 2].map((axis) => colors.reduce((sum, color) => sum + color[axis], 0) / colors.length);
  const covariance = (i: number, j: number) =>
    colors.reduce((sum, color) => sum + (color[i] - mean[i]) * (color[j] - mean[j]), 0) / colors.length +
    (i === j ? leastVariance : 0);
  const varianceL = covariance(0, 0);
  const aOnL = covariance(0, 1) / varianceL;
  const bOnL = covariance(0, 2) / varianceL;
  const varianceA = covariance(1, 1) - aOnL ** 2 * varianceL;
  const bOnA = (covariance(1, 2) - aOnL * bOnL * varianceL) / varianceA;
  const varianceB = covariance(2, 2) - bOnL ** 2 * varianceL - bOnA ** 2 * varianceA;
  const deviation = [varianceL, varianceA, varianceB].map(Math.sqrt);
  return { mean: mean as unknown as Vector, deviation: deviation as unknown as Vector, aOnL, bOnL, bOnA };
}

/** L in [0, 1], a and b around 0. */
function oklab(pixel: number): Vector {
  const [l, a, b] = oklabOf(pixel);
  return [l / 32767, (a - 16384) / 32767, (b - 16384) / 32767];
}

/**
 * Red, green and blue of an OKLab colour, with Ottosson's inverse matrices
 * (https://bottosson.github.io/posts/oklab/); clamped.
 */
function bytesOf([lightness, a, b]: Vector): Vector {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    byteOf(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    byteOf(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    byteOf(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** The sRGB transfer function (IEC 61966-2-1), from linear light to a byte. */
function byteOf(light: number): number {
  const clamped = Math.min(Math.max(light, 0), 1);
  return Math.round(255 * (clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * clamped ** (1 / 2.4) - 0.055));
}
