// npm run bench:flicker: measures how much the still parts of an animation change from frame to
// frame, converted and snapped: frame by frame, and with each stabilising step added. A patch of
// one picture moves over another, so it is known which cells are still.

import { parseArgs } from "node:util";
import sharp from "sharp";
import { loadModel } from "../src/cli/files/model.ts";
import { UserError } from "../src/errors.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { oklabOf, squaredDistance } from "../src/kernels/pixelart/oklab.ts";
import { Generator } from "../src/nn/generator.ts";
import type { Sequence } from "../src/picture/animation.ts";
import type { Image } from "../src/picture/image.ts";
import { pixelsOf } from "../src/picture/image.ts";
import { fitWithin } from "../src/picture/resize.ts";
import { colourCells, colourFrames } from "../src/pixelart/colours.ts";
import { drawFrames, statisticsOfFrames } from "../src/pixelart/convert-frames.ts";
import { drawCells } from "../src/pixelart/convert.ts";
import { cellsAt } from "../src/pixelart/grid/cells/recover.ts";
import { shareColours } from "../src/pixelart/grid/cells/shared-colours.ts";
import { findGrid } from "../src/pixelart/grid/detect.ts";
import { snapFrames } from "../src/pixelart/grid/sequence.ts";
import { colourDistance } from "../src/pixelart/measures.ts";
import { openGpu } from "../src/platform/gpu/gpu.node.ts";
import { decodeImage } from "../src/platform/pictures/images.node.ts";
import { Random } from "../src/random.ts";
import { runBench } from "./command.ts";
import { decoded, pictureOf } from "./degradations.ts";
import { enlarge, kernels } from "./enlarge.ts";
import { picturesIn } from "./pictures.ts";

const usage = `npm run bench:flicker -- [options]
  --data FOLDER     photos and illustrations, to be converted (samples)
  --real FOLDER     pixel art, one pixel a cell after halving, to be snapped (samples/train/trainB)
  --weights NAME    the model (pixelart-4-light)
  --size N          longest side of the photos (160)
  --pictures N      so many of each (6)
  --frames N        of each animation (6)`;

/** A clip, and which cells are still from one frame to the next. */
interface Clip {
  readonly frames: readonly Image[];
  readonly isStill: (cell: number, frame: number, columns: number) => boolean;
}

/** Cells of each frame. */
type Way = (clip: Clip) => Promise<readonly Image[]>;

/** A clip in which a patch of `other`, `side` cells wide, has another position in each frame. */
function clipOf(picture: Image, other: Image, count: number, cell: number): Clip {
  const columns = Math.floor(picture.width / cell);
  const side = Math.floor(columns / 5);
  const place = (frame: number) =>
    [1 + Math.floor((frame * (columns - side - 2)) / (count - 1)), side + (frame % 2)] as const;
  const frames = Array.from({ length: count }, (_, frame) => {
    const [pixels, patch] = [pixelsOf(picture), pixelsOf(other)];
    const [left, top] = place(frame).map((cells) => cells * cell);
    for (let y = 0; y < side * cell; y++)
      for (let x = 0; x < side * cell; x++) pixels[(top + y) * picture.width + left + x] = patch[y * other.width + x];
    return { ...picture, data: new Uint8ClampedArray(pixels.buffer) };
  });
  const isIn = (cell: number, frame: number, columns: number) => {
    const [x, y] = [cell % columns, Math.floor(cell / columns)];
    const [left, top] = place(frame);
    return x >= left - 1 && x <= left + side && y >= top - 1 && y <= top + side;
  };
  return { frames, isStill: (cell, frame, columns) => !isIn(cell, frame, columns) && !isIn(cell, frame + 1, columns) };
}

function sequenceOf(frames: readonly Image[]): Sequence {
  return {
    ...{ delays: frames.map(() => 100), loops: 0 },
    async *frames() {
      yield* frames;
    },
  };
}

/** The mean change of still cells, in OKLab, and the share of them that change at all. */
function flickerOf(all: readonly Image[], { isStill }: Clip): { change: number; share: number } {
  let [sum, changed, count] = [0, 0, 0];
  for (let frame = 0; frame + 1 < all.length; frame++) {
    const [before, after] = [pixelsOf(all[frame]), pixelsOf(all[frame + 1])];
    before.forEach((pixel, cell) => {
      if (!isStill(cell, frame, all[frame].width)) return;
      sum += Math.sqrt(squaredDistance(oklabOf(pixel), oklabOf(after[cell]))) / 2 ** 15;
      changed += pixel === after[cell] ? 0 : 1;
      count++;
    });
  }
  return { change: sum / count, share: changed / count };
}

