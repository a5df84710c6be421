// Combines the source's colours with the network's outlines: see
// shaders/pixelart/colours/keep.wgsl. All arithmetic is in whole numbers, so every device gives the
// same bytes.

import keep from "../../../shaders/pixelart/colours/keep.wgsl";
import pairs_ from "../../../shaders/pixelart/colours/pairs.wgsl";
import { bindRange } from "../core/bands.ts";
import { foldWorkgroups, lanes, launchFlat } from "../core/launch.ts";
import {
  declare,
  requireThat,
  totalBytes,
  vector,
  type Operand,
  type Operation,
  type Trial,
  type TensorType,
} from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";
import { colourOf, cones, lights, oklabOf } from "./oklab.ts";

export interface KeepAttributes {
  /** How far cells move from the network's colours to the source's, of 256. */
  readonly strength: number;
}

/** The radius of the blur in cells, and its weights. */
const radius = 4;
const binomial = [1, 8, 28, 56, 70, 56, 28, 8, 1];

/**
 * The share of the source's fine differences of lightness that is added to the network's, of 16.
 */
const sourceDetail = 14;

/**
 * How much darker or brighter than the source around it a cell may be: OKLab's lightness, times
 * 2^15.
 */
const fall = 6554;
const rise = 983;

/**
 * The network's cells [N, H, W] and the mean colours of the source's [N, H, W], with the tables
 * `cones` [3072] and `lights` [256] -> cells [N, H, W]: chroma and large-scale lightness from the
 * source, outlines and clusters from the network. Alpha stays the network's. Fully transparent
 * cells stay as they are and affect no other cell.
 */
