// Removes stray cells and jagged outlines, as a pixel artist would: strays, steps and bumps take
// the colour around them. shaders/pixelart/cells/clean.wgsl defines them.

import clean from "../../../shaders/pixelart/cells/clean.wgsl";
import { bindRange } from "../core/bands.ts";
import { foldWorkgroups, lanes } from "../core/launch.ts";
import {
  declare,
  requireThat,
  totalBytes,
  vector,
  type Launch,
  type Operation,
  type Trial,
} from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";
import { cones, oklabOf, squaredDistance } from "./oklab.ts";

export interface CleanAttributes {
  /**
   * How far a step or a bump may be, in OKLab, from the colour that it takes: 0 to 1, the distance
   * from black to white.
   */
  readonly strength: number;
}

/**
 * Strays that differ by more than this share of the strength are intended: eyes, highlights, stars.
 */
const strayShare = 0.3;

/** Squared distances in the whole numbers of OKLab. */
function limitsOf(strength: number): { readonly stray: number; readonly jag: number } {
  const squared = (distance: number) => Math.round(distance * 32767) ** 2;
  return { stray: squared(strayShare * strength), jag: squared(strength) };
}

/**
 * Cells [N, H, W] and the table `cones` [3072] -> cells [N, H, W]: a cell that stands alone or juts
 * out takes a neighbour's colour. Alpha stays. Fully transparent cells stay as they are, and no
 * cell takes its colour from them.
 */
export const cleanCells: Operation<CleanAttributes> = declare({
  name: "cleanCells",

  infer([cells, table], { strength }) {
    requireThat(cells.layout === "pixels", "cleanCells", () => "takes pixels");
    requireThat(table.shape[0] === cones.length, "cleanCells", () => "takes the table of cones");
    requireThat(strength >= 0 && strength <= 1, "cleanCells", () => `a strength of ${strength}`);
    return cells;
  },

  forward(traits, [cells, table], output, { strength }) {
    const [samples, rows, columns] = output.type!.shape;
    const shader = composeShader(clean, { LANES: lanes });
    const { stray, jag } = limitsOf(strength);
    // A cell depends on two rows above it and two below.
    const most = Math.floor((traits.bindingBytes - traits.offsetAlignment) / (4 * columns)) - 4;
    if (most < 1) throw new RangeError(`Five rows of ${columns} cells exceed the device's bindings.`);
    const launches: Launch[] = [];
    for (let sample = 0; sample < samples; sample++) {
      for (let row = 0; row < rows; row += most) {
        const end = Math.min(row + most, rows);
        const count = (end - row) * columns;
        const first = Math.max(row - 2, 0);
        const seen = Math.min(end + 2, rows) - first;
        const from = bindRange(traits, cells, 4 * (sample * rows + first) * columns, 4 * seen * columns);
        const to = bindRange(traits, output, 4 * (sample * rows + row) * columns, 4 * count);
        launches.push({
          label: "cells cleaned",
          shader,
          bindings: [from.binding, { operand: table }, to.binding],
          parameters: uniforms(shader, {
            ...{ cell: 4 * from.offset, output: 4 * to.offset }, // from vec4s to cells
            ...{ columns, rows: seen, first: row - first, count, stray, jag },
          }),
          workgroups: foldWorkgroups(traits, count, lanes),
          flops: flopsOf(count),
        });
      }
    }
    return launches;
  },

  reference([cells, table], { strength }) {
    const [, rows, columns] = cells.shape;
    const { stray, jag } = limitsOf(strength);
    const data = cells.data.map((cell, i) => {
      if (cell >>> 24 === 0) return cell;
      const [x, y] = [i % columns, Math.floor(i / columns) % rows];
      /** A negative number where there is no cell (-2) or a fully transparent one (-1). */
      const at = (right: number, down: number) => {
        if (x + right < 0 || x + right >= columns || y + down < 0 || y + down >= rows) return -2;
        const pixel = cells.data[i + down * columns + right];
        return pixel >>> 24 === 0 ? -1 : pixel & 0xffffff;
      };
      const own = at(0, 0);
      const neighbours = [-1, 0, 1]
        .flatMap((down) => [-1, 0, 1].map((right) => at(right, down)))
        .filter((_, place) => place !== 4);
      const lab = oklabOf(own, table.data);
      const ranked = [...new Set(neighbours)]
        .filter((colour) => colour !== own && colour !== -2)
        .map((colour) => ({
          colour,
          count: neighbours.filter((other) => other === colour).length,
          distance: colour < 0 ? 0 : squaredDistance(lab, oklabOf(colour, table.data)),
        }))
        .sort((a, b) => b.count - a.count || a.distance - b.distance || a.colour - b.colour);
      const [choice] = ranked;
      if (!choice || choice.colour < 0) return cell;
      const isStray = !neighbours.includes(own) && choice.count >= 3 && choice.distance <= stray;
      const isJag = choice.distance <= jag && (isStep(own, at) || isBump(own, at));
      return isStray || isJag ? choice.colour + (cell - (cell & 0xffffff)) : cell;
    });
    return { shape: cells.shape, data };
  },

  cost: ([cells, table]) => ({
    flops: flopsOf(cells.shape.reduce((product, size) => product * size, 1)),
    bytes: totalBytes(cells, cells, table),
  }),

  trials: [
    cleanTrial([1, 1, 1], 1),
    cleanTrial([1, 5, 5], 0.5),
    cleanTrial([2, 31, 23], 1),
    cleanTrial([1, 90, 101], 0.3),
    cleanTrial([1, 90, 101], 1),
    // A limit exactly at the distance of the greys 120 and 160.
    cleanTrial([1, 40, 41], 4361 / 32767),
    cleanTrial([1, 40, 41], 4361 / 32767 / strayShare),
  ],
});

/** The colour at an offset in cells. */
type Around = (right: number, down: number) => number;

function isStep(own: number, at: Around): boolean {
  return [-1, 1].some((side) => {
    const isCorner = at(0, -1) === own && at(side, 0) === own && ![at(0, 1), at(-side, 0), at(side, -1)].includes(own);
    const movesDown = at(-side, -1) === own && at(0, -2) !== own;
    const movesAside = at(side, 1) === own && at(2 * side, 0) !== own;
    return isCorner && (movesDown || movesAside);
  });
}

function isBump(own: number, at: Around): boolean {
  const turned: Around[] = [
    at,
    (right, down) => at(right, -down),
    (right, down) => at(down, right),
    (right, down) => at(-down, right),
  ];
  return turned.some((seen) => {
    const ground = seen(0, -1);
    const below = [-2, -1, 0, 1, 2].every((right) => seen(right, 1) === own);
    const beside = [-2, -1, 1, 2].every((right) => seen(right, 0) === ground);
    return ground !== own && below && beside && seen(-1, -1) === ground && seen(1, -1) === ground;
  });
}

/** The OKLab of two colours for most of the eight neighbours, and the comparisons. */
function flopsOf(cells: number): number {
  return 5000 * cells;
}

function cleanTrial(shape: number[], strength: number): Trial<CleanAttributes> {
  return {
    inputs: [{ layout: "pixels", shape }, vector(cones.length)],
    attributes: { strength },
    draw: (_, uniform) => Math.fround(Math.floor(Math.abs(uniform) * 2 ** 28)),
    tables: { 1: cones },
  };
}
