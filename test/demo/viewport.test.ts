// Where a picture lies in its box: what is enlarged about a point keeps it in place, what is moved stays in sight.

import { describe, expect, test } from "vitest";
import {
  between,
  centred,
  fit,
  moved,
  within,
  zoomAbout,
  type Point,
  type Viewport,
} from "../../demo/parts/viewport.ts";

const picture = { width: 384, height: 216 };
const box = { width: 1000, height: 700 };

/** The picture's point at a point of the box. */
function pictureAt({ scale, x, y }: Viewport, point: Point): Point {
  return { x: (point.x - x) / scale, y: (point.y - y) / scale };
}

function expectSamePoint(a: Point, b: Point) {
  expect(a.x).toBeCloseTo(b.x, 8);
  expect(a.y).toBeCloseTo(b.y, 8);
}

describe("a zoom", () => {
  const places = [
    { x: 0, y: 0 },
    { x: 500, y: 350 },
    { x: 987, y: 3 },
    { x: -40, y: 900 },
  ];
  test.each(places)("about $x, $y keeps what lies there", (point) => {
    let viewport = fit(picture, box, 4);
    const fixed = pictureAt(viewport, point);
    for (const factor of [1.3, 2, 0.7, 1.01, 0.5]) {
      viewport = zoomAbout(viewport, point, factor, picture, box);
      expectSamePoint(pictureAt(viewport, point), fixed);
    }
  });

  test("there and back is where it began", () => {
    const start = fit(picture, box);
    const there = zoomAbout(start, { x: 77, y: 600 }, 3, picture, box);
    const back = zoomAbout(there, { x: 77, y: 600 }, 1 / 3, picture, box);
    expect(back.scale).toBeCloseTo(start.scale, 10);
    expectSamePoint(back, start);
  });

  test("ends at 64 pixels a pixel, and at half of what fits, with its point still in place", () => {
    const point = { x: 200, y: 100 };
    let viewport = fit(picture, box);
    const fixed = pictureAt(viewport, point);
    for (let i = 0; i < 50; i++) viewport = zoomAbout(viewport, point, 1.5, picture, box);
    expect(viewport.scale).toBe(64);
    expectSamePoint(pictureAt(viewport, point), fixed);
    for (let i = 0; i < 80; i++) viewport = zoomAbout(viewport, point, 0.8, picture, box);
    expect(viewport.scale).toBe(0.5 * Math.min(2, fit(picture, box).scale));
    expectSamePoint(pictureAt(viewport, point), fixed);
  });
});

describe("fit", () => {
  test.each([
    [384, 216, 1000, 700, 4],
    [384, 216, 656, 640, 4],
    [216, 384, 1000, 700, 5],
    [64, 48, 1690, 1188, 16],
  ])("%i x %i in %i x %i: cells of %i become whole pixels of the screen", (width, height, w, h, cell) => {
    const { scale, x, y } = fit({ width, height }, { width: w, height: h }, cell);
    expect((scale * cell) % 1).toBeCloseTo(0, 10);
    expect(width * scale).toBeLessThanOrEqual(w);
    expect(height * scale).toBeLessThanOrEqual(h);
    // No larger would do: one more pixel a cell does not fit.
    expect(Math.max(((scale * cell + 1) / cell) * width - w, ((scale * cell + 1) / cell) * height - h)).toBeGreaterThan(
      0,
    );
    expect(Math.abs(2 * x + width * scale - w)).toBeLessThanOrEqual(1);
    expect(Math.abs(2 * y + height * scale - h)).toBeLessThanOrEqual(1);
  });

  test("shows all of a picture whose cells are smaller than the screen's pixels", () => {
    expect(fit({ width: 16000, height: 9000 }, box, 4).scale).toBeCloseTo(1000 / 16000, 10);
  });
});

describe("moving", () => {
  test("leaves no gap where the picture is larger than the box", () => {
    const large = zoomAbout(fit(picture, box), { x: 500, y: 350 }, 8, picture, box);
    expect(within(moved(large, 1e6, 1e6), picture, box)).toMatchObject({ x: 0, y: 0 });
    const { x, y } = within(moved(large, -1e6, -1e6), picture, box);
    expect(x).toBeCloseTo(box.width - picture.width * large.scale, 8);
    expect(y).toBeCloseTo(box.height - picture.height * large.scale, 8);
  });

  test("keeps a small picture inside the box", () => {
    const small = centred(picture, box, 1);
    expect(within(moved(small, -1e6, 1e6), picture, box)).toEqual({ scale: 1, x: 0, y: 700 - 216 });
  });

  test("changes nothing that is in order", () => {
    const viewport = moved(centred(picture, box, 1), 17, -20);
    expect(within(viewport, picture, box)).toEqual(viewport);
  });
});

describe("on the way", () => {
  const from = fit(picture, box, 4);
  const point = { x: 640, y: 300 };
  const to = zoomAbout(from, point, 5, picture, box);

  test("what lies at the same place at both ends lies there all the way", () => {
    const fixed = pictureAt(from, point);
    for (const share of [0, 0.1, 0.5, 0.93, 1]) expectSamePoint(pictureAt(between(from, to, share), point), fixed);
  });

  test("it begins here and ends there, growing by equal factors", () => {
    expect(between(from, to, 0)).toEqual(from);
    expectSamePoint(between(from, to, 1), to);
    expect(between(from, to, 0.5).scale).toBeCloseTo(Math.sqrt(from.scale * to.scale), 10);
  });

  test("a move alone is straight", () => {
    expect(between(from, moved(from, 100, -50), 0.25)).toEqual(moved(from, 25, -12.5));
  });
});
