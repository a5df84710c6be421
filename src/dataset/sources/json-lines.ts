// JSON lines: the format of a set's tables, and of the journal of a set that is being written.
// Killed runs leave lines that contradict each other and a truncated last line. The functions here
// work out which lines still hold.

/** One value per line. */
export function jsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

/** In order. Lines that are not JSON, such as one that a kill truncated, are skipped. */
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
 * The lines of successive runs that no later line contradicts: those that are the last to mention
 * each of their names.
 *
 * @param namesOf the names that a line is about, such as a source and the files made from it
 */
export function lastLines<Line>(lines: readonly Line[], namesOf: (line: Line) => readonly string[]): Line[] {
  const last = new Map<string, Line>();
  for (const line of lines) for (const name of namesOf(line)) last.set(name, line);
  return lines.filter((line) => namesOf(line).every((name) => last.get(name) === line));
}
