// Cells to a palette with dithering: where a colour is not in the palette, several that are lie side by side and mix in the eye. All
// arithmetic is in whole numbers, light included, so every device gives the same bytes.

import diffuse from "../../shaders/dither/diffuse.wgsl";
import entries_ from "../../shaders/dither/entries.wgsl";
import ordered from "../../shaders/dither/ordered.wgsl";
import wanted_ from "../../shaders/dither/wanted.wgsl";
import { bindRange, foldWorkgroups, runsOf } from "./bands.ts";
import { lanes, launchFlat } from "./elementwise.ts";
import { labOf, linear, spreadChroma, squaredDistance, type Oklab } from "./oklab.ts";
import {
  declare,
  elements,
  requireThat,
  totalBytes,
  vector,
  type Launch,
  type Operand,
  type Operation,
  type Sample,
  type TensorType,
  type Values,
} from "./operation.ts";
import { composeShader, int } from "./shader.ts";

/** The table [256] that the shaders read: the light of each byte, times 2^16. */
export const levels: Float32Array<ArrayBuffer> = Float32Array.from({ length: 256 }, (_, byte) =>
  Math.round(linear(byte) * 2 ** 16),
);

/** Of a mixture of two colours. */
const whole = 4096;

/** How far apart two colours are counts against mixing them, halved so many times. */
const noiseShift = 7;

export interface OrderedAttributes {
  /** Of 256. 0 is the nearest colour; 256 mixes all that is not a colour of the palette. */
  readonly strength: number;
}

/**
 * Cells [N, H, W], a palette [1, 1, K], the table `levels` [256] and a mask [S * S] of the ranks 0 to S * S - 1 -> cells [N, H, W]: each the
 * one or the other of two colours of the palette, as the mask has it in its place. Alpha stays, and fully transparent cells stay as they are.
 * Entries of the palette that are fully transparent are not used; at least one is not.
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
    const entries: Operand = { bytes: 16 * colours };
    const shader = composeShader(ordered, { LANES: lanes, NOISE_SHIFT: noiseShift });
    const side = Math.sqrt(mask.type!.shape[0]);
    const runs = runsOf(traits, elements(output.type!), 4).map(({ first, count }): Launch => {
      const part = (operand: Operand) => ({ operand, offset: 4 * first, bytes: 4 * count });
      return {
        label: "cells dithered",
        shader,
        bindings: [part(cells), { operand: entries }, { operand: table }, { operand: mask }, part(output)],
        parameters: Uint32Array.of(count, first, width, height, side, strength, 0, 0),
        workgroups: foldWorkgroups(traits, count, lanes),
        flops: count * flopsOf(colours),
      };
    });
    return [launchEntries(palette, table, entries), ...runs];
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

  samples: [
    orderedSample([1, 5, 7], 3, 4, 256),
    orderedSample([2, 9, 4], 33, 2, 100),
    orderedSample([1, 90, 101], 5, 8, 200),
    orderedSample([1, 1, 1], 256, 1, 256),
    orderedSample([1, 70, 67], 9, 64, 128),
    orderedSample([1, 6, 5], 4, 4, 0),
  ],
});

/** To whom a cell hands its error on, in sixteenths. */
export const diffusions = {
  /** Floyd and Steinberg, An adaptive algorithm for spatial greyscale, 1976. */
  "floyd-steinberg": { left: 7, furtherLeft: 0, aboveLeft: 1, above: 5, aboveRight: 3, furtherAbove: 0 },
  /** Bill Atkinson's, for the Macintosh: a quarter of the error is dropped, which keeps light and dark areas clean. */
  atkinson: { left: 2, furtherLeft: 2, aboveLeft: 2, above: 2, aboveRight: 2, furtherAbove: 2 },
} as const;

export interface DiffuseAttributes {
  readonly diffusion: keyof typeof diffusions;
  /** Of 256: what part of the errors is handed on. */
  readonly strength: number;
}

/** Rows of a strip: lanes of its workgroup. */
const stripRows = 128;

/** Of the search for what a palette can mix; test/kernels/dither.test.ts measures how near they come. */
const hullSteps = 32;

/**
 * Cells [N, H, W], a palette [1, 1, K] and the table `levels` [256] -> cells [N, H, W], each of a colour of the palette; errors are handed on
 * from left to right and downwards. Alpha stays; fully transparent cells stay as they are, and neither take an error nor give one.
 * Entries of the palette that are fully transparent are not used; at least one is not.
 */
