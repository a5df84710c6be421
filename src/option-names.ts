// How sentences name options. A command line has them as `--crop_size`, a page as a field, a program as `cropSize`, and most rooms do not
// know which of these somebody reads. So they name an option by its key, as code, and who shows a sentence spells the keys.

/** An option in a sentence: `cropSize`, or `cropSize` 256. A room names the keys that it knows: `nameOption<"cropSize">`. */
export function nameOption<Key extends string>(key: Key, value?: string | number): string {
  return value === undefined ? `\`${key}\`` : `\`${key}\` ${value}`;
}

/** A sentence in parts: words, and at each odd place the key of an option. */
export function partsOf(sentence: string): readonly string[] {
  return sentence.split(/`([A-Za-z]\w*)`/);
}
