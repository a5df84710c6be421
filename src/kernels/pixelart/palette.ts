// Finds and applies a palette of few colours, in OKLab with chroma stretched
// (shaders/pixelart/palette/shade.wgsl), where distances match what the eye sees. All arithmetic is
// in whole numbers (shaders/pixelart/palette/lab.wgsl), so the palette is the same on every device,
// in whatever order the sums are added.

import assign from "../../../shaders/pixelart/palette/assign.wgsl";
import begin from "../../../shaders/pixelart/palette/begin.wgsl";
import map from "../../../shaders/pixelart/palette/map.wgsl";
import member from "../../../shaders/pixelart/palette/member.wgsl";
import points_ from "../../../shaders/pixelart/palette/points.wgsl";
import update from "../../../shaders/pixelart/palette/update.wgsl";
import { lanes, launchFlat } from "../core/launch.ts";
import {
  declare,
  elements,
  requireThat,
  totalBytes,
  vector,
  type Launch,
  type Operand,
  type Operation,
  type Trial,
  type TensorType,
  type Values,
} from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";
import { cones, shadeOf, squaredDistance, type Oklab } from "./oklab.ts";

/**
 * The most cells that a palette is found from: the sum of this many 15-bit numbers fits into 32
 * bits.
 */
export const maximumSample = 65536;

/** The most colours of a palette: what fits into an indexed PNG. */
export const maximumColours = 256;

/**
 * The colours that a kernel has room for in workgroup memory. Most palettes are small, and
 * SwiftShader unrolls the clearing of that memory: room for 256 takes it a second to compile.
 */
const roomFor = (colours: number) => (colours <= 64 ? 64 : maximumColours);

/** Points that a workgroup sums in its own memory. */
const chunk = 1024;

/**
 * k-means (Lloyd 1982) over the colours of cells: pixels [1, H, W], seeds [4 K] (the three numbers
 * of `shadeOf` for each colour, and one that is not read) and the table `cones` [3072] -> pixels
 * [1, 1, K], the palette.
 *
 * Each colour of the palette is one of the picture's own: the one in its cluster nearest to the
 * centre. Fully transparent cells take no part. If a cluster ends up empty, its entry is fully
 * transparent and not a colour of the palette.
 */
