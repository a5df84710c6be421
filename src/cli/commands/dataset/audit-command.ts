// `pixelcycle dataset audit`: its options and its final report. audit.ts does the work and is
// loaded on demand.

import { join } from "node:path";
import type { Command } from "commander";
import { verdicts } from "../../../dataset/audit/row.ts";
import { leftOutSentences } from "../../../formats/pictures/picture-choice.ts";
import { resolveShard } from "../../files/shard.ts";
import { untilInterrupted } from "../../terminal/ending.ts";
import { print, say } from "../../terminal/print.ts";
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
    .description("report what each picture is: pixel art and on which grid, rescaled, a duplicate")
    .argument("<source...>", "folders (searched recursively), globs, pictures, zips and tars; never changed")
    .option("--csv <file>", "the table to write; a .jsonl beside it holds all findings", "audit.csv")
    .option("--html <folder>", "write a page for looking at the pictures, sorting them and choosing by hand")
    .option("--shard <I/N>", "audit only part I of N; on Slurm and Kubernetes this is read from the environment")
    .action(run);
}

async function run(sources: string[], { shard, ...options }: Options): Promise<void> {
  const { auditSources } = await import("./audit.ts");
  const part = resolveShard(shard, process.env);
  const summary = await untilInterrupted((signal) => auditSources({ ...options, sources, shard: part, signal }));
  report(summary, options);
  if (summary.isStopped) process.exitCode = 130;
  else if (summary.incomplete.length > 0) process.exitCode = 1;
}

export function tellTable({ counts, duplicates }: TableSummary, csv: string): void {
  for (const verdict of verdicts) if (counts[verdict] > 0) print(`${counts[verdict]} ${verdict}`);
  if (duplicates > 0) print(`${duplicates} are duplicates of an earlier picture`);
  print(`-> ${csv}`);
}

function report(
  { counts, duplicates, incomplete, unread, links, unreadTables, isStopped, undrawn }: AuditSummary,
  { csv, html }: Pick<Options, "csv" | "html">,
): void {
  for (const { name, reason } of undrawn) say(`${name} has no preview: ${reason}`);
  say(...unreadTables, ...leftOutSentences(unread));
  if (links > 0) say(`${links} ${links === 1 ? "link" : "links"} in the folders skipped.`);
  if (isStopped)
    return say("stopped: interrupted. The findings so far are kept; run the same command again to continue.");
  if (incomplete.length > 0) say(incompleteSentence(incomplete));
  tellTable({ counts, duplicates }, csv);
  if (html !== undefined) print(`-> ${join(html, "index.html")}`);
}

const mostNamed = 5;

function incompleteSentence(names: readonly string[]): string {
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
  return `Pictures are missing from the table, because these could not be read: ${names.slice(0, mostNamed).join(", ")}${more}. Their rows in the table say why.`;
}
