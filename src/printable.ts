// Makes text from an untrusted file fit for a terminal: without characters that could move its
// cursor, change its colours or reorder a line.

/** All but the two joiners, which only shape emoji and letters. */
const unprintable = /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** One line of text, with unprintable characters and line breaks shown as "?". */
export function oneLine(text: string): string {
  return text.replace(unprintable, "?");
}

/** At most 120 characters of the text, as `oneLine` shows them; for a name within a message. */
export function printable(text: string): string {
  return oneLine(text.length > 120 ? `${text.slice(0, 117)}...` : text);
}

/** Whether `oneLine` would show every character of the text. */
export function isPrintable(text: string): boolean {
  return text.search(unprintable) < 0;
}

/** The same JSON, with its unprintable characters escaped; line breaks between values stay. */
export function printableJson(json: string): string {
  return json.replace(unprintable, (character) =>
    character === "\n"
      ? character
      : character
          .split("")
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
          .join(""),
  );
}
