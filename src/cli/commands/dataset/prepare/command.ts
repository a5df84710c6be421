// `pixelcycle dataset prepare`: its options and its final report. prepare.ts does the work and is
// loaded on demand.

import { join } from "node:path";
import { InvalidArgumentError, Option, type Command } from "commander";
import { verdicts, type AuditVerdict } from "../../../../dataset/audit/row.ts";
import { usualVerdicts } from "../../../../dataset/prepare/selection.ts";
import { withoutFullStop } from "../../../../errors.ts";
import { backgroundOption } from "../../../options/colours.ts";
import { requireCompanion } from "../../../options/companions.ts";
import { share, wholeNumber } from "../../../options/numbers.ts";
import { exitCodeOf, untilInterrupted } from "../../../terminal/ending.ts";
import { printJson, say } from "../../../terminal/print.ts";
import { fits, type PrepareFit, type PrepareOptions } from "./options.ts";
import type { PrepareSummary } from "./prepare.ts";

type Options = Omit<PrepareOptions, "photos" | "art" | "out" | "verdicts" | "quiet" | "signal"> & {
  verdicts?: readonly AuditVerdict[];
  json?: boolean;
};

export function registerPrepare(dataset: Command): void {
  dataset
    .command("prepare")
    .description("write the folders that train reads: shrunk photos, and pixel art on one common grid")
    .argument("<photos>", "side A: a folder (searched recursively), glob, zip or tar; never changed")
    .argument("<art>", "side B, likewise")
    .argument("<out>", "the folder to write trainA and trainB to")
    .requiredOption("--cell <n>", "a cell's side in pixels; 4 suits the networks", wholeNumber)
    .option("--size <n>", "a training picture's side in pixels", wholeNumber, 256)
    .addOption(
      new Option("--fit <how>", "squares spread over each picture of B and whole photos, or tiles cut edge to edge")
        .choices(fits)
        .default("spread" satisfies PrepareFit),
    )
    .option("--audit <file>", "the .jsonl from dataset audit; drops duplicates and filters by verdict")
    .option("--choices <file>", "JSON with names to keep and to drop; overrides the audit")
    .option(
      "--verdicts <list>",
      `for --audit: verdicts of the art to keep (default: ${usualVerdicts.join(",")})`,
      verdictList,
    )
    .option(
      "--max-nsfw <score>",
      "leave out pictures with a higher score, from 0 to 1, in DiffusionDB's metadata.parquet",
      share,
    )
    .option("--val <share>", "the share of pictures to hold out as valA and valB, near-duplicates together", share, 0)
    .option("--match-colors", "recolor each picture of B with the colors of a picture of A")
    .option("--balance <n>", "at most this many pictures from one source", wholeNumber)
    .addOption(backgroundOption("the color around small pictures and behind transparent cells"))
    .option("--seed <n>", "the seed of all random choices", wholeNumber, 0)
    .option("--json", "print a JSON summary and nothing else")
    .action(run);
}

async function run(photos: string, art: string, out: string, { json, verdicts, ...options }: Options): Promise<void> {
  requireCompanion("--audit", options.audit !== undefined, { "--verdicts": verdicts });
  const { prepareDataset } = await import("./prepare.ts");
  const summary = await untilInterrupted((signal) =>
    prepareDataset({
      ...options,
      ...{ verdicts: verdicts ?? usualVerdicts, photos: [photos], art: [art], out, quiet: json, signal },
    }),
  );
  if (json) printJson(JSON.stringify(summary, null, 2));
  else report(summary, out);
  process.exitCode = exitCodeOf(summary) ?? (emptyOf(summary).length > 0 ? 1 : undefined);
}

/** The folders without a picture that train needs. */
function emptyOf({ written }: PrepareSummary): string[] {
  return ["trainA", "trainB"].filter((folder) => !written[folder]);
}

function report(summary: PrepareSummary, out: string): void {
  const { written, dropped, unreadTables, failures, stopped } = summary;
  const parts = Object.entries(written)
    .sort()
    .map(([folder, count]) => `${count} in ${folder}`);
  say([...parts, `${dropped} sources dropped`].join(", "));
  say(...unreadTables);
  for (const { name, reason } of failures) say(`  ${name}: ${reason}`);
  const empty = emptyOf(summary);
  if (empty.length > 0 && !stopped)
    say(`${empty.join(" and ")} ${empty.length > 1 ? "have" : "has"} no picture, so train cannot use the set.`);
  if (stopped) say(`stopped: ${withoutFullStop(stopped)}. Run the same command again to continue.`);
  else
    say(
      `${join(out, "manifest.jsonl")} lists what was done, and ${join(out, "dropped.jsonl")} why pictures were dropped.`,
    );
}

function verdictList(text: string): readonly AuditVerdict[] {
  return text.split(",").map((word) => {
    const verdict = verdicts.find((known) => known === word.trim());
    if (!verdict) throw new InvalidArgumentError(`It must be a list of ${verdicts.join(", ")}.`);
    return verdict;
  });
}
