// `pixelcycle dataset merge`: its options. merge.ts does the work and is loaded on demand.

import type { Command } from "commander";
import { tellTable } from "./audit-command.ts";

export function registerMerge(dataset: Command): void {
  dataset
    .command("merge")
    .description("merge the tables that dataset audit --shard wrote, and find duplicates across them")
    .argument("<part...>", "the parts' tables, .csv or .jsonl; of a .csv, the .jsonl beside it is read")
    .requiredOption("--csv <file>", "the table to write; a .jsonl beside it holds all findings")
    .action(run);
}

async function run(parts: string[], { csv }: { csv: string }): Promise<void> {
  const { mergeAudits } = await import("./merge.ts");
  tellTable(await mergeAudits(parts, csv), csv);
}
