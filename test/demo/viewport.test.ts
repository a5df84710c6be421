// The position of a picture in its box: zooming keeps a point in place, and moving keeps the
// picture in sight.

import { describe, expect, test } from "vitest";
import { mat3d, vec2d } from "wgpu-matrix";
import {
  between,
  centred,
  fit,
  moved,
  scaleOf,
  within,
  zoomAbout,
  type Point,
  type Viewport,
} from "../../demo/parts/viewport.ts";

const picture = { width: 384, height: 216 };
const box = { width: 1000, height: 700 };

/** The picture's point at a point of the box. */
function pictureAt(viewport: Viewport, point: Point): Point {
  return vec2d.transformMat3(point, mat3d.inverse(viewport));
}

/** Where the picture's upper left corner is, and its scale. */
function placeOf(viewport: Viewport) {
  const [x, y] = mat3d.getTranslation(viewport);
  return { scale: scaleOf(viewport), x, y };
}

function expectSame(a: Viewport | Point, b: Viewport | Point) {
  expect(a).toHaveLength(b.length);
  a.forEach((value, i) => expect(value).toBeCloseTo(b[i], 8));
}

describe("a zoom", () => {
  const places = [
    [0, 0],
    [500, 350],
    [987, 3],
    [-40, 900],
  ];
  test.each(places)("about %i, %i keeps that point in place", (x, y) => {
    const point = vec2d.create(x, y);
    let viewport = fit(picture, box, 4);
    const fixed = pictureAt(viewport, point);
    for (const factor of [1.3, 2, 0.7, 1.01, 0.5]) {
      viewport = zoomAbout(viewport, point, factor, picture, box);
      expectSame(pictureAt(viewport, point), fixed);
    }
  });

  test("there and back returns to the start", () => {
    const start = fit(picture, box);
    const there = zoomAbout(start, vec2d.create(77, 600), 3, picture, box);
    const back = zoomAbout(there, vec2d.create(77, 600), 1 / 3, picture, box);
    expectSame(back, start);
  });

  test("ends at 64 pixels per pixel and at half the fitting size, with its point in place", () => {
    const point = vec2d.create(200, 100);
    let viewport = fit(picture, box);
    const fixed = pictureAt(viewport, point);
    for (let i = 0; i < 50; i++) viewport = zoomAbout(viewport, point, 1.5, picture, box);
    expect(scaleOf(viewport)).toBeCloseTo(64, 10);
    expectSame(pictureAt(viewport, point), fixed);
    for (let i = 0; i < 80; i++) viewport = zoomAbout(viewport, point, 0.8, picture, box);
    expect(scaleOf(viewport)).toBeCloseTo(0.5 * Math.min(2, scaleOf(fit(picture, box))), 10);
    expectSame(pictureAt(viewport, point), fixed);
  });
});

describe("fit", () => {
  test.each([
    [384, 216, 1000, 700, 4],
    [384, 216, 656, 640, 4],
    [216, 384, 1000, 700, 5],
    [64, 48, 1690, 1188, 16],
  ])("%i x %i in %i x %i: cells of %i become whole screen pixels", (width, height, w, h, cell) => {
    const { scale, x, y } = placeOf(fit({ width, height }, { width: w, height: h }, cell));
    expect((scale * cell) % 1).toBeCloseTo(0, 10);
    expect(width * scale).toBeLessThanOrEqual(w);
    expect(height * scale).toBeLessThanOrEqual(h);
    // It is the largest scale: one more pixel per cell does not fit.
    expect(Math.max(((scale * cell + 1) / cell) * width - w, ((scale * cell + 1) / cell) * height - h)).toBeGreaterThan(
      0,
    );
    expect(Math.abs(2 * x + width * scale - w)).toBeLessThanOrEqual(1);
    expect(Math.abs(2 * y + height * scale - h)).toBeLessThanOrEqual(1);
  });

  test("shows the whole picture if its cells are smaller than screen pixels", () => {
    expect(scaleOf(fit({ width: 16000, height: 9000 }, box, 4))).toBeCloseTo(1000 / 16000, 10);
  });
});

describe("moving", () => {
  test("leaves no gap if the picture is larger than the box", () => {
    const large = zoomAbout(fit(picture, box), vec2d.create(500, 350), 8, picture, box);
    expect(placeOf(within(moved(large, vec2d.create(1e6, 1e6)), picture, box))).toMatchObject({ x: 0, y: 0 });
    const { x, y, scale } = placeOf(within(moved(large, vec2d.create(-1e6, -1e6)), picture, box));
    expect(x).toBeCloseTo(box.width - picture.width * scale, 8);
    expect(y).toBeCloseTo(box.height - picture.height * scale, 8);
  });

  test("keeps a small picture inside the box", () => {
    const small = centred(picture, box, 1);
    expect(placeOf(within(moved(small, vec2d.create(-1e6, 1e6)), picture, box))).toEqual({ scale: 1, x: 0, y: 484 });
  });

  test("changes nothing that is valid", () => {
    const viewport = moved(centred(picture, box, 1), vec2d.create(17, -20));
    expect(within(viewport, picture, box)).toEqual(viewport);
  });
});

describe("between two viewports", () => {
  const from = fit(picture, box, 4);
  const point = vec2d.create(640, 300);
  const to = zoomAbout(from, point, 5, picture, box);

  test("a point with the same position at both ends stays there", () => {
    const fixed = pictureAt(from, point);
    for (const share of [0, 0.1, 0.5, 0.93, 1]) expectSame(pictureAt(between(from, to, share), point), fixed);
  });

  test("the scale grows by equal factors from one to the other", () => {
    expect(between(from, to, 0)).toEqual(from);
    expectSame(between(from, to, 1), to);
    expect(scaleOf(between(from, to, 0.5))).toBeCloseTo(Math.sqrt(scaleOf(from) * scaleOf(to)), 10);
  });

  test("a pure translation is straight", () => {
    expectSame(between(from, moved(from, vec2d.create(100, -50)), 0.25), moved(from, vec2d.create(25, -12.5)));
  });
});