export const kMeans: Operation<{ iterations: number }> = declare({
  name: "kMeans",

  infer([cells, seeds, table]) {
    requireThat(cells.layout === "pixels" && cells.shape[0] === 1, "kMeans", () => "takes the pixels of one picture");
    requireThat(elements(cells) <= maximumSample, "kMeans", () => `takes up to ${maximumSample} cells`);
    requireThat(
      seeds.shape[0] % 4 === 0 && seeds.shape[0] <= 4 * maximumColours,
      "kMeans",
      () => `takes up to ${maximumColours} seeds, 4 numbers each`,
    );
    requireThat(table.shape[0] === 3072, "kMeans", () => "takes the table of cones");
    return { layout: "pixels", shape: [1, 1, seeds.shape[0] / 4] };
  },

  forward(_traits, [cells, seeds, table], output, { iterations }) {
    const total = elements(cells.type!);
    const points: Operand = { bytes: 16 * total };
    const colours = elements(output.type!);
    const centres: Operand = { bytes: 16 * colours };
    const clusters: Operand = { bytes: 20 * colours };
    const assigning = { LANES: lanes, CHUNK: chunk, MOST_COLOURS: roomFor(colours) };
    const launch = (label: string, shader: string, operands: Operand[], groups: number, flops: number): Launch => ({
      label,
      shader,
      bindings: operands.map((operand) => ({ operand })),
      parameters: uniforms(shader, { points: total, colours }),
      workgroups: [groups, 1, 1],
      flops,
    });
    const few = Math.ceil(colours / lanes);
    const work = 8 * total * colours;
    const launches = [
      launchPoints(cells, table, points),
      launch(
        "seeds of the palette",
        composeShader(begin, { LANES: lanes }),
        [seeds, centres, clusters, output],
        few,
        colours,
      ),
    ];
    for (let i = 0; i < iterations; i++) {
      launches.push(
        launch(
          "colours to clusters",
          composeShader(assign, assigning),
          [points, centres, clusters],
          Math.ceil(total / chunk),
          work,
        ),
        launch("centres of clusters", composeShader(update, { LANES: lanes }), [centres, clusters], few, colours),
      );
    }
    for (const choose of [false, true]) {
      const shader = composeShader(member, { LANES: lanes, CHOOSE: choose });
      launches.push(
        launch(
          "colours nearest to centres",
          shader,
          [points, centres, clusters, output],
          Math.ceil(total / lanes),
          work,
        ),
      );
    }
    return launches;
  },

  reference([cells, seeds, table], { iterations }) {
    const colours = seeds.shape[0] / 4;
    const points = pointsOf(cells, table).filter(({ pixel }) => pixel >>> 24 !== 0);
    const centres = Array.from(
      { length: colours },
      (_, k): Oklab => [0, 1, 2].map((i) => seeds.data[4 * k + i]) as never,
    );
    const assigned = () => points.map(({ lab }) => nearestOf(lab, centres));
    for (let i = 0; i < iterations; i++) {
      const sums = centres.map(() => [0, 0, 0, 0]);
      assigned().forEach((k, p) => [...points[p].lab, 1].forEach((value, i) => (sums[k][i] += value)));
      sums.forEach(([l, a, b, n], k) => {
        const mean = (sum: number) => Math.floor((sum + Math.floor(n / 2)) / n);
        if (n > 0) centres[k] = [mean(l), mean(a), mean(b)];
      });
    }
    const closest = centres.map(() => Infinity);
    const data = new Float64Array(colours);
    assigned().forEach((k, p) => {
      const distance = squaredDistance(points[p].lab, centres[k]);
      const colour = (points[p].pixel | 0xff000000) >>> 0;
      if (distance < closest[k] || (distance === closest[k] && colour > data[k])) data[k] = colour;
      closest[k] = Math.min(closest[k], distance);
    });
    return { shape: [1, 1, colours], data };
  },

  cost([cells, seeds], { iterations }) {
    const work = 2 * elements(cells) * seeds.shape[0];
    return { flops: (iterations + 2) * work, bytes: totalBytes(cells, seeds, vector(3072)) + seeds.shape[0] };
  },

  trials: [
    kMeansTrial([1, 5, 7], 2, 3),
    kMeansTrial([1, 1, 1], 3, 2),
    kMeansTrial([1, 40, 41], 17, 4),
    kMeansTrial([1, 90, 101], 70, 2),
    // Clusters of one to three points, where one point more or less matters; and the maximum of
    // colours.
    kMeansTrial([1, 8, 8], 40, 2),
    kMeansTrial([1, 7, 5], 12, 3),
    kMeansTrial([1, 20, 21], 256, 1),
    // Few levels, so that many colours are equally near to several centres.
    { ...kMeansTrial([1, 3, 4], 4, 5), draw: drawFewLevels },
    { ...kMeansTrial([1, 20, 21], 6, 3), draw: drawFewLevels },
  ],
});

/**
 * Cells [N, H, W], a palette [1, 1, K] and the table `cones` [3072] -> cells [N, H, W], each with
 * the palette colour that is nearest in OKLab with chroma stretched; the first wins ties. Alpha
 * stays, and fully transparent cells stay as they are. Fully transparent entries of the palette are
 * not used; at least one must be opaque.
 */
