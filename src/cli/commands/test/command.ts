// `pixelcycle test`: its options and its final report. run.ts does the work and is loaded on
// demand.

import type { Command } from "commander";
import { acceptOptions } from "../../options/table.ts";
import { exitCodeOf, untilInterrupted } from "../../terminal/ending.ts";
import { say } from "../../terminal/print.ts";
import { parseTestOptions, testTable } from "./options.ts";
import type { TestSummary } from "./run.ts";

export function registerTest(program: Command): void {
  const command = program
    .command("test")
    .description("run a trained model on its test pictures and write a page of the results");
  acceptOptions(command, testTable).action((_options, { args }: Command) => run(args));
}

async function run(argv: readonly string[]): Promise<void> {
  const options = parseTestOptions(argv);
  const { testRun } = await import("./run.ts");
  const summary = await untilInterrupted((signal) => testRun(options, { signal }));
  report(summary);
  process.exitCode = exitCodeOf(summary);
}

function report({ page, written, failures, warnings, leftOut, stopped }: TestSummary): void {
  say(
    `${written} ${written === 1 ? "picture" : "pictures"} written${failures.length > 0 ? `, ${failures.length} failed` : ""}`,
  );
  for (const { name, reason } of failures) say(`  ${name}: ${reason}`);
  for (const { name, reason } of warnings) say(`  ${name}: ${reason}`);
  say(...leftOut);
  if (stopped) say(`stopped: ${stopped}`);
  say(`see ${page}`);
}
