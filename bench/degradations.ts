// What happens to pixel art on its way: enlarged by whatever kernel, blurred, noisy, compressed. The true grid is known.

import sharp, { type Sharp } from "sharp";
import type { Image } from "../src/data/image.ts";
import { Random } from "../src/data/random.ts";

export interface Degradation {
  readonly name: string;
  /** Pixels of a cell's side afterwards. */
  readonly cell: number;
  /** Pixels of the art in a cell: more than one where its lines are finer than the grid. */
  readonly artPixels: number;
  readonly apply: (art: Image) => Promise<Image>;
}

/** Weights by the distance from a pixel's centre, nothing from `reach` on: libvips enlarges with fewer kernels than there are. */
interface Kernel {
  readonly reach: number;
  readonly weight: (distance: number) => number;
}

const nearest: Kernel = { reach: 0.5, weight: () => 1 };
const linear: Kernel = { reach: 1, weight: (x) => 1 - x };
/** Catmull and Rom's. */
const cubic: Kernel = {
  reach: 2,
  weight: (x) => (x < 1 ? 1.5 * x ** 3 - 2.5 * x ** 2 + 1 : -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2),
};
const lanczos: Kernel = { reach: 3, weight: (x) => sinc(x) * sinc(x / 3) };

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

interface Steps {
  readonly factor?: number;
  readonly kernel?: Kernel;
  /** The standard deviation of a Gaussian, in pixels. */
  readonly blur?: number;
  /** The standard deviation of each channel, in levels. */
  readonly noise?: number;
  /** Quality, with colour at half the resolution. */
  readonly jpeg?: number;
  readonly artPixels?: number;
}

export const degradations: readonly Degradation[] = [
  degradation("enlarged 4 times", { factor: 4 }),
  degradation("4 times, blur 0.2 cells", { factor: 4, blur: 0.8 }),
  degradation("4 times, blur 0.3 cells, noise 6", { factor: 4, blur: 1.2, noise: 6 }),
  degradation("6 times, blur 0.2 cells, noise 4", { factor: 6, blur: 1.2, noise: 4 }),
  degradation("4 times, noise 12", { factor: 4, noise: 12 }),
  degradation("4 times, JPEG 75", { factor: 4, jpeg: 75 }),
  degradation("6 times, JPEG 75", { factor: 6, jpeg: 75 }),
  degradation("bilinear 4 times", { factor: 4, kernel: linear }),
  degradation("bicubic 4 times", { factor: 4, kernel: cubic }),
  degradation("Lanczos 4 times", { factor: 4, kernel: lanczos }),
  degradation("bicubic 4 times, blur 0.2 cells, noise 6, JPEG 85", {
    factor: 4,
    kernel: cubic,
    blur: 0.8,
    noise: 6,
    jpeg: 85,
  }),
];

export const finerLines: readonly Degradation[] = [
  degradation("cells of 3 pixels of the art", { artPixels: 3 }),
  degradation("cells of 4 pixels of the art", { artPixels: 4 }),
  degradation("cells of 4, noise 4, JPEG 90", { artPixels: 4, noise: 4, jpeg: 90 }),
  degradation("cells of 3, bicubic twice", { artPixels: 3, factor: 2, kernel: cubic }),
];

function degradation(
  name: string,
  { factor = 1, kernel = nearest, blur, noise, jpeg, artPixels = 1 }: Steps,
): Degradation {
  return {
    name,
    cell: factor * artPixels,
    artPixels,
    async apply(art) {
      let image = art;
      if (factor > 1) image = enlarged(image, factor, kernel);
      if (blur) image = await decoded(pictureOf(image).blur(blur));
      if (noise) image = noisy(image, noise);
      if (jpeg) image = await decoded(sharp(await pictureOf(image).removeAlpha().jpeg({ quality: jpeg }).toBuffer()));
      return image;
    },
  };
}

/** Along both axes, past the border by its last pixel. */
function enlarged(image: Image, factor: number, { reach, weight }: Kernel): Image {
  const along = (levels: readonly number[]) =>
    Array.from({ length: factor * levels.length }, (_, i) => {
      const centre = (i + 0.5) / factor - 0.5;
      const [first, last] = [Math.ceil(centre - reach), Math.ceil(centre + reach) - 1];
      let [sum, total] = [0, 0];
      for (let j = first; j <= last; j++) {
        const share = weight(Math.abs(j - centre));
        sum += share * levels[Math.min(Math.max(j, 0), levels.length - 1)];
        total += share;
      }
      return sum / total;
    });
  const [width, height] = [factor * image.width, factor * image.height];
  const data = new Uint8ClampedArray(4 * width * height);
  for (let channel = 0; channel < 4; channel++) {
    const rows = Array.from({ length: image.height }, (_, y) =>
      along(Array.from({ length: image.width }, (_, x) => image.data[4 * (y * image.width + x) + channel])),
    );
    for (let x = 0; x < width; x++)
      along(rows.map((row) => row[x])).forEach((level, y) => (data[4 * (y * width + x) + channel] = level));
  }
  return { ...image, width, height, data };
}

function pictureOf({ data, width, height }: Image): Sharp {
  return sharp(data, { raw: { width, height, channels: 4 } });
}

/** The pixels of a picture, or of a square of it. */
export async function decoded(picture: Sharp): Promise<Image> {
  const { data, info } = await picture.toColourspace("srgb").ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: Uint8ClampedArray.from(data), hasAlpha: false };
}

/** Gaussian noise, the same at every run. */
function noisy(image: Image, deviation: number): Image {
  const random = new Random(image.width * image.height);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const data = image.data.map((level, i) => (i % 4 === 3 ? level : Math.round(level + deviation * normal())));
  return { ...image, data };
}