export const keepColours: Operation<KeepAttributes> = declare({
  name: "keepColours",

  infer([network, source, coneTable, lightTable], { strength }) {
    requireThat(network.layout === "pixels" && source.layout === "pixels", "keepColours", () => "takes pixels");
    requireThat(
      network.shape.every((size, axis) => size === source.shape[axis]),
      "keepColours",
      () => `cells of ${network.shape} and of ${source.shape} do not lie on one another`,
    );
    requireThat(coneTable.shape[0] === 3072, "keepColours", () => "takes the table of cones");
    requireThat(lightTable.shape[0] === 256, "keepColours", () => "takes the table of lights");
    requireThat(
      Number.isInteger(strength) && strength >= 0 && strength <= 256,
      "keepColours",
      () => `a strength of ${strength} in 256`,
    );
    return network;
  },

  forward(traits, [network, source, coneTable, lightTable], output, { strength }) {
    const [samples, height, width] = output.type!.shape;
    const pairs: Operand = { bytes: 16 * samples * height * width };
    const launches = launchFlat(
      traits,
      "cells to OKLab",
      composeShader(pairs_, { LANES: lanes }),
      samples * height * width,
      [network, source, pairs].map((operand) => ({ operand, bytes: operand === pairs ? 16 : 4 })),
      { shared: [{ operand: coneTable }], flops: flopsOfPair * samples * height * width },
    );
    const shader = composeShader(keep, { LANES: lanes, SOURCE_DETAIL: sourceDetail, FALL: fall, RISE: rise });
    const room = Math.floor((traits.bindingBytes - traits.offsetAlignment) / (16 * width)) - 2 * radius;
    if (room < 1) throw new RangeError(`Cells of an image ${width} cells wide exceed the device's bindings.`);
    for (let sample = 0; sample < samples; sample++) {
      for (let first = 0; first < height; first += room) {
        const end = Math.min(first + room, height);
        const [top, bottom] = [Math.max(first - radius, 0), Math.min(end + radius, height)];
        const window = bindRange(traits, pairs, 16 * (sample * height + top) * width, 16 * (bottom - top) * width);
        const to = bindRange(traits, output, 4 * (sample * height + first) * width, 4 * (end - first) * width);
        const count = (end - first) * width;
        launches.push({
          label: "colours kept",
          shader,
          bindings: [window.binding, { operand: lightTable }, to.binding],
          parameters: uniforms(shader, {
            ...{ pairs: window.offset, cells: 4 * to.offset }, // from vec4s to pixels
            ...{ width, rows: bottom - top, first: first - top, count, strength },
          }),
          workgroups: foldWorkgroups(traits, count, lanes),
          flops: (flopsOfCell - flopsOfPair) * count,
        });
      }
    }
    return launches;
  },

  reference([network, source, coneTable, lightTable], { strength }) {
    const [, height, width] = network.shape;
    const drawn = Array.from(network.data, (pixel) => oklabOf(pixel, coneTable.data));
    const seen = Array.from(source.data, (pixel) => oklabOf(pixel, coneTable.data));
    const data = network.data.map((pixel, i) => {
      if (pixel >>> 24 === 0) return pixel;
      const [row, column] = [Math.floor(i / width) % height, i % width];
      const sums = { network: 0, source: 0, weight: 0 };
      let [darkest, brightest] = [32767, 0];
      for (let y = -radius; y <= radius; y++) {
        for (let x = -radius; x <= radius; x++) {
          const inside = row + y >= 0 && row + y < height && column + x >= 0 && column + x < width;
          const at = i + y * width + x;
          if (!inside || network.data[at] >>> 24 === 0) continue;
          const weight = binomial[y + radius] * binomial[x + radius];
          sums.network += weight * drawn[at][0];
          sums.source += weight * seen[at][0];
          sums.weight += weight;
          if (Math.max(Math.abs(x), Math.abs(y)) > 1) continue;
          darkest = Math.min(darkest, seen[at][0]);
          brightest = Math.max(brightest, seen[at][0]);
        }
      }
      const mean = (sum: number) => Math.floor((sum + Math.floor(sums.weight / 2)) / sums.weight);
      const [blurredNetwork, blurredSource] = [mean(sums.network), mean(sums.source)];
      const sharpened = Math.floor((sourceDetail * (seen[i][0] - blurredSource)) / 16);
      const lightness = blurredSource + drawn[i][0] - blurredNetwork + sharpened;
      const kept = [Math.min(Math.max(lightness, darkest - fall, 0), brightest + rise, 32767), seen[i][1], seen[i][2]];
      const [l, a, b] = drawn[i].map((from, axis) => from + Math.floor(((kept[axis] - from) * strength + 128) / 256));
      return colourOf([l, a, b], lightTable.data) + (pixel >>> 24) * 2 ** 24;
    });
    return { shape: network.shape, data };
  },

  cost([network, source, ...tables]) {
    const cells = network.shape.reduce((product, size) => product * size, 1);
    return { flops: flopsOfCell * cells, bytes: 2 * totalBytes(network) + totalBytes(source, ...tables) };
  },

  trials: [
    keepTrial([1, 5, 7], 256),
    keepTrial([2, 9, 4], 100),
    keepTrial([1, 1, 1], 256),
    keepTrial([1, 37, 35], 256),
    keepTrial([1, 20, 3], 0),
    keepTrial([64, 1, 1], 256),
    keepTrial([3, 50, 60], 200),
  ],
});

/** Two conversions to OKLab. */
const flopsOfPair = 1000;

/** These, two blurs of nine by nine cells, and a conversion back. */
const flopsOfCell = 2000;

function keepTrial(shape: number[], strength: number): Trial<KeepAttributes> {
  const cells: TensorType = { layout: "pixels", shape };
  return {
    inputs: [cells, cells, vector(3072), vector(256)],
    attributes: { strength },
    draw: drawTable,
    tables: { 2: cones, 3: lights },
  };
}

/** A cone's response is a whole number of 28 bits, the light of a byte one of 17. */
function drawTable(input: number, uniform: number): number {
  return Math.floor(Math.abs(uniform) * 2 ** (input === 2 ? 28 : 17));
}
