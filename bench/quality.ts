// npm run bench:quality: compares our pixel art with a naive conversion, with other programs and
// with real pixel art. It measures pictures, not speed (src/pixelart/measures.ts). docs/pixelart.md
// has the table, and docs/images a contact sheet.

import { mkdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { loadModel } from "../src/cli/files/model.ts";
import { UserError } from "../src/errors.ts";
import { median } from "../src/median.ts";
import { Generator } from "../src/nn/generator.ts";
import type { Image } from "../src/picture/image.ts";
import { blankImage } from "../src/picture/image.ts";
import { fitWithin } from "../src/picture/resize.ts";
import { convertPicture } from "../src/pixelart/convert.ts";
import { enlarge } from "../src/pixelart/grid/cells/geometry.ts";
import { colourDistance, structureOf } from "../src/pixelart/measures.ts";
import { pixelate } from "../src/pixelart/pixelate.ts";
import { writeFileAtomically } from "../src/platform/files/files.node.ts";
import { openGpu } from "../src/platform/gpu/gpu.node.ts";
import { decodeImage, encodePng } from "../src/platform/pictures/images.node.ts";
import { runBench } from "./command.ts";
import { picturesIn } from "./pictures.ts";

const usage = `npm run bench:quality -- --data FOLDER [options]
  --data FOLDER      photos and illustrations that no model has seen
  --real FOLDER      real pixel art, one pixel a cell
  --also NAME=DIR    what another program made of them, one pixel a cell, under the same names; as often as there are
  --weights NAME     the model (the bundled one)
  --max-size N       longest side of the pictures (384)
  --colors K         colours of the rows that have a number of them (32)
  --out DIR          where to keep the pictures, one pixel a cell
  --sheet FILE       a PNG of the first twelve pictures, one row for the sources and one for each conversion`;

/** A method of making pixel art, and its results, one pixel a cell. */
interface Row {
  readonly name: string;
  readonly cells: ReadonlyMap<string, Image>;
}

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      data: { type: "string" },
      real: { type: "string" },
      also: { type: "string", multiple: true, default: [] },
      weights: { type: "string" },
      "max-size": { type: "string", default: "384" },
      colors: { type: "string", default: "32" },
      out: { type: "string" },
      sheet: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (options.help || !options.data) return console.log(usage);
  const sources = await readFolder(options.data);
  for (const [name, image] of sources) sources.set(name, fitWithin(image, Number(options["max-size"])));
  const rows = await convertAll(sources, options.weights, Number(options.colors));
  for (const also of options.also) {
    const [name, folder] = also.split("=");
    if (!folder) throw new UserError(`--also takes NAME=DIR, not "${also}".`);
    rows.push({ name, cells: await readFolder(folder) });
  }
  console.log(`${sources.size} pictures, longest side ${options["max-size"]}; medians`);
  console.log("                                 dE     flat    edge   strong  single  colors");
  if (options.real) console.log(line("real pixel art", [...(await readFolder(options.real)).values()]));
  for (const { name, cells } of rows) console.log(line(name, [...cells.values()], [...cells.keys()], sources));
  for (const { name, cells } of options.out ? rows : []) {
    const folder = join(options.out!, name.replaceAll(/[^\w-]+/g, "-"));
    await mkdir(folder, { recursive: true });
    for (const [picture, image] of cells)
      await writeFileAtomically(join(folder, `${picture}.png`), await encodePng(image));
  }
  if (options.sheet) await writeFileAtomically(options.sheet, await sheetOf(sources, rows));
}

