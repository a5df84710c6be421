// Maps cells to a palette by ordered dithering: see shaders/pixelart/dither/ordered.wgsl. All
// arithmetic is in whole numbers, so every device gives the same bytes.

import ordered from "../../../shaders/pixelart/dither/ordered.wgsl";
import { lanes, launchFlat } from "../core/launch.ts";
import { declare, elements, requireThat, totalBytes, vector, type Operation, type Trial } from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import {
  ditherInputs,
  drawDithered,
  levels,
  entriesOf,
  type Entry,
  flopsOfShade,
  entryOperands,
  lightOf,
  mixtureOf,
  nearestOf,
  painted,
  requireDitherable,
  shadeOfLight,
  shareOf,
  subtract,
  whole,
} from "./dither-light.ts";
import { squaredDistance } from "./oklab.ts";

/**
 * The penalty for mixing two colours is the squared distance between them, shifted right by this.
 */
const noiseShift = 7;

export interface OrderedAttributes {
  /** 0 to 256. 0 takes the nearest colour; 256 mixes every colour that is not in the palette. */
  readonly strength: number;
}

/**
 * Cells [N, H, W], a palette [1, 1, K], the table `levels` [256] and a mask [S * S] of the ranks 0
 * to S^2 - 1 -> cells [N, H, W]. Each cell takes one of two colours of the palette, as the mask at
 * its position decides. Alpha stays, and fully transparent cells stay as they are. Fully
 * transparent entries of the palette are not used; at least one must be opaque.
 */
export const ditherOrdered: Operation<OrderedAttributes> = declare({
  name: "ditherOrdered",

  infer([cells, palette, table, mask], { strength }) {
    requireDitherable("ditherOrdered", cells, palette, table, strength);
    const side = Math.sqrt(mask.shape[0]);
    requireThat(Number.isInteger(side) && side <= 64, "ditherOrdered", () => `a mask of ${mask.shape[0]} ranks`);
    return cells;
  },

  forward(traits, [cells, palette, table, mask], output, { strength }) {
    const [, height, width] = output.type!.shape;
    const colours = elements(palette.type!);
    const { launch, centres, lights } = entryOperands(palette, table);
    const shader = composeShader(ordered, { LANES: lanes, NOISE_SHIFT: noiseShift });
    const side = Math.sqrt(mask.type!.shape[0]);
    const each = [cells, output].map((operand) => ({ operand, bytes: 4 }));
    const count = elements(output.type!);
    return [
      launch,
      ...launchFlat(traits, "cells dithered", shader, count, each, {
        shared: [centres, lights, table, mask].map((operand) => ({ operand })),
        flops: count * flopsOf(colours),
        values: { width, height, side, strength, colours },
      }),
    ];
  },

  reference([cells, palette, table, mask], { strength }) {
    const [, height, width] = cells.shape;
    const side = Math.sqrt(mask.data.length);
    const entries = entriesOf(palette, table);
    const data = cells.data.map((cell, i) => {
      if (cell >>> 24 === 0) return cell;
      const light = lightOf(cell, table);
      const shade = shadeOfLight(light);
      const first = nearestOf(shade, entries);
      const base = first.light;
      let [least, second, share] = [squaredDistance(shade, first.shade), first, 0];
      for (const entry of entries) {
        const across = subtract(entry.light, base);
        const part = shareOf(subtract(light, base), across);
        const noise = Math.floor(squaredDistance(entry.shade, first.shade) / 2 ** noiseShift);
        const distance = squaredDistance(shadeOfLight(mixtureOf(base, across, part)), shade) + noise;
        if (distance < least) [least, second, share] = [distance, entry, part];
      }
      const distanceTo = ({ shade: other }: Entry) => Math.floor(Math.sqrt(squaredDistance(shade, other)) / 64);
      const [near, far] = [distanceTo(first), distanceTo(second)];
      const beyond = 512 * near - (256 - strength) * (near + far);
      const mixed = beyond > 0 ? Math.floor((share * beyond) / (2 * strength * near)) : 0;
      const [x, y] = [i % width, Math.floor(i / width) % height];
      const threshold = (mask.data[(y % side) * side + (x % side)] + 0.5) / side ** 2;
      const isSecondLighter = second.shade[0] > first.shade[0];
      const isLighter = threshold * whole < (isSecondLighter ? mixed : whole - mixed);
      return painted(cell, isLighter === isSecondLighter ? second : first);
    });
    return { shape: cells.shape, data };
  },

  cost: ([cells, palette, table, mask]) => ({
    flops: elements(cells) * flopsOf(elements(palette)),
    bytes: totalBytes(cells, cells, palette, table, mask),
  }),

  trials: [
    orderedTrial([1, 5, 7], 3, 4, 256),
    orderedTrial([2, 9, 4], 33, 2, 100),
    orderedTrial([1, 90, 101], 5, 8, 200),
    orderedTrial([1, 1, 1], 256, 1, 256),
    orderedTrial([1, 70, 67], 9, 64, 128),
    orderedTrial([1, 6, 5], 4, 4, 0),
  ],
});

function flopsOf(colours: number): number {
  return colours * (flopsOfShade + 100);
}

function orderedTrial(shape: number[], colours: number, side: number, strength: number): Trial<OrderedAttributes> {
  const inputs = [...ditherInputs(shape, colours), vector(side ** 2)];
  return {
    inputs,
    attributes: { strength },
    draw: (input, uniform) => drawDithered(input, uniform, side),
    tables: { 2: levels },
  };
}
