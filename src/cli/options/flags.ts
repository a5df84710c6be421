// Spells options in sentences as users type them: those of training like the reference,
// `--crop_size`, all others with hyphens.

import { partsOf } from "../../option-names.ts";
import { optionRows } from "../../train/options/table.ts";

const names = new Map<string, string>([...optionRows.values()].map(({ key, name }) => [key, name]));

/** The sentence, with `--crop_size` for the key `cropSize`. */
export function withFlags(sentence: string): string {
  return partsOf(sentence)
    .map((part, index) => (index % 2 === 1 ? `--${names.get(part) ?? dashed(part)}` : part))
    .join("");
}

function dashed(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