export const diffuseError: Operation<DiffuseAttributes> = declare({
  name: "diffuseError",

  infer([cells, palette, table], { strength }) {
    requireDitherable("diffuseError", cells, palette, table, strength);
    return cells;
  },

  forward(traits, [cells, palette, table], output, { diffusion, strength }) {
    const [samples, height, width] = output.type!.shape;
    const colours = elements(palette.type!);
    const entries: Operand = { bytes: 16 * colours };
    const errors: Operand = { bytes: 64 * width };
    const count = samples * height * width;
    const wanted: Operand = { bytes: 16 * count };
    const most = Math.min(Math.floor((traits.bindingBytes - traits.offsetAlignment) / (16 * width)), stripRows);
    if (most < 1 || errors.bytes > traits.bindingBytes)
      throw new RangeError(`A row of ${width} cells exceeds the device's bindings.`);
    const shares = diffusions[diffusion];
    const shader = composeShader(diffuse, {
      ROWS: stripRows,
      FROM_LEFT: int(shares.left),
      FROM_FURTHER_LEFT: int(shares.furtherLeft),
      FROM_ABOVE_LEFT: int(shares.aboveLeft),
      FROM_ABOVE: int(shares.above),
      FROM_ABOVE_RIGHT: int(shares.aboveRight),
      FROM_FURTHER_ABOVE: int(shares.furtherAbove),
    });
    const launches = [
      launchEntries(palette, table, entries),
      ...launchFlat(
        traits,
        "colours that can be mixed",
        composeShader(wanted_, { LANES: lanes, STEPS: hullSteps }),
        count,
        [
          { operand: cells, bytes: 4 },
          { operand: wanted, bytes: 16 },
        ],
        {
          shared: [{ operand: entries }, { operand: table }],
          flops: count * flopsOfWanted(colours),
          parameter: strength,
        },
      ),
    ];
    for (let sample = 0; sample < samples; sample++) {
      for (let row = 0; row < height; row += most) {
        const rows = Math.min(most, height - row);
        const first = (sample * height + row) * width;
        const from = bindRange(traits, wanted, 16 * first, 16 * rows * width);
        const to = bindRange(traits, output, 4 * first, 4 * rows * width);
        launches.push({
          label: "errors diffused",
          shader,
          bindings: [from.binding, { operand: entries }, { operand: table }, { operand: errors }, to.binding],
          // From vec4s to pixels, where the output begins; a uniform's bytes are a multiple of 16.
          parameters: Uint32Array.of(from.offset, 4 * to.offset, width, rows, row, strength, 0, 0),
          workgroups: [1, 1, 1],
          flops: rows * width * (flopsOfShade + 8 * colours),
        });
      }
    }
    return launches;
  },

  reference([cells, palette, table], { diffusion, strength }) {
    const [, height, width] = cells.shape;
    const { left, furtherLeft, aboveLeft, above, aboveRight, furtherAbove } = diffusions[diffusion];
    const entries = entriesOf(palette, table);
    const errors: number[][] = [];
    const data = cells.data.map((cell, i) => {
      errors.push([0, 0, 0]);
      if (cell >>> 24 === 0) return cell;
      const [x, y] = [i % width, Math.floor(i / width) % height];
      const errorAt = (right: number, down: number) =>
        y + down < 0 || x + right < 0 || x + right >= width ? [0, 0, 0] : errors[i + down * width + right];
      const brought = [
        [left, errorAt(-1, 0)],
        [furtherLeft, errorAt(-2, 0)],
        [aboveLeft, errorAt(-1, -1)],
        [above, errorAt(0, -1)],
        [aboveRight, errorAt(1, -1)],
        [furtherAbove, errorAt(0, -2)],
      ] as const;
      const light = wantedOf(cell, entries, table, strength).map((own, c) => {
        const sum = brought.reduce((sum, [share, error]) => sum + share * error[c], 0);
        return own + Math.floor((sum * strength + 2048) / 4096);
      });
      const entry = nearestToLight(light, entries);
      errors[i] = subtract(light, entry.light).map((error) => Math.min(Math.max(error, -(2 ** 18)), 2 ** 18));
      return painted(cell, entry);
    });
    return { shape: cells.shape, data };
  },

  cost: ([cells, palette, table]) => ({
    flops: elements(cells) * (flopsOfWanted(elements(palette)) + flopsOfShade + 8 * elements(palette)),
    bytes: totalBytes(cells, cells, palette, table),
  }),

  samples: [
    diffuseSample([1, 5, 7], 3, "floyd-steinberg", 256),
    diffuseSample([2, 9, 4], 33, "atkinson", 256),
    diffuseSample([1, 1, 1], 256, "floyd-steinberg", 256),
    diffuseSample([1, 260, 11], 9, "floyd-steinberg", 200),
    diffuseSample([1, 131, 30], 6, "atkinson", 256),
    diffuseSample([3, 2, 130], 5, "floyd-steinberg", 0),
  ],
});

/** One shade: three cube roots, bit by bit. */
const flopsOfShade = 500;

function flopsOf(colours: number): number {
  return colours * (flopsOfShade + 100);
}

function flopsOfWanted(colours: number): number {
  return flopsOfShade + 8 * colours + hullSteps * 12 * colours;
}

function requireDitherable(
  name: string,
  cells: TensorType,
  palette: TensorType,
  table: TensorType,
  strength: number,
): void {
  requireThat(cells.layout === "pixels" && palette.layout === "pixels", name, () => "takes pixels");
  requireThat(table.shape[0] === levels.length, name, () => "takes the table of levels");
  requireThat(Number.isInteger(strength) && strength >= 0 && strength <= 256, name, () => `a strength of ${strength}`);
}

