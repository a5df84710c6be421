// npm run bench:precision: what half precision changes. Every picture of a folder is converted in
// full and in half precision, in turns, and compared: the bytes of the network's own picture, the
// cells drawn from it, the time of both, and the memory that both plan for.

import { parseArgs } from "node:util";
import { loadModel } from "../src/cli/files/model.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { median } from "../src/median.ts";
import { Generator } from "../src/nn/generator.ts";
import { converting } from "../src/nn/layers.ts";
import { pixelsOf, type Image } from "../src/picture/image.ts";
import { fitWithin } from "../src/picture/resize.ts";
import { snapCells } from "../src/pixelart/pixelate.ts";
import { openGpu } from "../src/platform/gpu/gpu.node.ts";
import { decodeImage } from "../src/platform/pictures/images.node.ts";
import { runBench } from "./command.ts";
import { readWhole } from "./options.ts";
import { picturesIn } from "./pictures.ts";
import { tableRow } from "./text.ts";

const usage = `npm run bench:precision
  --data FOLDER    the pictures (samples)
  --weights NAME   the model (pixelart-4-light)
  --size N         shrinks pictures whose longer side exceeds N pixels (256)
  --memory N       plans the memory of a picture of N x N pixels (1024)`;

const precisions = ["full", "half"] as const;

/** The differences between two sequences of bytes, in steps of 255, and the share that differ. */
class Differences {
  private sum = 0;
  private count = 0;
  private different = 0;
  private largest = 0;

  add(difference: number): void {
    this.sum += difference;
    this.count++;
    if (difference > 0) this.different++;
    this.largest = Math.max(this.largest, difference);
  }

  get text(): string[] {
    const share = ((100 * this.different) / this.count).toFixed(1);
    return [(this.sum / this.count).toFixed(3), `${this.largest}`, `${share} %`];
  }
}

function compareBytes(a: Image, b: Image, found: Differences): void {
  a.data.forEach((byte, i) => {
    if (i % 4 < 3) found.add(Math.abs(byte - b.data[i]));
  });
}

/** A cell differs by as much as that of its channels which differs most. */
function compareCells(a: Image, b: Image, found: Differences): void {
  const other = pixelsOf(b);
  pixelsOf(a).forEach((pixel, i) => {
    const channels = [0, 8, 16].map((shift) => Math.abs(((pixel >>> shift) & 255) - ((other[i] >>> shift) & 255)));
    found.add(Math.max(...channels));
  });
}

async function compare(
  gpu: Gpu,
  generators: readonly Generator[],
  images: readonly Image[],
  cell: number,
  margin: number,
) {
  const [bytes, cells] = [new Differences(), new Differences()];
  const ratios: { clock: number; processor: number }[] = [];
  for (const image of images) {
    const { width, height } = image;
    const pictures: Image[] = [];
    const times: { clock: number; processor: number }[] = [];
    for (const generator of generators) {
      await generator.convert(image, { margin }); // compiles the kernels of this size
      const [start, usage] = [performance.now(), process.cpuUsage()];
      pictures.push(await generator.convert(image, { margin }));
      const { user, system } = process.cpuUsage(usage);
      times.push({ clock: performance.now() - start, processor: user + system });
    }
    const [full, half] = times;
    ratios.push({ clock: half.clock / full.clock, processor: half.processor / full.processor });
    compareBytes(pictures[0], pictures[1], bytes);
    const snapped: Image[] = [];
    for (const picture of pictures) {
      snapped.push((await snapCells(gpu, picture, { cell, scale: 1, width, height, source: image })).image);
    }
    compareCells(snapped[0], snapped[1], cells);
  }
  const clock = median(ratios.map((ratio) => ratio.clock));
  const processor = median(ratios.map((ratio) => ratio.processor));
  return { bytes, cells, clock, processor };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string", default: "samples" },
      weights: { type: "string", default: "pixelart-4-light" },
      size: { type: "string", default: "256" },
      memory: { type: "string", default: "1024" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(usage);
  const [size, side] = [readWhole("size", values.size), readWhole("memory", values.memory)];
  const model = await loadModel(values.weights);
  const { cell = 4, margin = 0 } = model.card ?? {};
  const images: Image[] = [];
  for (const path of await picturesIn(values.data, ["png", "jpg"]))
    images.push(fitWithin(await decodeImage(path), size));
  const gpu = await openGpu();
  try {
    const generators: Generator[] = [];
    for (const precision of precisions) {
      generators.push(await Generator.create(gpu, model.tensors, converting, precision));
    }
    const { bytes, cells, clock, processor } = await compare(gpu, generators, images, cell, margin);
    const memory = generators.map((generator) => {
      const plan = generator.plan(side, side);
      return `${Math.round(plan.bytes / 2 ** 20)} + ${Math.round(plan.parameterBytes / 2 ** 20)} MiB`;
    });
    console.log(`${gpu.adapter.name}, ${model.name}, ${images.length} pictures of at most ${size} pixels a side\n`);
    console.log(tableRow(["half precision against full", "mean", "most", "differ"]));
    console.log(tableRow(["bytes of the network's picture", ...bytes.text]));
    console.log(tableRow(["cells", ...cells.text]));
    const time = `${clock.toFixed(2)} by the clock, ${processor.toFixed(2)} by processor time`;
    console.log(`\ntime, median over the pictures: ${time}, of full precision`);
    console.log(`memory at ${side}x${side}, images + weights: ${memory.join(" in full, ")} in half precision`);
  } finally {
    gpu.close();
  }
}

await runBench(main);
