// Parses a command line by its table of options, with underscores as in the reference or with
// hyphens, and formats the table for --help.

import type { Command } from "commander";
import { UserError } from "../../errors.ts";
import type { OptionTable } from "../../train/options/rows.ts";
import { pythonText, requirement, valueFromText, type OptionValue } from "../../train/options/values.ts";
import { findRow, isWithoutEffect } from "./find-row.ts";

/**
 * The values on a command line, each checked by its row. If an option is given twice, the last one
 * counts.
 *
 * @throws UserError for an unknown or refused option, and for a value outside of its row's
 */
export function parseArguments<Key extends string>(
  table: OptionTable<Key>,
  argv: readonly string[],
): Map<Key, OptionValue> {
  const values = new Map<Key, OptionValue>();
  for (let i = 0; i < argv.length; i++) {
    const [, name, attached] = /^--([^=]+)(?:=([^]*))?$/.exec(argv[i]) ?? [];
    if (name === undefined) {
      throw new UserError(
        `"${argv[i]}" is not an option; the options of ${table.command} begin with two dashes, as in --dataroot DIR.`,
      );
    }
    const next = () => {
      if (attached !== undefined) return attached;
      if (i + 1 === argv.length || argv[i + 1].startsWith("--")) throw new UserError(`--${name} needs a value.`);
      return argv[++i];
    };
    if (isWithoutEffect(table, name, next)) continue;
    const { key, kind } = findRow(table, name);
    const text = kind.kind === "flag" ? (attached ?? "true") : next();
    values.set(key, valueFromText(kind, `--${name}`, text));
  }
  return values;
}

/**
 * Makes a command accept the options: `parseArguments` reads `command.args`, and `--help` lists
 * them.
 */
export function acceptOptions(command: Command, table: OptionTable): Command {
  return command
    .usage("--dataroot DIR [options]")
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText("after", () => `\n${optionsHelp(table)}`);
}

/** All options, group by group, for `--help`. */
export function optionsHelp({ groups, defaults, withoutEffect }: OptionTable): string {
  const lines = groups.flatMap(({ title, rows }) => [
    "",
    `${title}:`,
    ...rows.map(({ name, key, kind, help }) => {
      const value = kind.kind === "flag" ? "" : kind.kind === "text" ? ` ${kind.placeholder}` : " X";
      const range = kind.kind === "choice" && kind.choices.length > 1 ? `; ${requirement(kind)}` : "";
      const standard = defaults[key];
      const hasDefault = kind.kind !== "flag" && standard !== undefined && standard !== "";
      const defaulted = hasDefault ? ` (default: ${pythonText(kind, standard)})` : "";
      return `  ${`--${name}${value}`.padEnd(30)} ${help}${range}${defaulted}`;
    }),
  ]);
  const moot = Object.entries(withoutEffect).map(([name, { values }]) => `--${name} ${values.join(" or ")}`);
  return [
    "Names may be written with - or _. --flag=false turns a flag off again.",
    `Accepted without effect: ${moot.join(", ")}.`,
    ...lines,
  ].join("\n");
}
