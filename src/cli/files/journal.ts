// A file that a long run adds lines to, and that the next run goes on with.

import { appendFile, readFile } from "node:fs/promises";

/** Makes a journal; in one that is there, ends a line that a kill has cut, or the next one would be lost with it. */
export async function openJournal(path: string): Promise<void> {
  const text = await readFile(path, "utf8").catch(() => "");
  await appendFile(path, text === "" || text.endsWith("\n") ? "" : "\n");
}
