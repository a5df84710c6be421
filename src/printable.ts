// Makes text from an untrusted file fit for a message: short, and without characters that could
// move a terminal's cursor or reorder a line.

const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** At most 120 characters of the text, with unprintable ones shown as "?". */
export function printable(text: string): string {
  const short = text.length > 120 ? `${text.slice(0, 117)}...` : text;
  return short.replace(unprintable, "?");
}

/** Whether `printable` would show every character of the text. */
export function isPrintable(text: string): boolean {
  return text.search(unprintable) < 0;
}
