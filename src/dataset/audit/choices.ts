// A person's choices in an audit: pictures to keep and pictures to drop, whatever their verdict.
// `dataset prepare` reads them from a JSON file.

import { UserError } from "../../errors.ts";

export interface Choices {
  /** Names of pictures, as in the table's `file` column. */
  readonly keep: readonly string[];
  readonly drop: readonly string[];
}

/** @throws UserError if it is not such a file, or if it keeps and drops the same picture */
export function parseChoices(text: string): Choices {
  let value: Partial<Choices> | null;
  try {
    value = JSON.parse(text) as Partial<Choices> | null;
  } catch {
    value = null;
  }
  const isList = (list: unknown) => Array.isArray(list) && list.every((name) => typeof name === "string");
  if (!value || !isList(value.keep) || !isList(value.drop))
    throw new UserError(
      'it is not a list of pictures to keep and drop, such as {"keep": ["a.png"], "drop": ["b.png"]}.',
    );
  const { keep, drop } = value as Choices;
  const kept = new Set(keep);
  const both = drop.find((name) => kept.has(name));
  if (both !== undefined) throw new UserError(`it keeps ${both} and drops it too; remove it from one of the lists.`);
  return { keep, drop };
}
