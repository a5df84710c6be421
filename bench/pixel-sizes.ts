// npm run bench:sizes: tests whether it matters that training pictures share one pixel size and
// include no shrunk photos. It runs the same small training on three sets, with several seeds each,
// and evaluates the generators on unseen photos.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { exists, loadModel } from "../src/cli/files/model.ts";
import { UserError } from "../src/errors.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { Generator } from "../src/nn/generator.ts";
import type { Image } from "../src/picture/image.ts";
import { fitWithin } from "../src/picture/resize.ts";
import { colourDistance, structureOf } from "../src/pixelart/measures.ts";
import { pixelate } from "../src/pixelart/pixelate.ts";
import { openGpu } from "../src/platform/gpu/gpu.node.ts";
import { decodeImage } from "../src/platform/pictures/images.node.ts";
import { spread } from "../src/spread.ts";
import { runBench } from "./command.ts";
import { picturesIn } from "./pictures.ts";
import { bestCell, gridScore } from "./pixel-sizes/grid-score.ts";
import { cell, sets, side, writeSet, type Set } from "./pixel-sizes/sets.ts";
import { tableRow } from "./text.ts";

const usage = `npm run bench:sizes -- --photos DIR --art DIR --unseen DIR --out DIR
  --photos DIR     photos to train on
  --art DIR        pixel art, one pixel a cell
  --unseen DIR     photos to judge the generators by
  --out DIR        where the sets and the runs are kept; the same command goes on there
  --pictures N     of each side of a set (400)
  --seeds N        runs of each set (3)
  --steps N        of each run (2000)
  --round N        steps between tables: all runs take so many, then they are judged (500)
  --init DIR       a folder with G_A.pth, G_B.pth, D_A.pth and D_B.pth that all runs start from; else all start fresh
  --judge          judge the runs as they are, without training`;

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const endings = ["png", "jpg", "jpeg", "webp"];
/** The sizes that a generator may have chosen. */
const cellsAsked = [2, 3, 4, 5, 6, 7, 8];
const longestSide = 256;
/** For the results' palettes. */
const colors = 32;

interface Run {
  readonly set: Set;
  readonly seed: number;
  readonly name: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      photos: { type: "string" },
      art: { type: "string" },
      unseen: { type: "string" },
      out: { type: "string" },
      pictures: { type: "string", default: "400" },
      seeds: { type: "string", default: "3" },
      steps: { type: "string", default: "2000" },
      round: { type: "string", default: "500" },
      init: { type: "string" },
      judge: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { photos, art, unseen, out } = values;
  if (values.help) return console.log(usage);
  if (!photos || !art || !unseen || !out) throw new UserError(`Four folders are needed:\n${usage}`);
  const [count, steps, round] = [values.pictures, values.steps, values.round].map(Number);
  for (const [i, set] of sets.entries())
    if (!(await exists(join(out, `set${i}`, "trainB"))))
      await writeSet(
        set,
        spread(await picturesIn(photos, endings), count),
        spread(await picturesIn(art, endings), count),
        join(out, `set${i}`),
      );
  const runs = Array.from({ length: Number(values.seeds) }, (_, seed) =>
    sets.map((set, i): Run => ({ set, seed, name: `set${i}-seed${seed}` })),
  ).flat();
  const judged: Image[] = [];
  for (const path of await picturesIn(unseen, endings)) judged.push(fitWithin(await decodeImage(path), longestSide));
  for (let until = values.judge ? steps : round; until <= steps; until += round) {
    if (!values.judge) for (const run of runs) await train(run, until, values.init, out);
    console.log(`\nafter ${until} steps, on ${judged.length} photos\n`);
    await judge(runs, judged, out);
  }
}

/** Continues a run until it has taken `steps` steps. */
async function train({ set, seed, name }: Run, steps: number, init: string | undefined, out: string): Promise<void> {
  const runs = join(out, "runs");
  const options = Object.entries({
    ...{ dataroot: join(out, `set${sets.indexOf(set)}`), name, checkpoints_dir: runs, seed, max_steps: steps },
    ...{ netG: "resnet_6blocks", ngf: 16, ndf: 32, preprocess: "crop", crop_size: side, print_freq: 100 },
  }).map(([option, value]) => `--${option}=${value}`);
  options.push("--no_html", "--no_flip");
  if (await exists(join(runs, name, "latest_state.safetensors"))) options.push("--continue_train");
  else if (init) options.push(`--init=${init}`);
  const child = spawn(process.execPath, [cli, "train", ...options], { stdio: ["ignore", "ignore", "inherit"] });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  if (code !== 0) throw new Error(`The run ${name} ended with ${code}.`);
}

/** The columns of the table; `at4` is whether a picture's best grid has the trained cell size. */
const figures = ["grid", "at4", "flat", "edge", "strong", "single", "dE"] as const;
type Figures = Record<(typeof figures)[number], number>;

/** Means over the photos; over the seeds, the mean, the minimum and the maximum. */
async function judge(runs: readonly Run[], photos: readonly Image[], out: string): Promise<void> {
  const gpu = await openGpu();
  try {
    console.log(
      tableRow([
        "trained on",
        "grid score before snapping",
        `% at cell ${cell}`,
        "flat",
        "edge",
        "strong",
        "single",
        "dE",
      ]),
    );
    console.log(tableRow(Array(8).fill("---")));
    for (const set of sets) {
      const ofSeeds: Figures[] = [];
      for (const { name } of runs.filter((run) => run.set === set)) {
        const { tensors } = await loadModel(join(out, "runs", name, "latest_net_G_A.pth"));
        const generator = await Generator.create(gpu, tensors);
        const all: Figures[] = [];
        for (const photo of photos) all.push(await figuresOf(gpu, generator, photo));
        generator.release();
        ofSeeds.push(
          Object.fromEntries(figures.map((figure) => [figure, meanOf(all.map((one) => one[figure]))])) as Figures,
        );
      }
      const texts = figures.map((figure) => {
        const values = ofSeeds.map((one) => one[figure]);
        const [digits, factor] = figure === "at4" ? [0, 100] : figure === "dE" ? [1, 1] : [3, 1];
        const [mean, least, most] = [meanOf(values), Math.min(...values), Math.max(...values)].map((value) =>
          (factor * value).toFixed(digits),
        );
        return `${mean} (${least}-${most})`;
      });
      console.log(tableRow([set.name, ...texts]));
    }
  } finally {
    gpu.close();
  }
}

async function figuresOf(gpu: Gpu, generator: Generator, photo: Image): Promise<Figures> {
  const raw = await generator.convert(photo);
  const { image: cells } = await pixelate(gpu, raw, { cell, scale: 1, colors });
  const { flat, edge, strong, single } = structureOf(cells);
  const at4 = bestCell(raw, cellsAsked) === cell ? 1 : 0;
  return { grid: gridScore(raw, cell), at4, flat, edge, strong, single, dE: colourDistance(cells, photo) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

await runBench(main);
