// Pictures with two pixel sizes, for the grid bench: art on top of art that was enlarged by another
// factor, as in games and edits.

import sharp from "sharp";
import { pixelsOf, type Image } from "../../src/picture/image.ts";
import { Random } from "../../src/random.ts";
import { decoded, pictureOf } from "../degradations.ts";
import { enlarge, kernels } from "../enlarge.ts";

export interface Composite {
  readonly name: string;
  /** The enlargement of the lower and the upper art. */
  readonly below: number;
  readonly above: number;
  /**
   * The upper art: a figure without the pixels of its corner's colour, lines of digits, or art that
   * covers half of the picture.
   */
  readonly what: "figure" | "digits" | "half";
  readonly jpeg?: number | undefined;
}

const named = (what: Composite["what"], above: number, below: number, jpeg?: number): Composite => ({
  name: `${what} x${above} on x${below}${jpeg ? `, JPEG ${jpeg}` : ""}`,
  what,
  above,
  below,
  jpeg,
});

export const composites: readonly Composite[] = [
  named("figure", 4, 8),
  named("figure", 2, 4),
  named("figure", 3, 6),
  named("figure", 4, 6),
  named("figure", 8, 4),
  named("figure", 6, 3),
  named("figure", 1, 4),
  named("digits", 1, 4),
  named("digits", 2, 6),
  named("half", 4, 8),
  named("half", 1, 3),
  named("half", 5.33, 8),
  named("figure", 4, 8, 90),
];

/** Pixels along the side of all composites; few screenshots and edited sprites are smaller. */
const side = 384;

/**
 * The same in every run.
 *
 * @param other the upper art
 * @param seed a different one for each picture
 * @returns undefined if one of the two has hardly any borders between colours, so that its pixel
 * size is invisible
 */
export async function composed(
  art: Image,
  other: Image,
  composite: Composite,
  seed: number,
): Promise<Image | undefined> {
  const { below, above, what, jpeg } = composite;
  const random = new Random(seed);
  const canvas = cropped(
    enlarge(tiled(art, Math.ceil(side / below)), kernels.nearest, { factor: [below, below] }),
    0,
    0,
    side,
    side,
  );
  const pixels = new Uint32Array(canvas.data.buffer);
  const layer =
    what === "digits"
      ? digits(random, Math.floor(side / 2 / above / 4))
      : what === "half"
        ? tiled(other, Math.ceil(side / above))
        : figureOf(other, Math.floor(side / 2 / above));
  if (Math.min(bordersIn(layer), bordersIn(tiled(art, Math.ceil(side / below)))) < leastBorders) return undefined;
  const large = enlarge(layer, kernels.nearest, { factor: [above, above] });
  const from = pixelsOf(large);
  const place = (length: number) => (what === "half" ? side / 2 : random.below(Math.max(1, side - length + 1)));
  const [left, top] = [place(large.width), what === "half" ? 0 : place(large.height)];
  for (let y = 0; y < large.height && top + y < side; y++)
    for (let x = 0; x < large.width && left + x < side; x++) {
      const pixel = from[y * large.width + x];
      if (pixel >>> 24 !== 0) pixels[(top + y) * side + left + x] = pixel;
    }
  if (!jpeg) return canvas;
  return decoded(sharp(await pictureOf(canvas).removeAlpha().jpeg({ quality: jpeg }).toBuffer()));
}

const leastBorders = 80;

/** How many pixels differ from the one to the left or above. */
function bordersIn(image: Image): number {
  const { width } = image;
  const pixels = pixelsOf(image);
  return pixels.filter(
    (pixel, i) => (i % width > 0 && pixel !== pixels[i - 1]) || (i >= width && pixel !== pixels[i - width]),
  ).length;
}

function cropped(image: Image, left: number, top: number, width: number, height: number): Image {
  const from = pixelsOf(image);
  const pixels = Uint32Array.from({ length: width * height }, (_, i) => {
    return from[(top + Math.floor(i / width)) * image.width + left + (i % width)];
  });
  return { ...image, width, height, data: new Uint8ClampedArray(pixels.buffer) };
}

/** A square of the art, tiled if the art is smaller. */
function tiled(art: Image, length: number): Image {
  const from = pixelsOf(art);
  const pixels = Uint32Array.from({ length: length ** 2 }, (_, i) => {
    const [x, y] = [i % length, Math.floor(i / length)];
    return from[(y % art.height) * art.width + (x % art.width)];
  });
  return { ...art, width: length, height: length, data: new Uint8ClampedArray(pixels.buffer) };
}

/** The middle of the art, of at most `most` pixels a side, without the colour of its corner. */
function figureOf(art: Image, most: number): Image {
  const [width, height] = [Math.min(art.width, most), Math.min(art.height, most)];
  const figure = cropped(art, (art.width - width) >> 1, (art.height - height) >> 1, width, height);
  const pixels = new Uint32Array(figure.data.buffer);
  const corner = pixels[0];
  return { ...figure, data: new Uint8ClampedArray(pixels.map((pixel) => (pixel === corner ? 0 : pixel)).buffer) };
}

/** Three by five pixels each, one bit a pixel, from the upper left on. */
const glyphs = [0x7b6f, 0x2c97, 0x73e7, 0x73cf, 0x5bc9, 0x79cf, 0x79ef, 0x7249, 0x7bef, 0x7bcf];

/** Three lines of white digits on black, like a score or a clock. */
function digits(random: Random, count: number): Image {
  const [width, height] = [4 * count + 1, 3 * 6 + 1];
  const pixels = new Uint32Array(width * height).fill(0xff000000);
  for (let line = 0; line < 3; line++)
    for (let i = 0; i < count; i++) {
      const glyph = glyphs[random.below(glyphs.length)];
      for (let bit = 0; bit < 15; bit++)
        if ((glyph >> (14 - bit)) & 1)
          pixels[(1 + 6 * line + Math.floor(bit / 3)) * width + 1 + 4 * i + (bit % 3)] = 0xffffffff;
    }
  return { width, height, hasAlpha: false, data: new Uint8ClampedArray(pixels.buffer) };
}
