// The gallery's logic without a page: columns, facets, orders, which rows exist, and the paths of
// previews and files.

import { describe, expect, test } from "vitest";
import type { AuditRow } from "../../src/dataset/audit/row.ts";
import { columnsOf, pictureOf, picturesOf, type GalleryPicture } from "../../src/gallery/data.ts";
import { facetsOf, sift } from "../../src/gallery/facets.ts";
import { layoutOf, rowsInView } from "../../src/gallery/layout.ts";
import { inOrder, orderNumbers } from "../../src/gallery/order.ts";
import { cellMiddles, previewSizes } from "../../src/gallery/preview.ts";
import { addressOf } from "../../src/gallery/words.ts";
import { galleryPicture } from "./tiny.ts";

const pictures: GalleryPicture[] = [
  galleryPicture({ file: "a/1.png", source: "a", cellX: 4, cellY: 4, colors: 3 }),
  galleryPicture({
    file: "a/2.png",
    source: "a",
    cellX: 4,
    cellY: 4,
    colors: 40,
    duplicateOf: 0,
    duplicateKind: "near",
  }),
  galleryPicture({ file: "a/3.png", source: "a", verdict: "not-pixel-art", colors: 4000, jpeg: true }),
  galleryPicture({ file: "b.zip/4.png", source: "b.zip", isPacked: true, cellX: 30, cellY: 30, colors: 40 }),
];

test("a row of the table becomes a picture, and columns become the same pictures again", () => {
  const row = { cell: [4, 5], phase: [1, -2], about: { licence: "CC0-1.0" }, duplicateKind: "near" };
  const place = { source: "a", isPacked: false, preview: "abc", duplicateOf: 7 };
  const picture = pictureOf({ ...pictures[0], ...row, sha256: "", version: 1 } as unknown as AuditRow, place);
  expect(picture).toMatchObject({ file: "a/1.png", cellX: 4, cellY: 5, phaseX: 1, phaseY: -2, duplicateOf: 7 });
  expect(picture).toMatchObject({ about: { licence: "CC0-1.0" }, duplicateKind: "near", preview: "abc" });
  expect(Object.keys(picture).sort()).toEqual(Object.keys(pictures[0]).sort());
  expect(picturesOf(JSON.parse(JSON.stringify(columnsOf([...pictures, picture]))))).toEqual([...pictures, picture]);
  expect(picturesOf(JSON.parse(JSON.stringify(columnsOf([]))))).toEqual([]);
});

describe("facets", () => {
  const facets = facetsOf(pictures);
  const labelled = (id: string, counts: ReadonlyMap<string, Uint32Array>) => {
    const { bins } = facets.find((facet) => facet.id === id)!;
    return Object.fromEntries(
      bins.flatMap(({ label }, i) => (counts.get(id)![i] > 0 ? [[label, counts.get(id)![i]]] : [])),
    );
  };
  const binOf = (id: string, label: string) =>
    facets.find((facet) => facet.id === id)!.bins.findIndex((bin) => bin.label === label);

  test("count every picture if nothing is selected", () => {
    const { shown, counts } = sift(facets, new Map(), 4);
    expect([...shown]).toEqual([0, 1, 2, 3]);
    expect(labelled("cell", counts)).toEqual({ "–": 1, 4: 2, ">24": 1 });
    expect(labelled("colors", counts)).toEqual({ 4: 1, 64: 2, ">1k": 1 });
    expect(labelled("source", counts)).toEqual({ a: 3, "b.zip": 1 });
    expect(labelled("jpeg", counts)).toEqual({ yes: 1, no: 3 });
  });

  test("show what is in a selected bin of each, and count what other selections would show", () => {
    const chosen = new Map([
      ["cell", new Set([binOf("cell", "4")])],
      ["colors", new Set([binOf("colors", "64")])],
      ["source", new Set<number>()],
    ]);
    const { shown, counts } = sift(facets, chosen, 4);
    expect([...shown]).toEqual([1]);
    expect(labelled("cell", counts)).toEqual({ 4: 1, ">24": 1 });
    expect(labelled("colors", counts)).toEqual({ 4: 1, 64: 1 });
    expect(labelled("duplicates", counts)).toEqual({ "near-duplicate": 1 });
    expect([...sift(facets, chosen, 4, (place) => place !== 1).shown]).toEqual([]);
  });

  test("put each number into the first bin that contains it", () => {
    const colors = [1, 2, 3, 4, 5, 512, 513, 1024, 1025];
    const { counts } = sift(facetsOf(colors.map((colors) => galleryPicture({ colors }))), new Map(), colors.length);
    expect(labelled("colors", counts)).toEqual({ 2: 2, 4: 2, 8: 1, 512: 1, "1k": 2, ">1k": 1 });
  });
});

