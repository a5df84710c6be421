// Options as the reference writes them: the block that a run prints and keeps as `train_opt.txt`,
// and `--suffix`, in which `{netG}` stands for the option of that name. Values look as Python's
// str() shows them.

import { UserError } from "../../errors.ts";
import { option } from "./option.ts";
import type { TrainingOptions } from "./options.ts";
import { constantOptions, defaultOptions, optionRows, type RunOptions } from "./table.ts";
import { pythonText, type OptionValue } from "./values.ts";

/**
 * The block, sorted by name, with a newline after the last line: the whole file. Values other than
 * the default are marked.
 */
export function optionsText(run: RunOptions, training: TrainingOptions): string {
  const values: Record<string, OptionValue> = { ...constantOptions, ...run, ...training };
  const lines = [...optionRows.values()].map(({ name, key, kind }) =>
    optionLine(name, pythonText(kind, values[key]), pythonText(kind, defaultOptions[key])),
  );
  // The reference's own marker for training or test options.
  lines.push(optionLine("isTrain", "True", "None"));
  lines.sort((a, b) => (a.trimStart() < b.trimStart() ? -1 : 1));
  return ["----------------- Options ---------------", ...lines, "----------------- End -------------------", ""].join(
    "\n",
  );
}

function optionLine(name: string, value: string, standard: string): string {
  const changed = value === standard ? "" : `\t[default: ${standard}]`;
  return `${name.padStart(25)}: ${value.padEnd(30)}${changed}`;
}

/**
 * Replaces options' names by their values, as Python's str.format does; `{{` and `}}` stand for
 * braces.
 *
 * @throws UserError for a name that is not an option, and for the rest of the format language
 */
export function formatSuffix(suffix: string, values: Readonly<Record<string, OptionValue>>): string {
  return suffix.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (part, name: string | undefined) => {
    if (part === "{{" || part === "}}") return part[0];
    if (name === undefined)
      throw new UserError(`${option("suffix", suffix)}: a brace is unbalanced; write {{ and }} for literal braces.`);
    const row = optionRows.get(name);
    if (!row) throw new UserError(`${option("suffix", suffix)}: there is no option called "${name}"; {netG} is one.`);
    return pythonText(row.kind, values[row.key]);
  });
}
