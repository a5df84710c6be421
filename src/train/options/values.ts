// The kinds of option values: parsed from the text of a command line, or taken from a config file,
// and checked the same way.

import { UserError } from "../../errors.ts";

export type OptionValue = string | number | boolean | undefined;

export type OptionKind =
  | { readonly kind: "flag" }
  /** `placeholder` stands for the value in the help. */
  | { readonly kind: "text"; readonly placeholder: string }
  /** `refused` lists values that users may expect, with the reason why they do not exist. */
  | {
      readonly kind: "choice";
      readonly choices: readonly string[];
      readonly refused?: Readonly<Record<string, string>> | undefined;
    }
  | NumberKind;

export interface NumberKind {
  readonly kind: "whole" | "real";
  readonly least: number;
  /** `least` itself is not allowed. */
  readonly above?: boolean;
  /** The exclusive upper bound. */
  readonly below?: number;
  /** `inf` means all there are. */
  readonly endless?: boolean;
}

/**
 * @param spelled the option's name in messages
 * @throws UserError if the text is no value of that kind
 */
export function valueFromText(kind: OptionKind, spelled: string, text: string): OptionValue {
  switch (kind.kind) {
    case "flag":
      if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
      throw new UserError(`${spelled} is a flag: give it alone, or with true or false, not "${text}".`);
    case "text":
    case "choice":
      return checkedValue(kind, spelled, text);
    case "whole":
    case "real":
      return checkedValue(kind, spelled, numberFromText(kind, text) ?? text);
  }
}

/**
 * Accepts a JSON value.
 *
 * @throws UserError if it is no value of that kind
 */
export function checkedValue(kind: OptionKind, spelled: string, value: unknown): OptionValue {
  switch (kind.kind) {
    case "flag":
      if (typeof value === "boolean") return value;
      break;
    case "text":
      if (typeof value === "string" || typeof value === "number") return String(value);
      break;
    case "choice":
      if (typeof value === "string" && kind.choices.includes(value)) return value;
      if (typeof value === "string" && kind.refused && Object.hasOwn(kind.refused, value)) {
        throw new UserError(`${spelled} ${value}: ${kind.refused[value]}.`);
      }
      break;
    case "whole":
    case "real": {
      const number = value === "inf" ? Infinity : value;
      if (typeof number === "number" && isInRange(kind, number)) return number;
    }
  }
  throw new UserError(`${spelled} must be ${requirement(kind)}, not ${shown(value)}.`);
}

/** The allowed values, in a few words. */
export function requirement(kind: OptionKind): string {
  switch (kind.kind) {
    case "flag":
      return "true or false";
    case "text":
      return "a text";
    case "choice":
      return kind.choices.length === 1 ? kind.choices[0] : `one of ${kind.choices.join(", ")}`;
    case "whole":
    case "real": {
      const name = kind.kind === "whole" ? "a whole number" : "a number";
      const low = kind.above ? `above ${kind.least}` : `from ${kind.least}`;
      const high =
        kind.below === undefined ? "" : kind.kind === "whole" ? ` to ${kind.below - 1}` : ` and below ${kind.below}`;
      return `${name} ${low}${high}${kind.endless ? ", or inf" : ""}`;
    }
  }
}

function isInRange({ kind, least, above, below = Infinity, endless }: NumberKind, number: number): boolean {
  if (number === Infinity) return endless === true;
  const isKind = kind === "whole" ? Number.isSafeInteger(number) : Number.isFinite(number);
  return isKind && (above ? number > least : number >= least) && number < below;
}

/** As Python's int() and float() read it; undefined for anything else. */
function numberFromText({ kind }: NumberKind, text: string): number | undefined {
  if (/^\+?inf(inity)?$/i.test(text)) return Infinity;
  const pattern = kind === "whole" ? /^[+-]?\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  return pattern.test(text) ? Number(text) : undefined;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Python's str() of the value. */
export function pythonText({ kind }: OptionKind, value: OptionValue): string {
  if (value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return value;
  if (value === Infinity) return "inf";
  return kind === "real" ? pythonFloat(value) : String(value);
}

/**
 * The fewest digits that give the same number, as in JavaScript, but with exponents below 1e-4 and
 * from 1e16.
 */
function pythonFloat(value: number): string {
  const [digits, exponent] = value.toExponential().split("e");
  const power = Number(exponent);
  if (value === 0 || (power >= -4 && power < 16)) return Number.isInteger(value) ? `${value}.0` : String(value);
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** The name closest to what was typed, if at most a third of it differs. */
export function nearestName(typed: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(typed.toLowerCase(), name.toLowerCase());
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}

/** The edit distance: letters to insert, delete or replace (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