function launchEntries(palette: Operand, table: Operand, entries: Operand): Launch {
  const count = elements(palette.type!);
  return {
    label: "shades of the palette",
    shader: composeShader(entries_, { LANES: lanes }),
    bindings: [{ operand: palette }, { operand: table }, { operand: entries }],
    workgroups: [Math.ceil(count / lanes), 1, 1],
    flops: flopsOfShade * count,
  };
}

interface Entry {
  readonly pixel: number;
  readonly light: readonly number[];
  readonly shade: Oklab;
}

function entriesOf(palette: Values, table: Values): Entry[] {
  return Array.from(palette.data, (pixel) => {
    const light = lightOf(pixel, table);
    return { pixel, light, shade: shadeOfLight(light) };
  }).filter(({ pixel }) => pixel >>> 24 !== 0);
}

function lightOf(pixel: number, { data }: Values): number[] {
  return [0, 8, 16].map((shift) => data[(pixel >>> shift) & 255]);
}

function shadeOfLight(light: readonly number[]): Oklab {
  const [red, green, blue] = light.map((value) => Math.min(Math.max(value, 0), 2 ** 16));
  return spreadChroma(
    labOf([
      6754 * red + 8787 * green + 843 * blue,
      3472 * red + 11152 * green + 1760 * blue,
      1447 * red + 4616 * green + 10321 * blue,
    ]),
  );
}

function nearestOf(shade: Oklab, entries: readonly Entry[]): Entry {
  return entries.reduce((nearest, entry) =>
    squaredDistance(shade, entry.shade) < squaredDistance(shade, nearest.shade) ? entry : nearest,
  );
}

/** To light that may be more or less than can be shown. */
function nearestToLight(light: readonly number[], entries: readonly Entry[]): Entry {
  const shown = light.map((value) => Math.min(Math.max(value, 0), 2 ** 16));
  const shade = shadeOfLight(shown);
  const distances = entries.map((entry) => {
    const inQuarters = Math.floor(squaredDistance(entry.shade, shade) / 4);
    return inQuarters + 3 * weighted(subtract(light, shown), subtract(shown, entry.light), 16);
  });
  return entries[distances.indexOf(Math.min(...distances))];
}

/** Two differences of light multiplied, in whole parts: green counts for most of the brightness, blue for least. */
function weighted(a: readonly number[], b: readonly number[], part: number): number {
  return [3, 5, 2].reduce((sum, weight, c) => sum + weight * Math.floor(a[c] / part) * Math.floor(b[c] / part), 0);
}

function along(a: readonly number[], b: readonly number[]): number {
  return weighted(a, b, 8);
}

function shareOf(wanted: readonly number[], across: readonly number[]): number {
  const [reached, length] = [along(wanted, across), along(across, across)];
  if (reached <= 0) return 0;
  return reached >= length ? whole : Math.floor((whole * reached) / length);
}

function mixtureOf(base: readonly number[], across: readonly number[], part: number): number[] {
  return base.map((from, c) => from + Math.floor((across[c] * part + whole / 2) / whole));
}

/** The light of a cell, or where the palette cannot mix it, what comes nearest to it. */
function wantedOf(cell: number, entries: readonly Entry[], table: Values, strength: number): number[] {
  const own = lightOf(cell, table);
  let mixed: readonly number[] = nearestOf(shadeOfLight(own), entries).light;
  for (let step = 0; step < hullSteps; step++) {
    const missing = subtract(own, mixed);
    const ways = entries.map(({ light }) => subtract(light, mixed));
    const furthest = ways.reduce((best, way) => (along(missing, way) > along(missing, best) ? way : best), [0, 0, 0]);
    mixed = mixtureOf(mixed, furthest, shareOf(missing, furthest));
  }
  return own.map((from, c) => from + Math.floor(((mixed[c] - from) * strength + 128) / 256));
}

function subtract(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value - b[i]);
}

function painted(cell: number, { pixel }: Entry): number {
  return ((pixel & 0xffffff) | (cell & 0xff000000)) >>> 0;
}

function orderedSample(shape: number[], colours: number, side: number, strength: number): Sample<OrderedAttributes> {
  const inputs = [...ditherInputs(shape, colours), vector(side ** 2)];
  return { inputs, attributes: { strength }, draw: (input, uniform) => drawDithered(input, uniform, side) };
}

function diffuseSample(
  shape: number[],
  colours: number,
  diffusion: keyof typeof diffusions,
  strength: number,
): Sample<DiffuseAttributes> {
  return { inputs: ditherInputs(shape, colours), attributes: { diffusion, strength }, draw: drawDithered };
}

function ditherInputs(shape: number[], colours: number): TensorType[] {
  return [{ layout: "pixels", shape }, { layout: "pixels", shape: [1, 1, colours] }, vector(levels.length)];
}

/** Pixels; a light of 16 bits; a rank. */
function drawDithered(input: number, uniform: number, side = 1): number {
  const most = input === 2 ? 2 ** 16 + 1 : input === 3 ? side ** 2 : 2 ** 28;
  return Math.fround(Math.floor(Math.abs(uniform) * most));
}
