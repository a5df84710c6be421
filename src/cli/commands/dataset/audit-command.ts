// `pixelcycle dataset audit`: its options and its final report. audit.ts does the work and is
// loaded on demand.

import { join } from "node:path";
import type { Command } from "commander";
import { leftOutSentences } from "../../../data/picture-choice.ts";
import { verdicts } from "../../../dataset/audit/row.ts";
import { resolveShard } from "../../files/shard.ts";
import { untilInterrupted } from "../../terminal/ending.ts";
import type { AuditSummary } from "./audit.ts";
import type { TableSummary } from "./tables.ts";

interface Options {
  csv: string;
  html?: string;
  shard?: string;
}

export function registerAudit(dataset: Command): void {
  dataset
    .command("audit")
    .description("say of each picture what it is: pixel art, on which grid, rescaled, a duplicate")
    .argument("<source...>", "folders (with all below them), globs, pictures, zips and tars; never changed")
    .option("--csv <file>", "the table to write, and beside it one with all that was found as .jsonl", "audit.csv")
    .option("--html <folder>", "a page to look at the pictures, to sort them and to choose by hand")
    .option("--shard <I/N>", "audit part I of N only; on Slurm and Kubernetes this is read from the environment")
    .action(run);
}

async function run(sources: string[], { shard, ...options }: Options): Promise<void> {
  const { auditSources } = await import("./audit.ts");
  const part = resolveShard(shard, process.env);
  const summary = await untilInterrupted((signal) => auditSources({ ...options, sources, shard: part, signal }));
  report(summary, options);
  if (summary.isStopped) process.exitCode = 130;
}

export function tellTable({ counts, duplicates }: TableSummary, csv: string): void {
  for (const verdict of verdicts) if (counts[verdict] > 0) console.log(`${counts[verdict]} ${verdict}`);
  if (duplicates > 0) console.log(`${duplicates} like a picture before them`);
  console.log(`-> ${csv}`);
}

function report(
  { counts, duplicates, unread, links, unreadTables, isStopped, undrawn }: AuditSummary,
  { csv, html }: Pick<Options, "csv" | "html">,
): void {
  for (const { name, reason } of undrawn) console.error(`${name} has no preview: ${reason}`);
  for (const sentence of [...unreadTables, ...leftOutSentences(unread)]) console.error(sentence);
  if (links > 0) console.error(`${links} ${links === 1 ? "link" : "links"} in the folders left out.`);
  if (isStopped)
    return console.error("stopped: interrupted. What was found is kept; the same command goes on from here.");
  tellTable({ counts, duplicates }, csv);
  if (html !== undefined) console.log(`-> ${join(html, "index.html")}`);
}
