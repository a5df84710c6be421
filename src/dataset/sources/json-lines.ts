// JSON lines: what a set's tables are, and the journal of one that is being written. Runs that were
// killed leave lines that contradict each other, the last cut short; what still holds is worked out
// here.

/** Each on a line of its own. */
export function jsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

/** In their order; what is no JSON, such as a line that was cut short by a kill, is passed over. */
export function parseJsonLines(text: string): unknown[] {
  return text.split("\n").flatMap((line): unknown[] => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

/**
 * Of what runs wrote down one after the other, that which no later line contradicts: the lines that
 * are the last to have each of their names.
 *
 * @param namesOf of what a line says something, such as a source and the files that were made of it
 */
export function lastLines<Line>(lines: readonly Line[], namesOf: (line: Line) => readonly string[]): Line[] {
  const last = new Map<string, Line>();
  for (const line of lines) for (const name of namesOf(line)) last.set(name, line);
  return lines.filter((line) => namesOf(line).every((name) => last.get(name) === line));
}
