// npm run bench:grid: measures how often the pixel grid of damaged pixel art is found, by our
// method and by others. The art is any folder of pictures at their native size, so the truth is
// known. Photos and the undamaged art, in which there is no grid to find, are judged too.

import { parseArgs } from "node:util";
import sharp from "sharp";
import { UserError } from "../src/errors.ts";
import { oklabOf, squaredDistance } from "../src/kernels/pixelart/oklab.ts";
import { pixelsOf, type Image } from "../src/picture/image.ts";
import { findGrid, type GridFinding } from "../src/pixelart/grid/detect.ts";
import { cellsAt } from "../src/pixelart/grid/recover.ts";
import { runBench } from "./command.ts";
import { decoded } from "./degradations.ts";
import { composed, composites } from "./grid-methods/composites.ts";
import { consensus } from "./grid-methods/consensus.ts";
import { damaged, damages, type Truth } from "./grid-methods/damage.ts";
import type { Answer, GridMethod } from "./grid-methods/method.ts";
import { pixelSnapper } from "./grid-methods/pixel-snapper.ts";
import { commandMethod, properPixelArt, type ProgramMethod } from "./grid-methods/programs.ts";
import { unfake } from "./grid-methods/unfake.ts";
import { picturesIn } from "./pictures.ts";
import { calibrationError, calibrationOf, wilson, type Judged } from "./statistics.ts";
import { tableRow } from "./text.ts";

const usage = `npm run bench:grid -- --data FOLDER
  --data FOLDER               pixel art, one pixel a cell
  --photos FOLDER             pictures without a grid, to be told so
  --size N                    the square in the middle of each picture of art that is taken (80)
  --pixel N                   pixels of a file along one of the art, where the files hold it enlarged (1)
  --every N                   one of N pictures (1)
  --row WORDS                 only damages whose names have these words; may be given again for more
  --proper-pixel-art PYTHON   a Python that has this package, to be measured too
  --command "PROG {file}"     a program that prints JSON for a picture as pixelcycle snap --json does, to be measured too
  --ours                      no other methods`;

interface Art {
  readonly image: Image;
  readonly seed: number;
}

async function someOf(folder: string, every: number): Promise<string[]> {
  const pictures = await picturesIn(folder, ["png", "gif", "webp", "jpg", "jpeg"]);
  return pictures.filter((_, i) => i % every === 0);
}

async function middleOf(path: string, size: number, pixel: number): Promise<Image> {
  const whole = await decoded(sharp(path).removeAlpha());
  const [width, height] = [Math.floor(whole.width / pixel), Math.floor(whole.height / pixel)];
  const [w, h] = [Math.min(width, size), Math.min(height, size)];
  const [left, top] = [Math.floor((width - w) / 2), Math.floor((height - h) / 2)];
  const from = pixelsOf(whole);
  const pixels = Uint32Array.from({ length: w * h }, (_, i) => {
    const [x, y] = [left + (i % w), top + Math.floor(i / w)];
    return from[y * pixel * whole.width + x * pixel];
  });
  return { width: w, height: h, data: new Uint8ClampedArray(pixels.buffer), hasAlpha: false };
}

function isExact(answer: Answer | undefined, { size }: Truth): boolean {
  return answer !== undefined && answer.size[0] === size[0] && answer.size[1] === size[1];
}

interface Own {
  readonly finding: GridFinding;
  readonly milliseconds: number;
  readonly truth: Truth;
  readonly exact: boolean;
  /** Distances of recovered cells to the true colours in OKLab, if the size is right. */
  readonly colours: readonly number[];
}

function judgeOwn(image: Image, truth: Truth, art: Image, isWhole: boolean): Own {
  const start = performance.now();
  const finding = findGrid([image]);
  const milliseconds = performance.now() - start;
  const exact = finding.verdict === "grid" && isExact(finding, truth);
  const colours = exact && isWhole ? distancesOf(cellsAt(image, finding.cuts), art) : [];
  return { finding, milliseconds, truth, exact, colours };
}

