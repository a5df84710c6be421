// npm run bench:cells: measures how well the colours of cells are recovered after typical
// degradations of pixel art, by the steps of our method and by other methods, given the true grid.
// The art is any folder of pictures at their native size, one pixel a cell.

import { parseArgs } from "node:util";
import sharp from "sharp";
import { apply, input } from "../src/autograd/tensor.ts";
import { UserError } from "../src/errors.ts";
import { Gpu } from "../src/gpu/gpu.ts";
import { snapToCells } from "../src/kernels/pixelart/cells.ts";
import { oklabOf, squaredDistance, type Oklab } from "../src/kernels/pixelart/oklab.ts";
import { pixelsOf, type Image } from "../src/picture/image.ts";
import { runOnce } from "../src/pixelart/run-once.ts";
import { openWebGpu } from "../src/platform/gpu/gpu.node.ts";
import { cellMethods } from "./cell-methods.ts";
import { runBench } from "./command.ts";
import { decoded, degradations, finerLines, type Degradation } from "./degradations.ts";
import { picturesIn } from "./pictures.ts";
import { tableRow } from "./text.ts";

const usage = `npm run bench:cells -- --data FOLDER
  --data FOLDER    pixel art, one pixel a cell
  --size N         the square in the middle of each picture that is taken (48)`;

const ours = "+ lines";
const names = [...Object.keys(cellMethods), ours];

/** Distances in OKLab, as parts of 1. */
const unit = 2 ** 15;
const distance = (a: Oklab, b: Oklab) => Math.sqrt(squaredDistance(a, b)) / unit;

interface Art {
  readonly image: Image;
  readonly labs: readonly Oklab[];
  /** Which pixels belong to lines one pixel wide. */
  readonly isLine: readonly boolean[];
}