test("orders keep the table's order among equals, both ways", () => {
  const places = Uint32Array.from([0, 1, 2, 3]);
  const order = (name: Parameters<typeof orderNumbers>[1], down = false) => [
    ...inOrder(places, orderNumbers(pictures, name), down),
  ];
  expect(order("colors")).toEqual([0, 1, 3, 2]);
  expect(order("colors", true)).toEqual([2, 1, 3, 0]);
  expect(order("cell")).toEqual([2, 0, 1, 3]);
  const twins = [galleryPicture({}), galleryPicture({}), galleryPicture({}), galleryPicture({ duplicateOf: 1 })];
  expect([...inOrder(places, orderNumbers(twins, "likeness"), false)]).toEqual([1, 3, 0, 2]);
});

test("only the rows around the window exist, out of a hundred thousand pictures", () => {
  const layout = layoutOf(1000, 132, 100_000);
  const { perRow, tile, gap, rows, rowHeight } = layout;
  expect(perRow * tile + (perRow - 1) * gap).toBeLessThanOrEqual(1000);
  expect(rows * perRow).toBeGreaterThanOrEqual(100_000);
  const [first, end] = rowsInView(layout, 500 * rowHeight, 800);
  expect(first).toBeLessThan(500);
  expect(end * rowHeight).toBeGreaterThan(500 * rowHeight + 800);
  expect((end - first) * perRow).toBeLessThan(100);
  expect(rowsInView(layout, -300, 800)[0]).toBe(0);
  expect(rowsInView(layout, 1e9, 800)).toEqual([rows, rows]);
});

describe("previews", () => {
  test("are cells if these are whole, and the picture's pixels if they fit", () => {
    const size = (of: Partial<GalleryPicture>) => previewSizes(galleryPicture(of));
    expect(size({ width: 64, height: 48 })).toEqual({ small: [64, 48], isCells: false });
    expect(size({ width: 640, height: 320 })).toEqual({ small: [192, 96], isCells: false, large: [640, 320] });
    expect(size({ width: 4096, height: 1 })).toEqual({ small: [192, 1], isCells: false, large: [1024, 1] });
    const whole = { width: 1280, height: 640, cellX: 10, cellY: 10, columns: 128, rows: 64 };
    expect(size(whole)).toEqual({ small: [128, 64], isCells: true, large: [1280, 640] });
    expect(size({ ...whole, cellX: 10.1 })).toEqual({ small: [192, 96], isCells: false, large: [1024, 512] });
  });

  test("have the middle of each cell, also of cells cut by the edge", () => {
    const cells = { width: 7, height: 2, cellX: 3, cellY: 2, phaseX: -1, phaseY: 0, columns: 3, rows: 1 };
    const data = Uint8ClampedArray.from({ length: 7 * 2 * 4 }, (_, i) => (i >> 2) % 7);
    const {
      width,
      height,
      data: middles,
    } = cellMiddles({ width: 7, height: 2, data, hasAlpha: false }, galleryPicture(cells));
    expect([width, height]).toEqual([3, 1]);
    expect([...middles].filter((_, i) => i % 4 === 0)).toEqual([0, 3, 6]);
  });
});

test("the URL of a file leads to that file, whatever its name", () => {
  const address = (file: string) =>
    new URL(addressOf(galleryPicture({ file }), "../"), "file:///home/x/gallery/index.html").href;
  expect(address("art/a b.png")).toBe("file:///home/x/art/a%20b.png");
  expect(address("/data/ü#1?.png")).toBe("file:///data/%C3%BC%231%3F.png");
  expect(address("javascript:alert(1).png")).toBe("file:///home/x/javascript%3Aalert(1).png");
  expect(address('"><script>.png')).toBe("file:///home/x/%22%3E%3Cscript%3E.png");
  expect(address("C:/art/a.png")).toBe("file:///C:/art/a.png");
});
