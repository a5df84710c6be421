// `pixelcycle dataset prepare`: the options, and how an end is told. The work itself is in prepare.ts, loaded when it is needed.

import { InvalidArgumentError, type Command } from "commander";
import { verdicts, type AuditVerdict } from "../../../../dataset/audit/row.ts";
import { usualVerdicts } from "../../../../dataset/prepare/selection.ts";
import { hexColour, share, wholeNumber } from "../../../options/colours.ts";
import { exitCodeOf, untilInterrupted } from "../../../terminal/ending.ts";
import type { PrepareOptions } from "./options.ts";
import type { PrepareSummary } from "./prepare.ts";

type Options = Omit<PrepareOptions, "photos" | "art" | "out" | "quiet" | "signal"> & { json?: boolean };

export function registerPrepare(dataset: Command): void {
  dataset
    .command("prepare")
    .description("make the folders that train reads: photos well shrunk, and pixel art on one grid throughout")
    .argument("<photos>", "side A: a folder (with all below it), glob, zip or tar; never changed")
    .argument("<art>", "side B, in the same way")
    .argument("<out>", "the folder to write trainA and trainB to")
    .requiredOption("--cell <n>", "pixels along a cell's side; 4 suits the networks", wholeNumber)
    .option("--size <n>", "pixels along a training picture's side", wholeNumber, 256)
    .option("--audit <file>", "what dataset audit found: its .jsonl; drops duplicates and by verdict")
    .option("--choices <file>", "JSON with names to keep and to drop, which counts for more")
    .option("--verdicts <list>", "the art that is taken", verdictList, usualVerdicts)
    .option("--max-nsfw <score>", "leave out what DiffusionDB's metadata.parquet gives a higher score, 0 to 1", share)
    .option("--val <share>", "the share of pictures to hold out as valA and valB, near-duplicates together", share, 0)
    .option("--match-colors", "give each picture of B the colors of one of A")
    .option("--balance <n>", "no more pictures than this from one source", wholeNumber)
    .option(
      "--background <hex>",
      "what is around small pictures and behind transparent cells (default: #ffffff)",
      hexColour,
      [255, 255, 255],
    )
    .option("--seed <n>", "where chance comes from", wholeNumber, 0)
    .option("--json", "print how it went as JSON and nothing else")
    .action(run);
}

async function run(photos: string, art: string, out: string, { json, ...options }: Options): Promise<void> {
  const { prepareDataset } = await import("./prepare.ts");
  const summary = await untilInterrupted((signal) =>
    prepareDataset({ ...options, photos: [photos], art: [art], out, quiet: json, signal }),
  );
  if (json) console.log(JSON.stringify(summary, null, 2));
  else report(summary, out);
  process.exitCode = exitCodeOf(summary);
}

function report({ written, dropped, unreadTables, failures, stopped }: PrepareSummary, out: string): void {
  const parts = Object.entries(written)
    .sort()
    .map(([folder, count]) => `${count} in ${folder}`);
  console.error([...parts, `${dropped} sources dropped`].join(", "));
  for (const sentence of unreadTables) console.error(sentence);
  for (const { name, reason } of failures) console.error(`  ${name}: ${reason}`);
  if (stopped) console.error(`stopped: ${stopped}. The same command goes on from here.`);
  else
    console.error(`What was done is in ${out}/manifest.jsonl, and why pictures were dropped in ${out}/dropped.jsonl.`);
}

function verdictList(text: string): readonly AuditVerdict[] {
  return text.split(",").map((word) => {
    const verdict = verdicts.find((known) => known === word.trim());
    if (!verdict) throw new InvalidArgumentError(`It must be a list of ${verdicts.join(", ")}.`);
    return verdict;
  });
}
