// `pixelcycle dataset pixelate`: its options and its final report. pixelate.ts does the work and is
// loaded on demand.

import { join } from "node:path";
import type { Command } from "commander";
import { UserError, withoutFullStop } from "../../../../errors.ts";
import { wholeNumber } from "../../../options/numbers.ts";
import { exitCodeOf, untilInterrupted } from "../../../terminal/ending.ts";
import { say } from "../../../terminal/print.ts";
import type { PixelateOptions } from "./pixelate.ts";

type Options = Pick<PixelateOptions, "cell" | "columns">;

export function registerPixelate(dataset: Command): void {
  dataset
    .command("pixelate")
    .description(
      "make a naive version of photos, shrunk and enlarged again and marked as such, to compare with and to test",
    )
    .usage("[options] <source...> <out>")
    // Only a command's last argument may be a list.
    .argument(
      "<source...>",
      "folders (searched recursively), globs, pictures, zips and tars, never changed; the last path is the folder to write to",
    )
    .requiredOption("--cell <n>", "a cell's side in pixels", wholeNumber)
    .option("--columns <n>", "cells across each result; default: as many as the photo has room for", wholeNumber)
    .action(run);
}

async function run(paths: string[], options: Options): Promise<void> {
  const [sources, out] = [paths.slice(0, -1), paths.at(-1)!];
  if (sources.length === 0)
    throw new UserError(`Name the photos first and the folder to write to last; only ${out} was given.`);
  const { pixelateDataset } = await import("./pixelate.ts");
  const summary = await untilInterrupted((signal) => pixelateDataset({ ...options, sources, out, signal }));
  const { written, unreadTables, failures, stopped } = summary;
  say(...unreadTables);
  for (const { name, reason } of failures) say(`  ${name}: ${reason}`);
  if (stopped) say(`stopped: ${withoutFullStop(stopped)}. Run the same command again to continue.`);
  else {
    const pictures = written === 1 ? "picture" : "pictures";
    say(`${written} naive ${pictures} in ${out}; ${join(out, "manifest.jsonl")} lists what each was made from.`);
  }
  process.exitCode = exitCodeOf(summary);
}
