// How messages name options. The command line writes `--crop_size`, the page names a field, and a
// program uses `cropSize`. Most rooms do not know who will read a message. So they name an option
// by its key, as code, and each front end rewrites the key for its readers.

/**
 * An option in a sentence: `cropSize`, or `cropSize` 256. A room limits the keys to those that it
 * has: `nameOption<"cropSize">`.
 */
export function nameOption<Key extends string>(key: Key, value?: string | number): string {
  return value === undefined ? `\`${key}\`` : `\`${key}\` ${value}`;
}

/** Splits a sentence into text and the keys of options, which are at the odd indices. */
export function partsOf(sentence: string): readonly string[] {
  return sentence.split(/`([A-Za-z]\w*)`/);
}
