// npm run bench:audit: measures how often the verdicts of `dataset audit` are right, on pictures
// derived from real ones, and fits the networks that distinguish shrunk photos from art. They are
// fitted on one set of pictures and evaluated on another.

import { appendFile, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { judgePicture } from "../src/dataset/audit/judge.ts";
import { UserError } from "../src/errors.ts";
import { fitNetwork, sampleOf, type Sample } from "./audit/fit.ts";
import type { Labelled } from "./audit/labelled.ts";
import { printLeftOut } from "./audit/left-out.ts";
import { families, otherArt, type Family, type Folders } from "./audit/originals.ts";
import { printTables, type Judgement } from "./audit/tables.ts";
import { runBench } from "./command.ts";

const usage = `npm run bench:audit -- --art FOLDER --photos FOLDER
  --art FOLDER      pixel art, one pixel a cell
  --photos FOLDER   photos and paintings
  --every N         one of N pictures (1); the fit has the rest of the art too, but not damaged
  --lines FILE      keeps what is found of each picture, so that a run that was ended goes on; another file for --fit
  --fit             fits the networks to these pictures instead, and writes src/dataset/audit/origin/weights.json
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

async function fit(samples: readonly Sample[]): Promise<void> {
  const [intact, changed] = [true, false].map((isIntact) => samples.filter((sample) => sample.isIntact === isIntact));
  const weights = { intact: fitNetwork(intact), changed: fitNetwork(changed) };
  const path = fileURLToPath(new URL("../src/dataset/audit/origin/weights.json", import.meta.url));
  await writeFile(path, await format(JSON.stringify(weights), { parser: "json", printWidth: 120 }));
  console.log(
    `fitted to ${intact.length} pictures with intact cells and ${changed.length} with changed ones -> ${path}`,
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      art: { type: "string" },
      photos: { type: "string" },
      every: { type: "string", default: "1" },
      lines: { type: "string" },
      fit: { type: "boolean" },
      "left-out": { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return console.log(usage);
  const { art, photos } = values;
  const every = Number(values.every);
  if (!art || !photos || !(every >= 1)) throw new UserError(`Folders of pixel art and of photos are needed:\n${usage}`);
  const folders = { art, photos, every };
  if (!values.fit && !values["left-out"])
    return printTables(await found((isDone) => families(folders, isDone), judge, values.lines));
  const samples = await found((isDone) => allForFit(folders, isDone), sampleOf, values.lines);
  if (values.fit) await fit(samples);
  if (values["left-out"]) printLeftOut(samples);
}

await runBench(main);
