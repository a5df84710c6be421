// `pixelcycle dataset merge`: its options. merge.ts does the work and is loaded on demand.

import type { Command } from "commander";
import { tellTable } from "./audit-command.ts";

export function registerMerge(dataset: Command): void {
  dataset
    .command("merge")
    .description("make one table of the parts that dataset audit --shard wrote, duplicates across them found")
    .argument("<part...>", "the parts' tables; beside each CSV are its JSON lines, which are read")
    .requiredOption("--csv <file>", "the table to write, and beside it one with all that was found as .jsonl")
    .action(run);
}

async function run(parts: string[], { csv }: { csv: string }): Promise<void> {
  const { mergeAudits } = await import("./merge.ts");
  tellTable(await mergeAudits(parts, csv), csv);
}
