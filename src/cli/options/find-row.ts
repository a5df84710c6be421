// Finds an option in a command's table, in either spelling, or says why there is none.

import { UserError } from "../../errors.ts";
import type { OptionRow, OptionTable } from "../../train/options/rows.ts";
import { nearestName } from "../../train/options/values.ts";

/**
 * Whether an option, in either spelling and without leading dashes, has no effect.
 *
 * @throws UserError if its value requests something
 */
export function isWithoutEffect({ withoutEffect }: OptionTable, name: string, value: () => string): boolean {
  const plain = name.replaceAll("-", "_");
  if (!Object.hasOwn(withoutEffect, plain)) return false;
  const { values, otherwise } = withoutEffect[plain];
  const given = value();
  if (!values.includes(given)) throw new UserError(`--${plain} ${given}: ${otherwise}.`);
  return true;
}

/**
 * The row of an option in either spelling, without leading dashes.
 *
 * @throws UserError if there is none: why it is refused, or which option is meant
 */
export function findRow<Key extends string>(table: OptionTable<Key>, name: string): OptionRow<Key> {
  const { command, groups, refused, withoutEffect } = table;
  const rows = new Map(groups.flatMap(({ rows }) => rows.map((row) => [row.name, row])));
  const plain = name.replaceAll("-", "_");
  const row = rows.get(plain);
  if (row) return row;
  const refusal = (name: string) => `--${name} is not accepted: ${refused[name]}.`;
  if (Object.hasOwn(refused, plain)) throw new UserError(refusal(plain));
  const nearest = nearestName(plain, [...rows.keys(), ...Object.keys(withoutEffect), ...Object.keys(refused)]);
  const hint =
    nearest === undefined
      ? `${command} --help lists them all.`
      : nearest in refused
        ? refusal(nearest)
        : `Did you mean --${nearest}?`;
  throw new UserError(`There is no option --${name}. ${hint}`);
}