function distancesOf(cells: Image, art: Image): number[] {
  const [a, b] = [cells, art].map(pixelsOf);
  return Array.from(a, (pixel, i) => Math.sqrt(squaredDistance(oklabOf(pixel), oklabOf(b[i]))) / 2 ** 15);
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "-" : ((100 * part) / whole).toFixed(0);
}

function withInterval(hits: number, count: number): string {
  const [low, high] = wilson(hits, count).map((share) => (100 * share).toFixed(0));
  return `${percent(hits, count)} (${low}-${high})`;
}

/**
 * How many pictures with two pixel sizes are reported as such, and for how many of those the finer
 * size is right. Each picture has the next one on top of it.
 */
async function measureMixed(arts: readonly Art[], rows: readonly string[]): Promise<Judged[]> {
  const judged: Judged[] = [];
  console.log(`\n${tableRow(["two pixel sizes", "pictures", "% told so", "% of those with the finer size"])}`);
  console.log(tableRow(Array(4).fill("---")));
  for (const composite of composites.filter(({ name }) => rows.some((word) => name.includes(word)))) {
    let [count, told, right] = [0, 0, 0];
    for (const [i, { image, seed }] of arts.entries()) {
      const picture = await composed(image, arts[(i + 1) % arts.length].image, composite, seed);
      if (!picture) continue;
      const { verdict, cell, confidence } = findGrid([picture]);
      const isRight = Math.abs(cell[0] / Math.min(composite.above, composite.below) - 1) < 0.01;
      count++;
      if (verdict === "mixed") told++;
      if (verdict === "mixed" && isRight) right++;
      judged.push({ confidence, right: verdict === "mixed" && isRight });
    }
    console.log(tableRow([composite.name, count, withInterval(told, count), percent(right, told)]));
  }
  return judged;
}

/** The row of our method in the second table. */
function detailsOf(all: readonly Own[]): string[] {
  const found = all.filter(({ finding }) => finding.verdict !== "none" && finding.verdict !== "native");
  const ratios = ({ finding, truth }: Own) => [0, 1].map((axis) => finding.cell[axis] / truth.cell[axis]);
  const within = found.filter((own) => ratios(own).every((ratio) => Math.abs(ratio - 1) < 0.01));
  const octaves = found.filter((own) =>
    ratios(own).every((ratio) => Math.abs(Math.log2(ratio)) > 0.9 && Math.abs(Math.log2(ratio) % 1) < 0.02),
  );
  const phases = within.filter(({ finding, truth }) =>
    [0, 1].every((axis) => {
      const apart = Math.abs(finding.phase[axis] - truth.phase[axis]) / truth.cell[axis];
      return Math.min(apart, Math.abs(1 - apart)) <= 0.1;
    }),
  );
  const colours = all.flatMap((own) => own.colours);
  const mean = colours.reduce((sum, value) => sum + value, 0) / colours.length;
  const times = all.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return [
    percent(within.length, all.length),
    percent(octaves.length, all.length),
    percent(all.length - found.length, all.length),
    percent(phases.length, within.length),
    colours.length > 0 ? `${mean.toFixed(4)}, ${percent(colours.filter((d) => d < 0.05).length, colours.length)}` : "-",
    times[times.length >> 1].toFixed(0),
  ];
}

async function measure(arts: readonly Art[], rows: readonly string[], methods: ReadonlyMap<string, GridMethod>) {
  const names = [...methods.keys()];
  const owns = new Map<string, Own[]>();
  console.log(tableRow(["% exact columns and rows", "pixelcycle", ...names]));
  console.log(tableRow(Array(names.length + 2).fill("---")));
  for (const damage of damages.filter(({ name }) => rows.some((word) => name.includes(word)))) {
    const own: Own[] = [];
    const hits = new Map(names.map((name) => [name, 0]));
    for (const { image: art, seed } of arts) {
      const { image, truth } = await damaged(art, damage, seed);
      own.push(judgeOwn(image, truth, art, !damage.cropped && !damage.alpha && !damage.rotation && !damage.drift));
      for (const [name, method] of methods)
        if (isExact(await method(image), truth)) hits.set(name, hits.get(name)! + 1);
    }
    owns.set(damage.name, own);
    const exact = own.filter(({ exact }) => exact).length;
    const cells = [exact, ...hits.values()].map((count) => withInterval(count, arts.length));
    console.log(tableRow([damage.name, ...cells]));
  }
  return owns;
}