async function convertAll(sources: ReadonlyMap<string, Image>, weights: string | undefined, colors: number) {
  const model = await loadModel(weights);
  const { cell = 4, margin = 0 } = model.card ?? {};
  const gpu = await openGpu();
  try {
    const generator = await Generator.create(gpu, model.tensors);
    const naive = (image: Image) => pixelate(gpu, averageOf(image, cell), { cell: 1, scale: 1, colors });
    const ours = (changes: { colors: number | "auto"; keepColors: number }) => (image: Image) =>
      convertPicture(gpu, generator, image, { cell, scale: 1, margin, ...changes });
    const ways = {
      [`naive, ${colors} colors`]: naive,
      [`${model.name}, its own colors, ${colors}`]: ours({ colors, keepColors: 0 }),
      [`${model.name}, colors kept, ${colors}`]: ours({ colors, keepColors: 1 }),
      [`${model.name}, as by default`]: ours({ colors: "auto", keepColors: 1 }),
    };
    const rows: Row[] = [];
    for (const [name, way] of Object.entries(ways)) {
      const cells = new Map<string, Image>();
      for (const [picture, image] of sources) cells.set(picture, (await way(image)).image);
      rows.push({ name, cells });
    }
    generator.release();
    return rows;
  } finally {
    gpu.close();
  }
}

/** The plain way to shrink a picture: each cell is the mean of its pixels. */
function averageOf(image: Image, cell: number): Image {
  const small = blankImage(Math.ceil(image.width / cell), Math.ceil(image.height / cell));
  for (let i = 0; i < small.width * small.height; i++) {
    const [left, top] = [cell * (i % small.width), cell * Math.floor(i / small.width)];
    const sums = [0, 0, 0, 0];
    for (let y = top; y < Math.min(top + cell, image.height); y++) {
      for (let x = left; x < Math.min(left + cell, image.width); x++) {
        for (let c = 0; c < 3; c++) sums[c] += image.data[4 * (y * image.width + x) + c];
        sums[3]++;
      }
    }
    for (let c = 0; c < 3; c++) small.data[4 * i + c] = Math.round(sums[c] / sums[3]);
  }
  return small;
}

function line(name: string, images: Image[], names: string[] = [], sources?: ReadonlyMap<string, Image>): string {
  const structures = images.map(structureOf);
  const figures = (["flat", "edge", "strong", "single"] as const).map((figure) =>
    median(structures.map((structure) => structure[figure]))
      .toFixed(3)
      .padStart(8),
  );
  const distances = names.flatMap((picture, i) => {
    const source = sources?.get(picture);
    return source ? [colourDistance(images[i], source)] : [];
  });
  const distance = distances.length > 0 ? median(distances).toFixed(1) : "-";
  const colors = String(median(structures.map(({ colors }) => colors)));
  return name.padEnd(30) + distance.padStart(6) + figures.join("") + colors.padStart(8);
}

async function readFolder(folder: string): Promise<Map<string, Image>> {
  const pictures = new Map<string, Image>();
  for (const file of await picturesIn(folder, ["png", "jpg", "jpeg", "webp", "gif", "bmp"]))
    pictures.set(basename(file, extname(file)), await decodeImage(file));
  return pictures;
}

/** Twelve pictures in columns: the sources at the top, and each method's results below them. */
async function sheetOf(sources: ReadonlyMap<string, Image>, rows: readonly Row[]): Promise<Uint8Array> {
  const [side, gap] = [144, 4];
  const step = Math.max(1, Math.floor(sources.size / 12));
  const names = [...sources.keys()].filter((_, i) => i % step === 0).slice(0, 12);
  const tile = async (image: Image, kernel: "nearest" | "lanczos3") => {
    const scale = kernel === "nearest" ? Math.ceil(side / Math.min(image.width, image.height)) : 1;
    const large = enlarge(image, scale, image.width * scale, image.height * scale);
    const raw = { width: large.width, height: large.height, channels: 4 as const };
    return sharp(large.data, { raw }).resize(side, side, { fit: "cover", kernel }).png().toBuffer();
  };
  const places: { input: Buffer; left: number; top: number }[] = [];
  for (const [column, name] of names.entries()) {
    const left = column * (side + gap);
    places.push({ input: await tile(sources.get(name)!, "lanczos3"), left, top: 0 });
    for (const [row, { cells }] of rows.entries()) {
      const image = cells.get(name);
      if (image) places.push({ input: await tile(image, "nearest"), left, top: (row + 1) * (side + gap) });
    }
  }
  const width = names.length * (side + gap) - gap;
  const height = (rows.length + 1) * (side + gap) - gap;
  return sharp({ create: { width, height, channels: 3, background: "#16181b" } })
    .composite(places)
    .png({ compressionLevel: 9 })
    .toBuffer();
}

await runBench(main);
