// Gives a picture the colours of another one. This augmentation is for pixel art: a discriminator
// would otherwise distinguish it from photos by its colours, and a generator would then imitate
// those.
//
// The map is linear in OKLab, so cells of one colour keep one colour. It gives the colours the
// other's mean and, as far as its bounded gains allow, the other's covariance. The covariances are
// factored in the order lightness, a given lightness, b given both (Cholesky factors with unit
// diagonal), so that new lightness depends on old lightness alone: darker stays darker, and
// outlines stay outlines.

import { mat3d, vec3d, type Mat3d, type Vec3d } from "wgpu-matrix";
import { oklabOf } from "../../kernels/pixelart/oklab.ts";
import { pixelsOf, type Image } from "../../picture/image.ts";

/** The limit by which the spread of colours may grow or shrink along each of the three axes. */
const largestGain = 2;

/** A minimum variance that is assumed for every picture: less than a step of one in 255. */
const leastVariance = 1e-5;

/**
 * From OKLab to the cube roots of cone responses, and from cone responses to linear light:
 * https://bottosson.github.io/posts/oklab/
 */
const toCones = ofRows(
  [1, 0.3963377774, 0.2158037573],
  [1, -0.1055613458, -0.0638541728],
  [1, -0.0894841775, -1.291485548],
);
const toLight = ofRows(
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.707614701],
);

/**
 * The distribution of a picture's colours: mean + mixture * uncorrelated values with these
 * deviations.
 */
interface Moments {
  readonly mean: Vec3d;
  readonly deviation: Vec3d;
  /** Unit lower triangular: the contribution of L to a, and of L and of a's residual to b. */
  readonly mixture: Mat3d;
}

/** A copy of `picture` in the colours of `palette`; alpha is unchanged. */
export function recolor(picture: Image, palette: Image): Image {
  const from = momentsOf(picture);
  const to = momentsOf(palette);
  const gain = vec3d.divide(to.deviation, from.deviation);
  const bounded = gain.map((gain) => Math.min(Math.max(gain, 1 / largestGain), largestGain));
  const map = mat3d.multiply(mat3d.scale3D(to.mixture, bounded), mat3d.inverse(from.mixture));
  const data = new Uint8ClampedArray(picture.data);
  const pixels = new Uint32Array(data.buffer);
  const known = new Map<number, readonly number[]>();
  pixels.forEach((pixel, index) => {
    let color = known.get(pixel);
    if (!color) {
      const beside = vec3d.subtract(oklab(pixel), from.mean);
      color = bytesOf(vec3d.add(to.mean, vec3d.transformMat3(beside, map)));
      known.set(pixel, color);
    }
    data.set(color, 4 * index);
  });
  return { ...picture, data };
}

function momentsOf(picture: Image): Moments {
  const colors = Array.from(pixelsOf(picture), oklab);
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
  return {
    mean: vec3d.create(...mean),
    deviation: vec3d.create(...[varianceL, varianceA, varianceB].map(Math.sqrt)),
    mixture: ofRows([1, 0, 0], [aOnL, 1, 0], [bOnL, bOnA, 1]),
  };
}

/** wgpu-matrix takes matrices by columns. */
function ofRows(...rows: readonly (readonly number[])[]): Mat3d {
  return mat3d.transpose(mat3d.create(...rows.flat()));
}

/** L in [0, 1], a and b around 0. */
function oklab(pixel: number): number[] {
  const [l, a, b] = oklabOf(pixel);
  return [l / 32767, (a - 16384) / 32767, (b - 16384) / 32767];
}

/** Red, green and blue of an OKLab colour, clamped. */
function bytesOf(color: Vec3d): readonly number[] {
  const cones = vec3d.transformMat3(color, toCones).map((root) => root ** 3);
  return Array.from(vec3d.transformMat3(cones, toLight), byteOf);
}

/** The sRGB transfer function (IEC 61966-2-1), from linear light to a byte. */
function byteOf(light: number): number {
  const clamped = Math.min(Math.max(light, 0), 1);
  return Math.round(255 * (clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * clamped ** (1 / 2.4) - 0.055));
}
