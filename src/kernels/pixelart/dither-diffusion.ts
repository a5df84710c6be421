// Maps cells to a palette by error diffusion: see shaders/pixelart/dither/diffuse.wgsl and
// wanted.wgsl. All arithmetic is in whole numbers, so every device gives the same bytes.

import diffuse from "../../../shaders/pixelart/dither/diffuse.wgsl";
import wanted_ from "../../../shaders/pixelart/dither/wanted.wgsl";
import { bindRange } from "../core/bands.ts";
import { lanes, launchFlat } from "../core/launch.ts";
import {
  declare,
  elements,
  totalBytes,
  type Operand,
  type Operation,
  type Trial,
  type Values,
} from "../core/operation.ts";
import { composeShader, int } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";
import {
  along,
  ditherInputs,
  drawDithered,
  entriesOf,
  type Entry,
  flopsOfShade,
  entryOperands,
  levels,
  lightOf,
  mixtureOf,
  nearestOf,
  painted,
  requireDitherable,
  shadeOfLight,
  shareOf,
  subtract,
  weighted,
} from "./dither-light.ts";
import { squaredDistance } from "./oklab.ts";

/**
 * The share of a neighbour's error that a cell receives, in sixteenths, by where that neighbour is.
 */
export const diffusions = {
  /** Floyd and Steinberg 1976, "An adaptive algorithm for spatial greyscale". */
  "floyd-steinberg": { left: 7, furtherLeft: 0, aboveLeft: 1, above: 5, aboveRight: 3, furtherAbove: 0 },
  /**
   * Bill Atkinson's, for the Macintosh. It drops a quarter of the error, which keeps light and dark
   * areas clean.
   */
  atkinson: { left: 2, furtherLeft: 2, aboveLeft: 2, above: 2, aboveRight: 2, furtherAbove: 2 },
} as const;

export interface DiffuseAttributes {
  readonly diffusion: keyof typeof diffusions;
  /** The share of the errors that is passed on, of 256. */
  readonly strength: number;
}

/** Rows of a strip, which are the lanes of its workgroup. */
const stripRows = 128;

/**
 * Steps of the search for the nearest colour that a palette can mix.
 * test/kernels/pixelart/dither.test.ts measures how close they come.
 */
const hullSteps = 32;

/**
 * Cells [N, H, W], a palette [1, 1, K] and the table `levels` [256] -> cells [N, H, W], each with a
 * colour of the palette. Errors are passed on to the right and downwards. Alpha stays; fully
 * transparent cells stay as they are and neither receive nor pass on an error. Fully transparent
 * entries of the palette are not used; at least one must be opaque.
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
    const { launch, centres, lights } = entryOperands(palette, table);
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
      launch,
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
          shared: [centres, lights, table].map((operand) => ({ operand })),
          flops: count * flopsOfWanted(colours),
          values: { strength, colours },
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
          bindings: [from.binding, { operand: centres }, { operand: lights }, { operand: errors }, to.binding],
          parameters: uniforms(shader, {
            ...{ wanted: from.offset, output: 4 * to.offset }, // from vec4s to pixels
            ...{ width, rows, row, strength, colours },
          }),
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

  trials: [
    diffuseTrial([1, 5, 7], 3, "floyd-steinberg", 256),
    diffuseTrial([2, 9, 4], 33, "atkinson", 256),
    diffuseTrial([1, 1, 1], 256, "floyd-steinberg", 256),
    diffuseTrial([1, 260, 11], 9, "floyd-steinberg", 200),
    diffuseTrial([1, 131, 30], 6, "atkinson", 256),
    diffuseTrial([3, 2, 130], 5, "floyd-steinberg", 0),
  ],
});

function flopsOfWanted(colours: number): number {
  return flopsOfShade + 8 * colours + hullSteps * 12 * colours;
}

/** The entry nearest to a light that may lie outside the displayable range. */
function nearestToLight(light: readonly number[], entries: readonly Entry[]): Entry {
  const shown = light.map((value) => Math.min(Math.max(value, 0), 2 ** 16));
  const shade = shadeOfLight(shown);
  const distances = entries.map((entry) => {
    const inQuarters = Math.floor(squaredDistance(entry.shade, shade) / 4);
    return inQuarters + 3 * weighted(subtract(light, shown), subtract(shown, entry.light), 16);
  });
  return entries[distances.indexOf(Math.min(...distances))];
}

/** The light of a cell, or the nearest one that the palette can mix. */
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

function diffuseTrial(
  shape: number[],
  colours: number,
  diffusion: keyof typeof diffusions,
  strength: number,
): Trial<DiffuseAttributes> {
  return {
    inputs: ditherInputs(shape, colours),
    attributes: { diffusion, strength },
    draw: drawDithered,
    tables: { 2: levels },
  };
}
