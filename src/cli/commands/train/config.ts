// Reads options from a file: a JSON object, or the `train_opt.txt` that every run writes, ours or
// the reference's, so that a run can be repeated.

import { UserError } from "../../../errors.ts";
import { readFileBytes } from "../../../platform/files/files.node.ts";
import { fileTable, passedOverInFiles, type OptionKey } from "../../../train/options/table.ts";
import { checkedValue, valueFromText, type OptionValue } from "../../../train/options/values.ts";
import { findRow, isWithoutEffect } from "../../options/find-row.ts";

export interface Config {
  readonly values: ReadonlyMap<OptionKey, OptionValue>;
  /** What was skipped, in a sentence. */
  readonly note?: string;
}

const maximumBytes = 2 ** 20;

/** @throws UserError prefixed with the path */
export async function readConfig(path: string): Promise<Config> {
  const text = new TextDecoder().decode(await readFileBytes(path, maximumBytes)).replace(/^\ufeff/, "");
  try {
    return text.trimStart().startsWith("{") ? parseJson(text) : parseOptionsText(text);
  } catch (error) {
    if (error instanceof UserError) error.message = `${path}: ${error.message}`;
    throw error;
  }
}

function parseJson(text: string): Config {
  let parsed: object;
  try {
    parsed = JSON.parse(text) as object;
  } catch (error) {
    throw new UserError(`it is not valid JSON (${(error as Error).message}).`);
  }
  const values = new Map<OptionKey, OptionValue>();
  for (const [name, value] of Object.entries(parsed)) {
    if (name === "config") throw new UserError("a config file cannot name another one.");
    if (isWithoutEffect(fileTable, name, () => String(value))) continue;
    const { key, kind } = findRow(fileTable, name);
    if (values.has(key)) throw new UserError(`${name} is given twice, in two spellings.`);
    values.set(key, checkedValue(kind, name, value));
  }
  return { values };
}

/** Lines of `name: value`, possibly followed by `[default: ...]`. */
export function parseOptionsText(text: string): Config {
  const values = new Map<OptionKey, OptionValue>();
  const passedOver: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "" || /^-+ *(Options|End)? *-+$/.test(line)) continue;
    const match = /^\s*(\w+): ?(.*?)\s*(?:\t\[default: .*\])?$/.exec(line);
    if (!match) throw new UserError(`it is neither a JSON object nor a train_opt.txt: "${line.slice(0, 60).trim()}".`);
    const [, name, written] = match;
    if (name === "isTrain") {
      if (written !== "True") throw new UserError("these are the options of a test, not of a training run.");
    } else if (passedOverInFiles.has(name)) passedOver.push(name);
    // The suffix is already part of the name.
    else if (name !== "suffix") {
      const { key, kind } = findRow(fileTable, name);
      if (written === "None" && kind.kind === "text") continue;
      values.set(key, valueFromText(kind, name, written));
    }
  }
  if (values.size === 0) throw new UserError("it contains no options.");
  return {
    values,
    ...(passedOver.length > 0 && { note: `${passedOver.join(", ")} do not apply here and are ignored.` }),
  };
}
