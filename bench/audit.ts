// npm run bench:audit: measures how often the verdicts of `dataset audit` are right, on pictures
// derived from real ones, and fits the networks that decide. They are fitted on one set of pictures
// and evaluated on another.

import { appendFile, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { UserError } from "../src/errors.ts";
import { fitOdds } from "./audit/fit.ts";
import { printCrossValidation, printLeftOut } from "./audit/left-out.ts";
import { families, type Folders } from "./audit/originals.ts";
import { sampleOf, type Sample } from "./audit/sample.ts";
import { judged, printTables } from "./audit/tables.ts";
import { runBench } from "./command.ts";

const usage = `npm run bench:audit -- --art FOLDER --photos FOLDER
  --art FOLDER      pixel art, one pixel a cell
  --photos FOLDER   photos and paintings
  --every N         one of N pictures (1)
  --lines FILE      keeps what is found of each picture, so that a run that was ended goes on
  --fit             fits the networks to these pictures instead, and writes src/dataset/audit/weights.json
  --folds           judges the pictures by networks that were fitted without their originals
  --left-out        judges them by networks that were fitted without their source, or way of conversion`;

/**
 * What the audit sees of all pictures. With a file, it is stored there, one original per line, and
 * stored originals are not examined again.
 */
async function samplesOf(folders: Folders, path?: string): Promise<Sample[]> {
  const text = path ? await readFile(path, "utf8").catch(() => "") : "";
  const whole = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter(Boolean);
  const done = new Map(whole.map((line) => JSON.parse(line) as [string, Sample[]]));
  const isDone = (name: string) => done.has(name);
  for await (const { name, pictures } of families(folders, isDone)) {
    const own: Sample[] = [];
    for await (const picture of pictures) own.push(sampleOf(picture, name));
    done.set(name, own);
    if (path) await appendFile(path, `${JSON.stringify([name, own])}\n`);
  }
  return [...done].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, own]) => own);
}

const weightsPath = fileURLToPath(new URL("../src/dataset/audit/weights.json", import.meta.url));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      art: { type: "string" },
      photos: { type: "string" },
      every: { type: "string", default: "1" },
      lines: { type: "string" },
      fit: { type: "boolean", default: false },
      folds: { type: "boolean", default: false },
      "left-out": { type: "boolean", default: false },
      help: { type: "boolean" },
    },
  });
  if (values.help) return console.log(usage);
  const { art, photos, fit, folds, "left-out": leftOut } = values;
  const every = Number(values.every);
  if (!art || !photos || !(every >= 1)) throw new UserError(`Folders of pixel art and of photos are needed:\n${usage}`);
  const samples = await samplesOf({ art, photos, every }, values.lines);
  if (!fit && !folds && !leftOut) return printTables(samples.map((sample) => judged(sample)));
  if (folds) printCrossValidation(samples);
  if (leftOut) printLeftOut(samples);
  if (!fit) return;
  console.log(`fitting to ${samples.length} pictures`);
  const weights = JSON.stringify(fitOdds(samples));
  await writeFile(weightsPath, await format(weights, { parser: "json", printWidth: 120 }));
  console.log(`-> ${weightsPath}`);
}

await runBench(main);
