// What both kinds of dithering share: the palette in the form that they read, and the twin of
// shaders/pixelart/dither/light.wgsl and mixture.wgsl. Light is in whole numbers, 2^16 for the
// brightest that a channel shows, so every device gives the same bytes.

import entries_ from "../../../shaders/pixelart/dither/entries.wgsl";
import { lanes } from "../core/launch.ts";
import {
  elements,
  requireThat,
  vector,
  type Launch,
  type Operand,
  type TensorType,
  type Values,
} from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";
import { labOf, linear, spreadChroma, squaredDistance, type Oklab } from "./oklab.ts";

/** The table [256] that the shaders read: the light of each byte, times 2^16. */
export const levels: Float32Array<ArrayBuffer> = Float32Array.from({ length: 256 }, (_, byte) =>
  Math.round(linear(byte) * 2 ** 16),
);

/** The parts in which mixtures of two colours are counted. */
export const whole = 4096;

/** The FLOPs of one shade: three cube roots, bit by bit. */
export const flopsOfShade = 500;

export function requireDitherable(
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

/**
 * A palette in the form that the kernels read: the shade of each colour with its pixel, and its
 * light.
 */
export interface EntryOperands {
  readonly launch: Launch;
  readonly centres: Operand;
  readonly lights: Operand;
}

export function entryOperands(palette: Operand, table: Operand): EntryOperands {
  const count = elements(palette.type!);
  const [centres, lights]: Operand[] = [{ bytes: 16 * count }, { bytes: 16 * count }];
  const shader = composeShader(entries_, { LANES: lanes });
  const launch: Launch = {
    label: "shades of the palette",
    shader,
    bindings: [palette, table, centres, lights].map((operand) => ({ operand })),
    parameters: uniforms(shader, { count }),
    workgroups: [Math.ceil(count / lanes), 1, 1],
    flops: flopsOfShade * count,
  };
  return { launch, centres, lights };
}

export interface Entry {
  readonly pixel: number;
  readonly light: readonly number[];
  readonly shade: Oklab;
}

export function entriesOf(palette: Values, table: Values): Entry[] {
  return Array.from(palette.data, (pixel) => {
    const light = lightOf(pixel, table);
    return { pixel, light, shade: shadeOfLight(light) };
  }).filter(({ pixel }) => pixel >>> 24 !== 0);
}

export function lightOf(pixel: number, { data }: Values): number[] {
  return [0, 8, 16].map((shift) => data[(pixel >>> shift) & 255]);
}

export function shadeOfLight(light: readonly number[]): Oklab {
  const [red, green, blue] = light.map((value) => Math.min(Math.max(value, 0), 2 ** 16));
  return spreadChroma(
    labOf([
      6754 * red + 8787 * green + 843 * blue,
      3472 * red + 11152 * green + 1760 * blue,
      1447 * red + 4616 * green + 10321 * blue,
    ]),
  );
}

export function nearestOf(shade: Oklab, entries: readonly Entry[]): Entry {
  return entries.reduce((nearest, entry) =>
    squaredDistance(shade, entry.shade) < squaredDistance(shade, nearest.shade) ? entry : nearest,
  );
}

/**
 * The weighted dot product of two differences of light, each divided by `part`. Green contributes
 * most to brightness, blue least.
 */
export function weighted(a: readonly number[], b: readonly number[], part: number): number {
  return [3, 5, 2].reduce((sum, weight, c) => sum + weight * Math.floor(a[c] / part) * Math.floor(b[c] / part), 0);
}

export function along(a: readonly number[], b: readonly number[]): number {
  return weighted(a, b, 8);
}

export function shareOf(wanted: readonly number[], across: readonly number[]): number {
  const [reached, length] = [along(wanted, across), along(across, across)];
  if (reached <= 0) return 0;
  return reached >= length ? whole : Math.floor((whole * reached) / length);
}

export function mixtureOf(base: readonly number[], across: readonly number[], part: number): number[] {
  return base.map((from, c) => from + Math.floor((across[c] * part + whole / 2) / whole));
}

export function subtract(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value - b[i]);
}

export function painted(cell: number, { pixel }: Entry): number {
  return ((pixel & 0xffffff) | (cell & 0xff000000)) >>> 0;
}

export function ditherInputs(shape: number[], colours: number): TensorType[] {
  return [{ layout: "pixels", shape }, { layout: "pixels", shape: [1, 1, colours] }, vector(levels.length)];
}

/** Draws a pixel, a light of 16 bits or a rank, depending on the input. */
export function drawDithered(input: number, uniform: number, side = 1): number {
  const most = input === 2 ? 2 ** 16 + 1 : input === 3 ? side ** 2 : 2 ** 28;
  return Math.fround(Math.floor(Math.abs(uniform) * most));
}
