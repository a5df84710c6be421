// Pixel art in the colours of a photo: what it takes from the photo, and what it must keep.

import { describe, expect, test } from "vitest";
import { oklabOf } from "../../../src/kernels/pixelart/oklab.ts";
import type { Image } from "../../../src/picture/image.ts";
import { Random } from "../../../src/random.ts";
import { recolor } from "../../../src/train/batches/recolor.ts";

/** Colours around a mean, along a line and a little off it. */
function picture(seed: number, middle: readonly number[], along: readonly number[], side = 24): Image {
  const random = new Random(seed);
  const data = new Uint8ClampedArray(4 * side * side);
  for (let pixel = 0; pixel < side * side; pixel++) {
    const way = 2 * random.uniform() - 1;
    for (let channel = 0; channel < 3; channel++) {
      data[4 * pixel + channel] = middle[channel] + way * along[channel] + 12 * (random.uniform() - 0.5);
    }
    data[4 * pixel + 3] = 255;
  }
  return { width: side, height: side, data, hasAlpha: false };
}

const colors = ({ data }: Image) => Array.from(new Uint32Array(data.buffer), (pixel) => oklabOf(pixel));

/** The mean and the covariance of a picture's colours, in OKLab from 0 to 1. */
function moments(image: Image) {
  const all = colors(image).map((color) => color.map((value) => value / 32767));
  const mean = [0, 1, 2].map((axis) => all.reduce((sum, color) => sum + color[axis], 0) / all.length);
  const covariance = [0, 1, 2].flatMap((i) =>
    [0, 1, 2].map((j) => all.reduce((sum, c) => sum + (c[i] - mean[i]) * (c[j] - mean[j]), 0) / all.length),
  );
  return { mean, covariance };
}

const art = picture(1, [120, 110, 130], [45, 0, 25]);
const photo = picture(2, [150, 120, 90], [40, 10, 20]);

test("takes on the other's mean and covariance", () => {
  const wanted = moments(photo);
  const made = moments(recolor(art, photo));
  made.mean.forEach((value, axis) => expect(Math.abs(value - wanted.mean[axis])).toBeLessThan(0.003));
  made.covariance.forEach((value, i) => expect(Math.abs(value - wanted.covariance[i])).toBeLessThan(2e-4));
});

test("in its own colours it stays the same, up to rounding", () => {
  recolor(art, art).data.forEach((byte, i) => expect(Math.abs(byte - art.data[i])).toBeLessThanOrEqual(1));
});

test("what was equal stays equal, what was darker stays darker, and alpha stays", () => {
  const few = { ...art, data: art.data.map((byte, i) => (i % 4 === 3 ? (i * 7) & 255 : byte & 0xc0)), hasAlpha: true };
  const made = recolor(few, photo);
  const rgb = (image: Image, pixel: number) => image.data.slice(4 * pixel, 4 * pixel + 3).join();
  const [before, after] = [colors(few), colors(made)];
  for (let pixel = 1; pixel < before.length; pixel++) {
    if (rgb(few, pixel) === rgb(few, 0)) expect(rgb(made, pixel)).toBe(rgb(made, 0));
    // A step of one byte is some hundred of OKLab's 32767.
    else if (before[pixel][0] < before[0][0] - 1500) expect(after[pixel][0]).toBeLessThan(after[0][0]);
    expect(made.data[4 * pixel + 3]).toBe(few.data[4 * pixel + 3]);
  }
});

describe("extremes", () => {
  const flat = picture(3, [200, 40, 40], [0, 0, 0]);
  flat.data.forEach((_, i) => (flat.data[i] = [200, 40, 40, 255][i % 4]));

  test("a picture of one colour takes on the other's mean, and stays of one colour", () => {
    const made = recolor(flat, photo);
    expect(new Set(new Uint32Array(made.data.buffer)).size).toBe(1);
    moments(made).mean.forEach((value, axis) => expect(value).toBeCloseTo(moments(photo).mean[axis], 2));
  });

  test("one that takes the colours of a picture of one colour keeps half its own contrast", () => {
    const [wide] = moments(art).covariance;
    const [narrow] = moments(recolor(art, flat)).covariance;
    expect(Math.sqrt(narrow / wide)).toBeCloseTo(0.5, 1);
  });

  test("contrast is at most doubled", () => {
    const faint = picture(4, [128, 128, 128], [4, 4, 4]);
    const strong = picture(5, [128, 128, 128], [90, 90, 90]);
    const [narrow] = moments(faint).covariance;
    const [wide] = moments(recolor(faint, strong)).covariance;
    expect(Math.sqrt(wide / narrow)).toBeLessThan(2.1);
  });

  test("black and white are colours like others", () => {
    for (const level of [0, 255]) {
      const plain = { ...flat, data: flat.data.map((_, i) => (i % 4 === 3 ? 255 : level)) };
      expect(Math.max(...recolor(plain, plain).data.map((byte, i) => Math.abs(byte - plain.data[i])))).toBeLessThan(2);
    }
  });
});
