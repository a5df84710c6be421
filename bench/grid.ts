// npm run bench:grid: measures how often the pixel grid of damaged pixel art is found, by our
// method and by others. The art is any folder of pictures at their native size, so the truth is
// known. Photos and the undamaged art, in which there is no grid to find, are judged too.

import { basename } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { UserError } from "../src/errors.ts";
import { pixelsOf, type Image } from "../src/picture/image.ts";
import { findGrid, type GridFinding, type Verdict } from "../src/pixelart/grid/detect.ts";
import { runBench } from "./command.ts";
import { decoded } from "./degradations.ts";
import { composed, composites } from "./grid-methods/composites.ts";
import { consensus } from "./grid-methods/consensus.ts";
import { damaged, damages } from "./grid-methods/damage.ts";
import { details, detailsOf, isExact, judgeOwn, percent, type Own } from "./grid-methods/judge.ts";
import type { GridMethod } from "./grid-methods/method.ts";
import { pixelSnapper } from "./grid-methods/pixel-snapper.ts";
import { commandMethod, properPixelArt, type ProgramMethod } from "./grid-methods/programs.ts";
import { keptResults, type Keep } from "./grid-methods/results.ts";
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
  --ours                      no other methods
  --results FILE              keeps all answers there, so that an interrupted bench goes on; remove it after a change`;

interface Art {
  /** The file's name. */
  readonly name: string;
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

function withInterval(hits: number, count: number): string {
  const [low, high] = wilson(hits, count).map((share) => (100 * share).toFixed(0));
  return `${percent(hits, count)} (${low}-${high})`;
}

interface Mixed {
  readonly isTold: boolean;
  readonly isRight: boolean;
  readonly confidence: number;
}

/**
 * How many pictures with two pixel sizes are reported as such, and for how many of those the finer
 * size is right. Each picture has the next one on top of it.
 */
async function measureMixed(arts: readonly Art[], rows: readonly string[], keep: Keep): Promise<Judged[]> {
  const judged: Judged[] = [];
  console.log(`\n${tableRow(["two pixel sizes", "pictures", "% told so", "% of those with the finer size"])}`);
  console.log(tableRow(Array(4).fill("---")));
  for (const composite of composites.filter(({ name }) => rows.some((word) => name.includes(word)))) {
    const all: Mixed[] = [];
    for (const [i, { name, image, seed }] of arts.entries()) {
      const found = await keep(`${composite.name}: ${name}`, async (): Promise<Mixed | null> => {
        const picture = await composed(image, arts[(i + 1) % arts.length].image, composite, seed);
        if (!picture) return null;
        const { verdict, cell, confidence } = findGrid([picture]);
        const isTold = verdict === "mixed";
        const isFiner = Math.abs(cell[0] / Math.min(composite.above, composite.below) - 1) < 0.01;
        return { isTold, isRight: isTold && isFiner, confidence };
      });
      if (found) all.push(found);
    }
    const [told, right] = [all.filter(({ isTold }) => isTold).length, all.filter(({ isRight }) => isRight).length];
    console.log(tableRow([composite.name, all.length, withInterval(told, all.length), percent(right, told)]));
    judged.push(...all.map(({ confidence, isRight }) => ({ confidence, right: isRight })));
  }
  return judged;
}

async function measure(
  arts: readonly Art[],
  rows: readonly string[],
  methods: ReadonlyMap<string, GridMethod>,
  keep: Keep,
): Promise<Own[]> {
  const names = [...methods.keys()];
  const judged: Own[] = [];
  console.log(
    tableRow(["% exact columns and rows", "pixelcycle", ...names, ...details.map((name) => `ours: ${name}`)]),
  );
  console.log(tableRow(Array(2 + names.length + details.length).fill("---")));
  for (const damage of damages.filter(({ name }) => rows.some((word) => name.includes(word)))) {
    const own: Own[] = [];
    const hits = new Map(names.map((name) => [name, 0]));
    const isWhole = !damage.cropped && !damage.alpha && !damage.rotation && !damage.drift;
    for (const { name: file, image: art, seed } of arts) {
      let made: ReturnType<typeof damaged> | undefined;
      const picture = () => (made ??= damaged(art, damage, seed));
      const ours = async () => {
        const { image, truth } = await picture();
        return judgeOwn(image, truth, art, isWhole);
      };
      own.push(await keep(`${damage.name}: ${file}`, ours));
      for (const [name, method] of methods) {
        const isRight = await keep(`${damage.name}: ${file}: ${name}`, async () => {
          const { image, truth } = await picture();
          return isExact(await method(image), truth);
        });
        if (isRight) hits.set(name, hits.get(name)! + 1);
      }
    }
    const exact = own.filter(({ exact }) => exact).length;
    const others = [...hits.values()].map((count) => percent(count, arts.length));
    console.log(tableRow([damage.name, withInterval(exact, arts.length), ...others, ...detailsOf(own)]));
    judged.push(...own);
  }
  return judged;
}

/** A picture that is read when it is needed. */
interface Negative {
  readonly name: string;
  readonly read: () => Promise<Image> | Image;
}

async function negatives(kind: string, all: readonly Negative[], right: Verdict, keep: Keep): Promise<Judged[]> {
  const findings: Pick<GridFinding, "verdict" | "confidence">[] = [];
  for (const { name, read } of all)
    findings.push(
      await keep(`${kind}: ${name}`, async () => {
        const { verdict, confidence } = findGrid([await read()]);
        return { verdict, confidence };
      }),
    );
  const hits = findings.filter(({ verdict }) => verdict === right).length;
  const grids = findings.filter(({ verdict }) => verdict === "grid" || verdict === "mixed").length;
  console.log(tableRow([kind, right, withInterval(hits, all.length), percent(grids, all.length)]));
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
      results: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return console.log(usage);
  const [size, every] = [Number(values.size), Number(values.every)];
  if (!values.data || !(size >= 16) || !(every >= 1)) throw new UserError(`A folder of pixel art is needed:\n${usage}`);
  const files = await someOf(values.data, every);
  const arts: Art[] = [];
  for (const [i, file] of files.entries())
    arts.push({ name: basename(file), image: await middleOf(file, size, Number(values.pixel)), seed: i + 1 });
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
    const keep = await keptResults(values.results, `${values.data}, ${size} x ${size}, ${values.pixel}`);
    const owns = await measure(arts, values.row, methods, keep);
    const judged = owns.map(({ confidence, exact }): Judged => ({ confidence, right: exact }));
    judged.push(...(await measureMixed(arts, values.row, keep)));
    console.log(`\n${tableRow(["without a grid", "to be told", "% told so", "% told a grid"])}`);
    console.log(tableRow(Array(4).fill("---")));
    const intact = arts.map(({ name, image }) => ({ name, read: () => image }));
    judged.push(...(await negatives("the art itself", intact, "native", keep)));
    const photos = values.photos ? await someOf(values.photos, every) : [];
    const whole = photos.map((file) => ({ name: basename(file), read: () => decoded(sharp(file).removeAlpha()) }));
    if (values.photos) judged.push(...(await negatives("photos", whole, "none", keep)));
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
