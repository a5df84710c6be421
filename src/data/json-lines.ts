// JSON lines: one value a line. A table of them can be added to without reading it, so it is also how a long run keeps a journal; a kill may cut the
// journal in the middle of a line.

/** Each value on a line of its own. */
export function jsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

/** The values of a journal, unchecked. A line that is no JSON, as one that was cut by a kill, is passed over. */
export function journalled<T>(text: string): T[] {
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as T];
    } catch {
      return [];
    }
  });
}
