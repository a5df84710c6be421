// The only way to the terminal. Names of files and texts from datasets and checkpoints can contain
// escape sequences; here they become harmless, so no command has to think of it.

import { oneLine, printableJson } from "../../printable.ts";

/** Prints lines of a result, on standard output. */
export function print(...lines: readonly string[]): void {
  for (const line of lines) console.log(oneLine(line));
}

/** Prints lines for the person at the terminal, on standard error. */
export function say(...lines: readonly string[]): void {
  for (const line of lines) console.error(oneLine(line));
}

/** Prints JSON on standard output. A parser reads exactly the values that were given. */
export function printJson(json: string): void {
  console.log(printableJson(json));
}
