// Refuses an unknown option before anything else is checked. The parser itself looks for missing
// options first, so after a typo in a required one, `--ot art/`, it would only report that `--out`
// is missing.

import { existsSync } from "node:fs";
import type { Command } from "commander";
import { nearestName } from "../../train/options/values.ts";

/**
 * Ends the process with an error if the command that the words name does not know one of its
 * options.
 *
 * @param words the command line without the program
 * @param exempt the commands that parse their options themselves
 */
export function refuseUnknownOption(program: Command, words: readonly string[], exempt: readonly string[] = []): void {
  let command = program;
  let rest = [...words];
  for (;;) {
    const next = command.commands.find((known) => known.name() === rest[0]);
    if (!next) break;
    [command, rest] = [next, rest.slice(1)];
  }
  if (command === program || command.commands.length > 0 || exempt.includes(command.name())) return;
  const { unknown } = command.parseOptions(rest);
  const [first] = unknown.filter((word) => word.startsWith("-"));
  if (first === undefined || unknown.some((word) => word === "-h" || word === "--help")) return;
  command.error(`error: unknown option '${first}'${hintFor(first, command)}`);
}

function hintFor(word: string, command: Command): string {
  if (existsSync(word)) return `\n(For the file of that name, write ./${word})`;
  const names = [...command.options.flatMap(({ long }) => long ?? []), "--help"];
  const nearest = word.startsWith("--") ? nearestName(word.replace(/=.*/, ""), names) : undefined;
  return nearest === undefined ? "" : `\n(Did you mean ${nearest}?)`;
}
