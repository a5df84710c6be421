// The form of all training options as a model without a view: the text of each field, and the
// options that they make together. Names, ranges and help come from the command line's table
// (src/train/options/table.ts).

import { UserError } from "../../../src/errors.ts";
import { preprocessModes } from "../../../src/picture/preprocess.ts";
import {
  checkTrainingOptions,
  defaultTrainingOptions,
  type TrainingOptions,
} from "../../../src/train/options/options.ts";
import { optionGroups, type OptionKey } from "../../../src/train/options/table.ts";
import { valueFromText, type OptionKind } from "../../../src/train/options/values.ts";

export type TrainingOptionKey = keyof TrainingOptions & OptionKey;

export interface Field {
  /** The reference's spelling. */
  readonly name: string;
  readonly key: TrainingOptionKey;
  readonly kind: OptionKind;
  readonly help: string;
}

export interface FieldGroup {
  readonly title: string;
  readonly fields: readonly Field[];
}

/** The contents of the fields: a boolean for a checkbox, otherwise the text. */
export type Drafts = Readonly<Record<TrainingOptionKey, string | boolean>>;

const isTrainingOption = (key: OptionKey): key is TrainingOptionKey => Object.hasOwn(defaultTrainingOptions, key);

/**
 * The command line accepts any text with certain words, like the reference. The form offers the
 * modes that the reference names.
 */
const preprocessKind: OptionKind = { kind: "choice", choices: preprocessModes };

/** The command line's groups, reduced to training options. The run's own group comes last. */
export const fieldGroups: readonly FieldGroup[] = optionGroups
  .map(({ title, rows }) => ({
    title,
    fields: rows.flatMap(({ name, key, kind, help }): Field[] =>
      isTrainingOption(key) ? [{ name, key, help, kind: key === "preprocess" ? preprocessKind : kind }] : [],
    ),
  }))
  .filter(({ fields }) => fields.length > 0)
  .sort((a, b) => Number(a.title === "The run") - Number(b.title === "The run"));

export const fields: readonly Field[] = fieldGroups.flatMap(({ fields }) => fields);

export function draftsOf(options: TrainingOptions): Drafts {
  const drafts = fields.map(({ key }) => [key, draftOf(options[key])]);
  return Object.fromEntries(drafts) as Drafts;
}

function draftOf(value: TrainingOptions[TrainingOptionKey]): string | boolean {
  if (typeof value === "boolean") return value;
  return value === Infinity ? "inf" : String(value);
}

export interface Reading {
  /** Null if a field is invalid, or if the options conflict. */
  readonly options: TrainingOptions | null;
  /** By field, why its content is invalid. */
  readonly problems: Readonly<Partial<Record<TrainingOptionKey, string>>>;
  /** Why the options conflict. */
  readonly conflict: string | null;
}

/** @param base supplies the options that have no field */
export function readDrafts(drafts: Drafts, base: TrainingOptions): Reading {
  const problems: Partial<Record<TrainingOptionKey, string>> = {};
  const values: Record<string, unknown> = {};
  for (const { name, key, kind } of fields) {
    const problem = refusalOf(() => {
      values[key] = valueFromText(kind, name, String(drafts[key]).trim());
    });
    if (problem !== null) problems[key] = problem;
  }
  if (Object.keys(problems).length > 0) return { options: null, problems, conflict: null };
  const options: TrainingOptions = { ...base, ...values };
  const conflict = refusalOf(() => checkTrainingOptions(options));
  return { options: conflict === null ? options : null, problems, conflict };
}

/** The message of a UserError that `action` throws; null if it succeeds. */
function refusalOf(action: () => void): string | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** The names of the options that differ, in the reference's spelling. */
export function changedNames(drafts: Drafts, base: TrainingOptions): readonly string[] {
  const before = draftsOf(base);
  return fields.filter(({ key }) => drafts[key] !== before[key]).map(({ name }) => name);
}
