// Damages pixel art for the grid bench. The size, the step and the phase of the cells afterwards
// are known.

import sharp from "sharp";
import { pixelsOf, type Image } from "../../src/picture/image.ts";
import { Random } from "../../src/random.ts";
import { decoded, noisy, pictureOf } from "../degradations.ts";
import { enlarge, kernels, type Kernel } from "../enlarge.ts";

export interface Damage {
  readonly name: string;
  readonly factor: readonly [number, number];
  readonly kernel?: Kernel;
  /** The standard deviation of a Gaussian, in pixels. */
  readonly blur?: number;
  /** The standard deviation of each channel, in levels. */
  readonly noise?: number;
  /** The JPEG quality, with colour at half the resolution. */
  readonly jpeg?: number;
  readonly webp?: number;
  /** Crops a part of the first cells, different for each picture. */
  readonly cropped?: boolean;
  /** The step grows and shrinks by this share along the picture. */
  readonly drift?: number;
  /** Degrees. */
  readonly rotation?: number;
  /** Saved at this share of its size afterwards. */
  readonly shrunk?: number;
  /** The corners' colour becomes transparent. */
  readonly alpha?: boolean;
}

/** The truth about a picture's grid. */
export interface Truth {
  readonly cell: readonly [number, number];
  /** The first cell's left and upper edge, between minus half a cell and half a cell. */
  readonly phase: readonly [number, number];
  /** Columns and rows. */
  readonly size: readonly [number, number];
}

const square = (factor: number): [number, number] => [factor, factor];

export const damages: readonly Damage[] = [
  ...[2, 3, 4, 6, 8, 16].map((f) => ({ name: `nearest x${f}`, factor: square(f) })),
  ...[2.5, 3.7, 5.33, 6.4, 10.7].map((f) => ({ name: `nearest x${f}`, factor: square(f) })),
  { name: "nearest x6 by x5.88", factor: [6, 5.88] },
  { name: "nearest x5.33, cropped", factor: square(5.33), cropped: true },
  { name: "nearest x4, transparent around", factor: square(4), alpha: true },
  ...[2, 3, 4, 5.33, 8].map((f) => ({ name: `bilinear x${f}`, factor: square(f), kernel: kernels.bilinear })),
  ...[2, 3, 4, 5.33, 8].map((f) => ({ name: `bicubic x${f}`, factor: square(f), kernel: kernels.bicubic })),
  ...[2, 3, 4, 5.33, 8].map((f) => ({ name: `Lanczos x${f}`, factor: square(f), kernel: kernels.Lanczos })),
  { name: "Lanczos x5.33, cropped", factor: square(5.33), kernel: kernels.Lanczos, cropped: true },
  { name: "blur 0.1 cells, x6", factor: square(6), blur: 0.6 },
  { name: "blur 0.2 cells, x6", factor: square(6), blur: 1.2 },
  { name: "blur 0.3 cells, x6", factor: square(6), blur: 1.8 },
  ...[2, 3].map((f) => ({ name: `JPEG 90, x${f}`, factor: square(f), jpeg: 90 })),
  ...[4, 5.33, 6, 8].map((f) => ({ name: `JPEG 75, x${f}`, factor: square(f), jpeg: 75 })),
  { name: "JPEG 75, x5.33, cropped", factor: square(5.33), jpeg: 75, cropped: true },
  { name: "JPEG 50, x6", factor: square(6), jpeg: 50 },
  { name: "WebP 75, x5.33", factor: square(5.33), webp: 75 },
  { name: "noise 12, x4", factor: square(4), noise: 12 },
  { name: "drift 3 %, x6", factor: square(6), drift: 0.03 },
  { name: "turned by 1 degree, x6", factor: square(6), rotation: 1 },
  { name: "x8, saved at half size", factor: square(8), kernel: kernels.bicubic, shrunk: 0.5, jpeg: 90 },
  {
    name: '"AI-like": bicubic x6.4, blur 0.8, noise 6, JPEG 85',
    factor: square(6.4),
    kernel: kernels.bicubic,
    blur: 0.8,
    noise: 6,
    jpeg: 85,
  },
];

/**
 * The same in every run.
 *
 * @param seed a different one for each picture
 */
export async function damaged(art: Image, damage: Damage, seed: number): Promise<{ image: Image; truth: Truth }> {
  const { factor, kernel = kernels.nearest, blur, noise, jpeg, webp, drift, rotation, shrunk = 1 } = damage;
  const random = new Random(seed);
  const cut = factor.map((step) => (damage.cropped ? random.uniform() * step : 0)) as [number, number];
  const swell = random.uniform();
  // The derivative of this displacement is the share by which a step grows.
  const shift = drift
    ? (place: number) => drift * 8 * (Math.sin(place / 8 + 6 * swell) - Math.sin(6 * swell))
    : undefined;
  let image = enlarge(damage.alpha ? withoutCorners(art) : art, kernel, { factor, cut, shift });
  if (rotation) image = await turned(image, rotation);
  if (blur) image = await decoded(pictureOf(image).blur(blur));
  if (noise) image = noisy(image, noise);
  if (shrunk !== 1) image = enlarge(image, kernels.bicubic, { factor: square(shrunk) });
  if (jpeg) image = await decoded(sharp(await pictureOf(image).removeAlpha().jpeg({ quality: jpeg }).toBuffer()));
  if (webp) image = await decoded(sharp(await pictureOf(image).removeAlpha().webp({ quality: webp }).toBuffer()));
  const sides = [image.width, image.height];
  const cell = factor.map((step) => step * shrunk);
  const phase = cell.map((step, axis) => {
    const first = -cut[axis] * shrunk;
    return first < -step / 2 ? first + step : first;
  });
  const size = cell.map((step, axis) =>
    drift ? [art.width, art.height][axis] : Math.round((sides[axis] - phase[axis]) / step),
  );
  const pair = (values: readonly number[]) => [values[0], values[1]] as const;
  return { image, truth: { cell: pair(cell), phase: pair(phase), size: pair(size) } };
}

/** Rotates about the middle and keeps the size, so the corners come from beyond the border. */
async function turned(image: Image, degrees: number): Promise<Image> {
  const { width, height } = image;
  const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const data = new Uint8ClampedArray(image.data.length);
  const inside = (place: number, side: number) => Math.min(Math.max(place, 0), side - 1.001);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - (width - 1) / 2, y - (height - 1) / 2];
      const fromX = inside(cosine * dx + sine * dy + (width - 1) / 2, width);
      const fromY = inside(cosine * dy - sine * dx + (height - 1) / 2, height);
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)];
      for (let c = 0; c < 4; c++) {
        const at = (column: number, row: number) => image.data[4 * (row * width + column) + c];
        const along = (row: number) => at(left, row) + (fromX - left) * (at(left + 1, row) - at(left, row));
        data[4 * (y * width + x) + c] = along(top) + (fromY - top) * (along(top + 1) - along(top));
      }
    }
  return { ...image, data };
}

function withoutCorners(art: Image): Image {
  const pixels = pixelsOf(art);
  const corner = pixels[0];
  return {
    ...art,
    hasAlpha: true,
    data: new Uint8ClampedArray(pixels.map((pixel) => (pixel === corner ? 0 : pixel)).buffer),
  };
}
