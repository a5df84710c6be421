// Replaces colours under full transparency by visible colours around them. Files contain arbitrary
// colours there (black, white, the background that was cut away), and a network reads them like any
// others. After filling, hidden colours no longer change the visible result.
//
// Push and pull: the picture is halved until every hidden pixel is covered by a visible one, and
// each hidden pixel takes its colour from the next smaller picture, interpolated. Integer
// arithmetic throughout, so the bytes are the same everywhere.

import type { Image } from "./image.ts";

/**
 * The picture with other colours where alpha is 0; everything else, alpha included, stays. A fully
 * transparent picture becomes mid-grey. Returns the same picture if nothing is hidden.
 */
export function fillHidden(image: Image): Image {
  if (!image.hasAlpha) return image;
  const { visible, hidden } = visibility(image);
  if (!hidden) return image;
  return visible ? pulled(image, fillHidden(halved(image))) : mapHidden(image, () => [128, 128, 128]);
}

function visibility({ data }: Image): { visible: boolean; hidden: boolean } {
  let visible = false;
  let hidden = false;
  for (let i = 3; i < data.length && !(visible && hidden); i += 4) {
    if (data[i] === 0) hidden = true;
    else visible = true;
  }
  return { visible, hidden };
}

/** For each square of four pixels the mean colour, weighted by alpha, and the greatest alpha. */
function halved({ width, height, data }: Image): Image {
  const [w, h] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const half = new Uint8ClampedArray(4 * w * h);
  for (let y = 0, out = 0; y < h; y++) {
    for (let x = 0; x < w; x++, out += 4) {
      let [red, green, blue, sum, most] = [0, 0, 0, 0, 0];
      for (let v = 2 * y; v < Math.min(2 * y + 2, height); v++) {
        for (let u = 2 * x; u < Math.min(2 * x + 2, width); u++) {
          const from = 4 * (v * width + u);
          const alpha = data[from + 3];
          red += alpha * data[from];
          green += alpha * data[from + 1];
          blue += alpha * data[from + 2];
          sum += alpha;
          most = Math.max(most, alpha);
        }
      }
      if (most === 0) continue;
      const mean = (value: number) => Math.floor((2 * value + sum) / (2 * sum));
      half[out] = mean(red);
      half[out + 1] = mean(green);
      half[out + 2] = mean(blue);
      half[out + 3] = most;
    }
  }
  return { width: w, height: h, data: half, hasAlpha: true };
}

/**
 * Fills hidden pixels from the picture of half the size: its nearest four with weights 9, 3, 3 and
 * 1 in 16, as in bilinear enlargement.
 */
function pulled(image: Image, half: Image): Image {
  const { data, width, height } = half;
  return mapHidden(image, (x, y) => {
    const [near, beside] = neighbours(x, width);
    const [row, next] = neighbours(y, height).map((v) => v * width);
    const [a, b, c, d] = [row + near, row + beside, next + near, next + beside].map((pixel) => 4 * pixel);
    const blend = (i: number) => (9 * data[a + i] + 3 * data[b + i] + 3 * data[c + i] + data[d + i] + 8) >> 4;
    return [blend(0), blend(1), blend(2)];
  });
}

/** The position at half the size, and the side of its next neighbour. */
function neighbours(position: number, size: number): [number, number] {
  const near = position >> 1;
  const beside = position % 2 === 0 ? near - 1 : near + 1;
  return [near, Math.min(Math.max(beside, 0), size - 1)];
}

function mapHidden(image: Image, colourAt: (x: number, y: number) => readonly number[]): Image {
  const data = image.data.slice();
  for (let y = 0, i = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++, i += 4) if (data[i + 3] === 0) data.set(colourAt(x, y), i);
  }
  return { ...image, data };
}
