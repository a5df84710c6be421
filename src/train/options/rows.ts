// A command's options as a table with one row each. Command lines, config files and options files
// are parsed and written by it.

import type { NumberKind, OptionKind, OptionValue } from "./values.ts";

export interface OptionRow<Key extends string = string> {
  /** In the reference's spelling. */
  readonly name: string;
  readonly key: Key;
  readonly kind: OptionKind;
  readonly help: string;
  /** Not an option of the reference. */
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
  /** Options that users may expect, and why they do not exist: the end of a sentence. */
  readonly refused: Readonly<Record<string, string>>;
  /** Options without effect here. They are accepted with values that request nothing. */
  readonly withoutEffect: Readonly<Record<string, OptionWithoutEffect>>;
}

export interface OptionWithoutEffect {
  readonly values: readonly string[];
  /** Why another value is refused: the end of a sentence. */
  readonly otherwise: string;
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

/** Builds the rows of options with these defaults: `n_layers_D` is stored as `nLayersD`. */
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