async function readArt(path: string, size: number): Promise<Art> {
  const { width, height } = await sharp(path).metadata();
  const [w, h] = [Math.min(width, size), Math.min(height, size)];
  const place = { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
  const image = await decoded(sharp(path).removeAlpha().extract(place));
  const labs = Array.from(pixelsOf(image), (pixel) => oklabOf(pixel));
  return { image, labs, isLine: labs.map((_, i) => isLineAt(labs, w, i)) };
}

/**
 * A pixel that differs from both of its opposite neighbours in the same direction, while the line
 * continues on both sides between them.
 */
function isLineAt(labs: readonly Oklab[], width: number, i: number): boolean {
  const [x, y] = [i % width, Math.floor(i / width)];
  if (x === 0 || y === 0 || x === width - 1 || y === labs.length / width - 1) return false;
  const own = labs[i];
  return [
    [1, width],
    [width, 1],
  ].some(([across, along]) => {
    const [a, b] = [labs[i - across], labs[i + across]];
    const sameSide = [0, 1, 2].reduce((sum, k) => sum + (own[k] - a[k]) * (own[k] - b[k]), 0) > 0;
    const goesOn = [-along, along].every((ahead) =>
      [-across, 0, across].some((aside) => distance(own, labs[i + ahead + aside]) < 0.03),
    );
    return sameSide && goesOn && distance(own, a) > 0.15 && distance(own, b) > 0.15;
  });
}

function snap(gpu: Gpu, image: Image, cell: number): Promise<Uint32Array> {
  const { width, height } = image;
  const picture = input("picture", { layout: "pixels", shape: [1, height, width] });
  const output = apply(snapToCells, [picture], { cell, width, height });
  return runOnce(gpu, output, { picture: pixelsOf(image) });
}

/** The pixels of the cell at (column, row), row by row. */
function membersOf<T>(all: ArrayLike<T>, width: number, cell: number, column: number, row: number): T[] {
  return Array.from(
    { length: cell * cell },
    (_, p) => all[(row * cell + Math.floor(p / cell)) * width + column * cell + (p % cell)],
  );
}

/** Each method's colours for every whole cell of a picture. */
async function coloursOf(gpu: Gpu, art: Art, { cell, artPixels, apply }: Degradation) {
  const degraded = await apply(art.image);
  const pixels = pixelsOf(degraded);
  const [columns, rows] = [Math.floor(art.image.width / artPixels), Math.floor(art.image.height / artPixels)];
  const snapped = await snap(gpu, degraded, cell);
  const stride = Math.ceil(degraded.width / cell);
  return Array.from({ length: columns * rows }, (_, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const members = membersOf(pixels, degraded.width, cell, column, row);
    const colours = [...Object.values(cellMethods).map((of) => of(members, cell)), snapped[row * stride + column]];
    return { column, row, labs: colours.map((colour) => oklabOf(colour)) };
  });
}

/**
 * The mean distance to the true colour, the percentage of cells within 0.05, and the percentage of
 * line cells within 0.1.
 */
async function recovery(gpu: Gpu, arts: readonly Art[], how: Degradation): Promise<string[]> {
  const errors = names.map((): number[] => []);
  const lineErrors = names.map((): number[] => []);
  for (const art of arts)
    for (const { column, row, labs } of await coloursOf(gpu, art, how))
      labs.forEach((lab, method) => {
        const place = row * art.image.width + column;
        const error = distance(lab, art.labs[place]);
        errors[method].push(error);
        if (art.isLine[place]) lineErrors[method].push(error);
      });
  return names.map((_, method) => {
    const average = errors[method].reduce((sum, error) => sum + error, 0) / errors[method].length;
    return `${average.toFixed(4)}, ${within(errors[method], 0.05)}, ${within(lineErrors[method], 0.1)}`;
  });
}

/**
 * For cells of which a line covers less than half of the pixels: the percentage that get the line's
 * colour, within 0.1.
 */
async function linesKept(gpu: Gpu, arts: readonly Art[], how: Degradation): Promise<string[]> {
  const errors = names.map((): number[] => []);
  for (const art of arts)
    for (const { column, row, labs } of await coloursOf(gpu, art, how)) {
      const place = [art.image.width, how.artPixels, column, row] as const;
      const line = spanningLine(membersOf(art.labs, ...place), membersOf(art.isLine, ...place), how.artPixels);
      if (line) labs.forEach((lab, method) => errors[method].push(distance(lab, line)));
    }
  return names.map((_, method) => within(errors[method], 0.1));
}

function spanningLine(labs: readonly Oklab[], isLine: readonly boolean[], side: number): Oklab | undefined {
  return labs.find((lab, i) => {
    const members = [...labs.keys()].filter((j) => isLine[j] && distance(lab, labs[j]) < 0.03);
    const [rows, columns] = [new Set(members.map((j) => Math.floor(j / side))), new Set(members.map((j) => j % side))];
    return isLine[i] && members.length < labs.length / 2 && Math.max(rows.size, columns.size) >= 0.65 * side;
  });
}

function within(errors: readonly number[], limit: number): string {
  return ((100 * errors.filter((error) => error < limit).length) / errors.length).toFixed(1);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: "string" }, size: { type: "string", default: "48" }, help: { type: "boolean" } },
  });
  if (values.help) return console.log(usage);
  const size = Number(values.size);
  if (!values.data || !Number.isInteger(size) || size < 8)
    throw new UserError(`A folder of pixel art and a size from 8 pixels on are needed:\n${usage}`);
  const files = await picturesIn(values.data, ["png", "gif", "webp"]);
  const arts = await Promise.all(files.map((file) => readArt(file, size)));
  const gpu = await Gpu.open(await openWebGpu());
  try {
    console.log(`adapter  ${gpu.adapter.name}, ${gpu.adapter.driver}`);
    console.log(`art      ${files.length} pictures, up to ${size} x ${size} of each\n`);
    console.log(tableRow(["mean distance, % within 0.05, % of lines kept", ...names]));
    console.log(tableRow(Array(names.length + 1).fill("---")));
    for (const how of degradations) console.log(tableRow([how.name, ...(await recovery(gpu, arts, how))]));
    console.log(`\n${tableRow(["% of lines finer than a cell that are kept", ...names])}`);
    console.log(tableRow(Array(names.length + 1).fill("---")));
    for (const how of finerLines) console.log(tableRow([how.name, ...(await linesKept(gpu, arts, how))]));
  } finally {
    gpu.close();
  }
}

await runBench(main);