/** Video-like artefacts: noise of two levels, different in each frame, and WebP at quality 75. */
async function compressed(image: Image, random: Random): Promise<Image> {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const data = image.data.map((level, i) => (i % 4 === 3 ? level : Math.round(level + 2 * normal())));
  return decoded(
    sharp(
      await pictureOf({ ...image, data })
        .webp({ quality: 75 })
        .toBuffer(),
    ),
  );
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** One line per method, with the means over all clips. */
async function table(title: string, clips: readonly Clip[], ways: Readonly<Record<string, Way>>): Promise<void> {
  console.log(`\n${title}: ${clips.length} clips`);
  console.log("                                    change   cells that change   dE to the source");
  for (const [name, way] of Object.entries(ways)) {
    const flickers = [];
    const distances = [];
    for (const clip of clips) {
      const cells = await way(clip);
      flickers.push(flickerOf(cells, clip));
      distances.push(...cells.map((image, i) => colourDistance(image, clip.frames[i])));
    }
    const change = mean(flickers.map(({ change }) => change)).toFixed(4);
    const share = (100 * mean(flickers.map(({ share }) => share))).toFixed(1);
    console.log(
      `${name.padEnd(34)}${change.padStart(8)}${share.padStart(16)} %${mean(distances).toFixed(2).padStart(17)}`,
    );
  }
}

function convertWays(gpu: Gpu, generator: Generator, cell: number, margin: number): Record<string, Way> {
  const grid = { cell, scale: 1, margin } as const;
  const drawn = async ({ frames }: Clip, shares: boolean) => {
    const statistics = shares ? await statisticsOfFrames(generator, sequenceOf(frames), grid) : undefined;
    const all: Image[] = [];
    for (const frame of frames) all.push((await drawCells(generator, frame, { ...grid, statistics })).image);
    return all;
  };
  const onePalette = async (cells: readonly Image[]) => (await colourFrames(gpu, cells, {})).frames;
  return {
    "each frame by itself": async (clip) => {
      const all: Image[] = [];
      for (const cells of await drawn(clip, false)) all.push((await colourCells(gpu, cells, {})).cells);
      return all;
    },
    "+ one palette": async (clip) => onePalette(await drawn(clip, false)),
    "+ shared statistics": async (clip) => onePalette(await drawn(clip, true)),
    "+ still cells held (ours)": async ({ frames }) =>
      onePalette((await drawFrames(gpu, generator, sequenceOf(frames), grid)).map(({ image }) => image)),
  };
}

/** All methods get the true cell size. */
function snapWays(columns: number): Record<string, Way> {
  const size = [columns, columns] as const;
  const alone = ({ frames }: Clip) => frames.map((frame) => cellsAt(frame, findGrid([frame], { size }).cuts));
  return {
    "each frame by itself": async (clip) => alone(clip),
    "+ one palette": async (clip) => shareColours(alone(clip)),
    "+ still cells held (ours)": async ({ frames }) =>
      (await snapFrames(frames.length, sequenceOf(frames).frames, { size })).frames,
  };
}

async function readSome(folder: string, count: number): Promise<Image[]> {
  const names = (await picturesIn(folder, ["png", "jpg"])).slice(0, count + 1);
  if (names.length < 2) throw new UserError(`${folder} has fewer than two pictures.`);
  const images: Image[] = [];
  for (const name of names) images.push(await decodeImage(name));
  return images;
}

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      data: { type: "string", default: "samples" },
      real: { type: "string", default: "samples/train/trainB" },
      weights: { type: "string", default: "pixelart-4-light" },
      size: { type: "string", default: "160" },
      pictures: { type: "string", default: "6" },
      frames: { type: "string", default: "6" },
      help: { type: "boolean", default: false },
    },
  });
  if (options.help) return console.log(usage);
  const [pictures, count] = [Number(options.pictures), Number(options.frames)];
  const clipsOf = (images: readonly Image[], cell: number) =>
    images.slice(1).map((image, i) => clipOf(image, images[i], count, cell));
  const random = new Random(1);
  const lossy = async (clips: readonly Clip[]) => {
    const all: Clip[] = [];
    for (const clip of clips) {
      const frames: Image[] = [];
      for (const frame of clip.frames) frames.push(await compressed(frame, random));
      all.push({ ...clip, frames });
    }
    return all;
  };

  const art = (await readSome(options.real, pictures)).map(halved);
  const large = art.map((image) => enlarge(image, kernels.bicubic, { factor: [6, 6] }));
  await table("snap, noise 2 and WebP 75", await lossy(clipsOf(large, 6)), snapWays(art[0].width));

  const model = await loadModel(options.weights);
  const { cell = 4, margin = 0 } = model.card ?? {};
  const photos = (await readSome(options.data, pictures)).map((image) => fitWithin(image, Number(options.size)));
  const gpu = await openGpu();
  try {
    console.log(`\n${gpu.adapter.name}, ${model.name}`);
    const generator = await Generator.create(gpu, model.tensors);
    const clips = clipsOf(photos, cell);
    const ways = convertWays(gpu, generator, cell, margin);
    await table("convert, exact", clips, ways);
    await table("convert, noise 2 and WebP 75", await lossy(clips), ways);
    generator.release();
  } finally {
    gpu.close();
  }
}

/** Every second pixel, since the samples are drawn at two pixels a cell. */
function halved(image: Image): Image {
  const [width, height] = [image.width / 2, image.height / 2];
  const pixels = pixelsOf(image);
  const small = Uint32Array.from(
    { length: width * height },
    (_, i) => pixels[2 * Math.floor(i / width) * image.width + 2 * (i % width)],
  );
  return { ...image, width, height, data: new Uint8ClampedArray(small.buffer) };
}

await runBench(main);