async function negatives(name: string, images: readonly Image[], right: GridFinding["verdict"]): Promise<Judged[]> {
  const findings = images.map((image) => findGrid([image]));
  const hits = findings.filter(({ verdict }) => verdict === right).length;
  const grids = findings.filter(({ verdict }) => verdict === "grid" || verdict === "mixed").length;
  console.log(tableRow([name, right, withInterval(hits, images.length), percent(grids, images.length)]));
  return findings.map(({ verdict, confidence }) => ({ confidence, right: verdict === right }));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string" },
      photos: { type: "string" },
      size: { type: "string", default: "80" },
      pixel: { type: "string", default: "1" },
      every: { type: "string", default: "1" },
      row: { type: "string", multiple: true, default: [""] },
      "proper-pixel-art": { type: "string" },
      command: { type: "string" },
      ours: { type: "boolean", default: false },
      help: { type: "boolean" },
    },
  });
  if (values.help) return console.log(usage);
  const [size, every] = [Number(values.size), Number(values.every)];
  if (!values.data || !(size >= 16) || !(every >= 1)) throw new UserError(`A folder of pixel art is needed:\n${usage}`);
  const files = await someOf(values.data, every);
  const arts: Art[] = [];
  for (const [i, file] of files.entries())
    arts.push({ image: await middleOf(file, size, Number(values.pixel)), seed: i + 1 });
  const methods = new Map<string, GridMethod>(
    values.ours ? [] : Object.entries({ consensus, unfake, "pixel-snapper": pixelSnapper }),
  );
  const programs: ProgramMethod[] = [];
  const add = (name: string, program: ProgramMethod) => {
    programs.push(program);
    methods.set(name, program.method);
  };
  const python = values["proper-pixel-art"];
  const proper = python ? await properPixelArt(python) : undefined;
  if (proper) add("proper-pixel-art", proper);
  else console.log(`proper-pixel-art is left out: ${python ? `${python} does not have it` : "no Python was named"}.\n`);
  if (values.command) add("command", await commandMethod(values.command));
  try {
    console.log(
      `art      ${files.length} pictures, up to ${size} x ${size} of each; in brackets Wilson's interval, 95 %\n`,
    );
    const owns = await measure(arts, values.row, methods);
    console.log(
      `\n${tableRow(["pixelcycle", "step within 1 %", "octave off", "no grid told", "phase within 0.1 cells", "colours: mean distance, % within 0.05", "ms"])}`,
    );
    console.log(tableRow(Array(7).fill("---")));
    for (const [name, own] of owns) console.log(tableRow([name, ...detailsOf(own)]));
    const judged: Judged[] = [...owns.values()].flat().map(({ finding, exact }) => ({
      confidence: finding.confidence,
      right: exact,
    }));
    judged.push(...(await measureMixed(arts, values.row)));
    console.log(`\n${tableRow(["without a grid", "to be told", "% told so", "% told a grid"])}`);
    console.log(tableRow(Array(4).fill("---")));
    judged.push(
      ...(await negatives(
        "the art itself",
        arts.map(({ image }) => image),
        "native",
      )),
    );
    if (values.photos) {
      const photos: Image[] = [];
      for (const file of await someOf(values.photos, every)) photos.push(await decoded(sharp(file).removeAlpha()));
      judged.push(...(await negatives("photos", photos, "none")));
    }
    console.log(`\ncalibration error ${calibrationError(judged).toFixed(3)} over ${judged.length} answers\n`);
    console.log(tableRow(["confidence said", "answers", "right"]));
    console.log(tableRow(Array(3).fill("---")));
    for (const bin of calibrationOf(judged))
      if (bin.count > 0) console.log(tableRow([bin.said.toFixed(2), bin.count, bin.true.toFixed(2)]));
  } finally {
    for (const program of programs) await program.close();
  }
}

await runBench(main);
