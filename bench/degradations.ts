// Typical degradations of pixel art: enlarged with various kernels, blurred, noisy, compressed. The
// true grid is known.

import sharp, { type Sharp } from "sharp";
import type { Image } from "../src/picture/image.ts";
import { Random } from "../src/random.ts";
import { enlarge, kernels, type Kernel } from "./enlarge.ts";

export interface Degradation {
  readonly name: string;
  /** The number of pixels along a cell's side afterwards. */
  readonly cell: number;
  /** The art's pixels along a cell's side: more than one if its lines are finer than the grid. */
  readonly artPixels: number;
  readonly apply: (art: Image) => Promise<Image>;
}

interface Steps {
  readonly factor?: number;
  readonly kernel?: Kernel;
  /** The standard deviation of a Gaussian, in pixels. */
  readonly blur?: number;
  /** The standard deviation of each channel, in levels. */
  readonly noise?: number;
  /** The JPEG quality, with colour at half the resolution. */
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
  degradation("bilinear 4 times", { factor: 4, kernel: kernels.bilinear }),
  degradation("bicubic 4 times", { factor: 4, kernel: kernels.bicubic }),
  degradation("Lanczos 4 times", { factor: 4, kernel: kernels.Lanczos }),
  degradation("bicubic 4 times, blur 0.2 cells, noise 6, JPEG 85", {
    factor: 4,
    kernel: kernels.bicubic,
    blur: 0.8,
    noise: 6,
    jpeg: 85,
  }),
];

export const finerLines: readonly Degradation[] = [
  degradation("cells of 3 pixels of the art", { artPixels: 3 }),
  degradation("cells of 4 pixels of the art", { artPixels: 4 }),
  degradation("cells of 4, noise 4, JPEG 90", { artPixels: 4, noise: 4, jpeg: 90 }),
  degradation("cells of 3, bicubic twice", { artPixels: 3, factor: 2, kernel: kernels.bicubic }),
];

function degradation(
  name: string,
  { factor = 1, kernel = kernels.nearest, blur, noise, jpeg, artPixels = 1 }: Steps,
): Degradation {
  return {
    name,
    cell: factor * artPixels,
    artPixels,
    async apply(art) {
      let image = art;
      if (factor > 1) image = enlarge(image, kernel, { factor: [factor, factor] });
      if (blur) image = await decoded(pictureOf(image).blur(blur));
      if (noise) image = noisy(image, noise);
      if (jpeg) image = await decoded(sharp(await pictureOf(image).removeAlpha().jpeg({ quality: jpeg }).toBuffer()));
      return image;
    },
  };
}

export function pictureOf({ data, width, height }: Image): Sharp {
  return sharp(data, { raw: { width, height, channels: 4 } });
}

/** The pixels of a picture, or of a square crop. */
export async function decoded(picture: Sharp): Promise<Image> {
  const { data, info } = await picture.toColourspace("srgb").ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: Uint8ClampedArray.from(data), hasAlpha: false };
}

/** Gaussian noise, the same in every run. */
export function noisy(image: Image, deviation: number): Image {
  const random = new Random(image.width * image.height);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const data = image.data.map((level, i) => (i % 4 === 3 ? level : Math.round(level + deviation * normal())));
  return { ...image, data };
}
