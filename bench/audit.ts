// npm run bench:audit: measures how often the verdicts of `dataset audit` are right, on pictures
// derived from real ones, and fits the networks that distinguish shrunk photos from art. They are
// fitted on one set of pictures and evaluated on another.

import { appendFile, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { judgePicture } from "../src/dataset/audit/judge.ts";
import type { Weights } from "../src/dataset/audit/origin/network.ts";
import { UserError } from "../src/errors.ts";
import { fitLooks, fitOrigins, lookExamples, originExamples, sampleOf, type Sample } from "./audit/fit.ts";
import type { Labelled } from "./audit/labelled.ts";
import { printLeftOut } from "./audit/left-out.ts";
import { families, otherArt, type Family, type Folders } from "./audit/originals.ts";
import { printTables, type Judgement } from "./audit/tables.ts";
import { runBench } from "./command.ts";

const usage = `npm run bench:audit -- --art FOLDER --photos FOLDER
  --art FOLDER      pixel art, one pixel a cell
  --photos FOLDER   photos and paintings
  --every N         one of N pictures (1); a fit to cells has the rest of the art too, but not damaged
  --lines FILE      keeps what is found of each picture, so that a run that was ended goes on; another file for --fit
  --fit cells       fits the networks that judge cells to these pictures instead, and writes their part of
                    src/dataset/audit/origin/weights.json
  --fit pixels      the same for the network that judges pictures without a visible grid
  --left-out        fits them without whole sources and ways of conversion, and says how those are judged then`;

type Making = (isDone: (name: string) => boolean) => AsyncGenerator<Family>;

/**
 * The results of `look` for all pictures. With a file, results are stored there, one original per
 * line, and stored originals are not examined again.
 */
async function found<T>(make: Making, look: (picture: Labelled) => T | undefined, path?: string): Promise<T[]> {
  const text = path ? await readFile(path, "utf8").catch(() => "") : "";
  const whole = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter(Boolean);
  const done = new Map(whole.map((line) => JSON.parse(line) as [string, T[]]));
  for await (const { name, pictures } of make((name) => done.has(name))) {
    const own: T[] = [];
    for await (const picture of pictures) {
      const one = look(picture);
      if (one) own.push(one);
    }
    done.set(name, own);
    if (path) await appendFile(path, `${JSON.stringify([name, own])}\n`);
  }
  return [...done.values()].flat();
}

function judge({ image, kind, verdict: truth, row }: Labelled): Judgement {
  const start = performance.now();
  const { verdict, confidence, columns, rows, reason } = judgePicture(image, kind);
  const milliseconds = performance.now() - start;
  return { truth, verdict, confidence, row, reason, side: Math.min(columns, rows), milliseconds };
}

async function* allForFit(folders: Folders, isDone: (name: string) => boolean): AsyncGenerator<Family> {
  yield* families(folders, isDone);
  yield* otherArt(folders, isDone);
}

const weightsPath = fileURLToPath(new URL("../src/dataset/audit/origin/weights.json", import.meta.url));

async function writeWeights(fitted: Readonly<Record<string, Weights>>): Promise<void> {
  const others = JSON.parse(await readFile(weightsPath, "utf8")) as Record<string, Weights>;
  const weights = { ...others, ...fitted };
  await writeFile(weightsPath, await format(JSON.stringify(weights), { parser: "json", printWidth: 120 }));
  console.log(`-> ${weightsPath}`);
}

async function fitCells(samples: readonly Sample[]): Promise<void> {
  const [intact, changed] = [originExamples(samples, true), originExamples(samples, false)];
  console.log(`fitting to ${intact.length} pictures with intact cells and ${changed.length} with changed ones`);
  await writeWeights({ intact: fitOrigins(intact), changed: fitOrigins(changed) });
}

async function fitPixels(samples: readonly Sample[]): Promise<void> {
  const examples = lookExamples(samples);
  console.log(`fitting to the pixels of ${examples.length} pictures`);
  await writeWeights({ pixels: fitLooks(examples) });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      art: { type: "string" },
      photos: { type: "string" },
      every: { type: "string", default: "1" },
      lines: { type: "string" },
      fit: { type: "string" },
      "left-out": { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return console.log(usage);
  const { art, photos } = values;
  const every = Number(values.every);
  if (!art || !photos || !(every >= 1)) throw new UserError(`Folders of pixel art and of photos are needed:\n${usage}`);
  const folders = { art, photos, every };
  const { fit } = values;
  if (fit !== undefined && fit !== "cells" && fit !== "pixels")
    throw new UserError(`--fit takes cells or pixels, not ${fit}.`);
  if (!fit && !values["left-out"])
    return printTables(await found((isDone) => families(folders, isDone), judge, values.lines));
  const make: Making = (isDone) => (fit === "pixels" ? families : allForFit)(folders, isDone);
  const samples = await found(make, sampleOf, values.lines);
  if (fit === "cells") await fitCells(samples);
  if (fit === "pixels") await fitPixels(samples);
  if (values["left-out"]) printLeftOut(samples);
}

await runBench(main);
