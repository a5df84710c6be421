// Results that a bench keeps in a file, one JSON value a line, so that it goes on where it was
// interrupted. A line that was cut off is measured again.

import { appendFile, readFile, writeFile } from "node:fs/promises";
import * as valibot from "valibot";
import { UserError } from "../../src/errors.ts";

/** The first line says what was measured, each other one has a key and its result. */
const line = valibot.tuple([valibot.string(), valibot.unknown()]);

/** Returns what is kept under a key, or measures it and keeps it. */
export type Keep = <T>(key: string, measure: () => Promise<T> | T) => Promise<T>;

/**
 * @param file undefined to keep nothing
 * @param subject what is measured; a file about something else is refused
 */
export async function keptResults(file: string | undefined, subject: string): Promise<Keep> {
  if (file === undefined) return async (_, measure) => measure();
  const text = await readFile(file, "utf8").catch(() => "");
  // What follows the last line break was cut off.
  const lines = text.split("\n").slice(0, -1);
  if (lines.length > 0 && lines[0] !== JSON.stringify(subject))
    throw new UserError(`${file} has results of something else, ${lines[0]}; name another file.`);
  const whole = lines.length === 0 ? [JSON.stringify(subject)] : lines;
  await writeFile(file, whole.map((one) => `${one}\n`).join(""));
  const kept = new Map(whole.slice(1).map((one) => valibot.parse(line, JSON.parse(one))));
  return async <T>(key: string, measure: () => Promise<T> | T) => {
    if (kept.has(key)) return kept.get(key) as T;
    const result = await measure();
    kept.set(key, result);
    await appendFile(file, `${JSON.stringify([key, result ?? null])}\n`);
    return result;
  };
}
