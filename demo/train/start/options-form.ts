// The form of all training options as a model without a page: what each field holds as text, and what that makes together. Names, ranges and
// help are those of the command line (src/train/options/table.ts), so they are declared once.

import { preprocessModes } from "../../../src/data/preprocess.ts";
import { UserError } from "../../../src/errors.ts";
import {
  checkTrainingOptions,
  defaultTrainingOptions,
  type TrainingOptions,
} from "../../../src/train/options/options.ts";
import { optionGroups, type OptionKey } from "../../../src/train/options/table.ts";
import { valueFromText, type OptionKind } from "../../../src/train/options/values.ts";

export type TrainingOptionKey = keyof TrainingOptions & OptionKey;

export interface Field {
  /** As the reference spells it. */
  readonly name: string;
  readonly key: TrainingOptionKey;
  readonly kind: OptionKind;
  readonly help: string;
}

export interface FieldGroup {
  readonly title: string;
  readonly fields: readonly Field[];
}

/** What the fields hold: true or false where there is a box to tick, else the text. */
export type Drafts = Readonly<Record<TrainingOptionKey, string | boolean>>;

const isTrainingOption = (key: OptionKey): key is TrainingOptionKey => Object.hasOwn(defaultTrainingOptions, key);

/** On a command line a text, since the reference takes any that contains certain words; here a choice among those that it names. */
const preprocessKind: OptionKind = { kind: "choice", choices: preprocessModes };

/** The groups of the command line that have options of the training itself; what belongs to the run as a whole comes last. */
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
  /** What was read; null where a field holds what it may not, or where the options do not go together. */
  readonly options: TrainingOptions | null;
  /** By field, why what it holds will not do. */
  readonly problems: Readonly<Partial<Record<TrainingOptionKey, string>>>;
  /** Why the options do not go together. */
  readonly conflict: string | null;
}

/** @param base has what no field is for */
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

/** What a user did wrong, in the words of whoever found it; null where nothing was. */
function refusalOf(action: () => void): string | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** The names of the options that differ, as the reference spells them. */
export function changedNames(drafts: Drafts, base: TrainingOptions): readonly string[] {
  const before = draftsOf(base);
  return fields.filter(({ key }) => drafts[key] !== before[key]).map(({ name }) => name);
}
