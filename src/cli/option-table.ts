// A command's options as a table, a row each: a command line is read by it, in the reference's spelling and in the usual one, and --help
// shows it.

import type { Command } from "commander";
import { UserError } from "../errors.ts";
import {
  nearestName,
  pythonText,
  requirement,
  valueFromText,
  type NumberKind,
  type OptionKind,
  type OptionValue,
} from "./option-values.ts";

export interface OptionRow<Key extends string = string> {
  /** As the reference spells it. */
  readonly name: string;
  readonly key: Key;
  readonly kind: OptionKind;
  readonly help: string;
  /** Not the reference's. */
  readonly ours?: true;
}

export interface OptionGroup<Key extends string = string> {
  readonly title: string;
  readonly rows: readonly OptionRow<Key>[];
}

export interface OptionTable<Key extends string = string> {
  /** The command's name. */
  readonly command: string;
  readonly groups: readonly OptionGroup<Key>[];
  readonly defaults: Readonly<Partial<Record<Key, OptionValue>>>;
  /** Options that somebody may expect, and why they are not there: the end of a sentence. */
  readonly refused: Readonly<Record<string, string>>;
}

export const flag: OptionKind = { kind: "flag" };

export const text = (placeholder: string): OptionKind => ({ kind: "text", placeholder });

export const choice = (choices: readonly string[], refused?: Readonly<Record<string, string>>): OptionKind => ({
  kind: "choice",
  choices,
  refused,
});

export const whole = (least: number, rest: Partial<NumberKind> = {}): OptionKind => ({ kind: "whole", least, ...rest });

export const real = (least: number, rest: Partial<NumberKind> = {}): OptionKind => ({ kind: "real", least, ...rest });

/** What makes the rows of options that have these defaults: `n_layers_D` is kept as `nLayersD`. */
export function rowsFor<Key extends string>(defaults: Readonly<Record<Key, OptionValue>>) {
  const keyOf = (name: string): Key => {
    const key = name.replace(/_([a-zA-Z])/g, (_, letter: string) => letter.toUpperCase());
    if (!Object.hasOwn(defaults, key)) throw new Error(`There is no option for ${name}.`);
    return key as Key;
  };
  const row = (name: string, kind: OptionKind, help: string): OptionRow<Key> => ({
    name,
    key: keyOf(name),
    kind,
    help,
  });
  const ours = (name: string, kind: OptionKind, help: string): OptionRow<Key> => ({
    ...row(name, kind, help),
    ours: true,
  });
  return { row, ours };
}

/** The row of an option in either spelling, without dashes in front. @throws UserError */
export function findRow<Key extends string>(table: OptionTable<Key>, name: string): OptionRow<Key> {
  const { command, groups, refused } = table;
  const rows = new Map(groups.flatMap(({ rows }) => rows.map((row) => [row.name, row])));
  const plain = name.replaceAll("-", "_");
  const row = rows.get(plain);
  if (row) return row;
  const refusal = (name: string) => `--${name} is not taken: ${refused[name]}.`;
  if (Object.hasOwn(refused, plain)) throw new UserError(refusal(plain));
  const nearest = nearestName(plain, [...rows.keys(), ...Object.keys(refused)]);
  const hint =
    nearest === undefined
      ? `${command} --help lists them all.`
      : nearest in refused
        ? refusal(nearest)
        : `Did you mean --${nearest}?`;
  throw new UserError(`There is no option --${name}. ${hint}`);
}

/** What a command line says, each value checked by its row. The last one counts where an option is given twice. @throws UserError */
export function parseArguments<Key extends string>(
  table: OptionTable<Key>,
  argv: readonly string[],
): Map<Key, OptionValue> {
  const values = new Map<Key, OptionValue>();
  for (let i = 0; i < argv.length; i++) {
    const [, name, attached] = /^--([^=]+)(?:=([^]*))?$/.exec(argv[i]) ?? [];
    if (name === undefined) {
      throw new UserError(
        `"${argv[i]}" is no option; the options of ${table.command} begin with two dashes, as in --dataroot DIR.`,
      );
    }
    const next = () => {
      if (attached !== undefined) return attached;
      if (i + 1 === argv.length || argv[i + 1].startsWith("--")) throw new UserError(`--${name} needs a value.`);
      return argv[++i];
    };
    const { key, kind } = findRow(table, name);
    const text = kind.kind === "flag" ? (attached ?? "true") : next();
    values.set(key, valueFromText(kind, `--${name}`, text));
  }
  return values;
}

/** Lets a command take the options: `command.args` is then what `parseArguments` reads, and `--help` lists them. */
export function acceptOptions(command: Command, table: OptionTable): Command {
  return command
    .usage("--dataroot DIR [options]")
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText("after", () => `\n${optionsHelp(table)}`);
}

/** All options, group by group, for `--help`. */
export function optionsHelp({ groups, defaults }: OptionTable): string {
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
  return ["Names may be written with - or _, and a flag as --flag=false, which takes it back.", ...lines].join("\n");
}