export const mapToPalette: Operation<Record<string, never>> = declare({
  name: "mapToPalette",

  infer([cells, palette, table]) {
    requireThat(cells.layout === "pixels" && palette.layout === "pixels", "mapToPalette", () => "takes pixels");
    requireThat(table.shape[0] === 3072, "mapToPalette", () => "takes the table of cones");
    return cells;
  },

  forward(traits, [cells, palette, table], output) {
    const colours = elements(palette.type!);
    const centres: Operand = { bytes: 16 * colours };
    const each = [cells, output].map((operand) => ({ operand, bytes: 4 }));
    const shared = [{ operand: centres }, { operand: table }];
    const count = elements(output.type!);
    return [
      launchPoints(palette, table, centres),
      ...launchFlat(traits, "cells to palette", composeShader(map, { LANES: lanes }), count, each, {
        shared,
        flops: 8 * count * colours,
        values: { colours },
      }),
    ];
  },

  reference([cells, palette, table]) {
    const entries = pointsOf(palette, table).filter(({ pixel }) => pixel >>> 24 !== 0);
    const centres = entries.map(({ lab }) => lab);
    const data = cells.data.map((cell) => {
      if (cell >>> 24 === 0) return cell;
      const { pixel } = entries[nearestOf(shadeOf(cell, table.data), centres)];
      return ((pixel & 0xffffff) | (cell & 0xff000000)) >>> 0;
    });
    return { shape: cells.shape, data };
  },

  cost: ([cells, palette, table]) => ({
    flops: 8 * elements(cells) * elements(palette),
    bytes: totalBytes(cells, cells, palette, table),
  }),

  trials: [
    mapTrial([1, 5, 7], 2),
    mapTrial([2, 9, 4], 33),
    mapTrial([1, 90, 101], 5),
    mapTrial([1, 1, 1], 256),
    { ...mapTrial([1, 13, 11], 9), draw: drawFewLevels },
  ],
});

/** The points of pixels. There are few enough that no binding limit requires bands. */
function launchPoints(pixels: Operand, table: Operand, points: Operand): Launch {
  const count = elements(pixels.type!);
  const shader = composeShader(points_, { LANES: lanes });
  return {
    label: "colours to OKLab",
    shader,
    bindings: [{ operand: pixels }, { operand: table }, { operand: points }],
    parameters: uniforms(shader, { count }),
    workgroups: [Math.ceil(count / lanes), 1, 1],
    flops: 500 * count,
  };
}

function pointsOf(pixels: Values, table: Values): { lab: Oklab; pixel: number }[] {
  return Array.from(pixels.data, (pixel) => ({ lab: shadeOf(pixel, table.data), pixel }));
}

function nearestOf(lab: Oklab, centres: readonly Oklab[]): number {
  return centres.reduce(
    (nearest, centre, k) => (squaredDistance(lab, centre) < squaredDistance(lab, centres[nearest]) ? k : nearest),
    0,
  );
}

function kMeansTrial(shape: number[], colours: number, iterations: number): Trial<{ iterations: number }> {
  const inputs: TensorType[] = [{ layout: "pixels", shape }, vector(4 * colours), vector(3072)];
  return { inputs, attributes: { iterations }, draw: drawColours, tables: { 2: cones } };
}

function mapTrial(shape: number[], colours: number): Trial<Record<string, never>> {
  const palette: TensorType = { layout: "pixels", shape: [1, 1, colours] };
  return {
    inputs: [{ layout: "pixels", shape }, palette, vector(3072)],
    attributes: {},
    draw: drawColours,
    tables: { 2: cones },
  };
}

/** Seeds are whole numbers of 15 bits; a cone's response is one of 28 bits. */
function drawColours(input: number, uniform: number): number {
  return input === 1 ? Math.floor((uniform + 1) * 2 ** 14) : Math.fround(Math.floor(Math.abs(uniform) * 2 ** 28));
}

function drawFewLevels(input: number, uniform: number): number {
  return input === 1 ? 2 ** 13 * Math.floor(2 * (uniform + 1)) : 2 ** 27 * Math.floor(2 * (uniform + 1));
}
