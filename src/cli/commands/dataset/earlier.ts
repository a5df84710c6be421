// What an earlier audit found, so that a picture that has not changed is not judged again. Both lists are in the tables' order: the table is read
// alongside, once, and memory holds a line of it.

import { open, type FileHandle } from "node:fs/promises";
import { compareFiles, parseRow, type AuditRow } from "../../../dataset/audit/row.ts";
import { UserError } from "../../../errors.ts";

export class EarlierRows {
  readonly #lines: AsyncIterator<string> | undefined;
  #row: AuditRow | undefined;

  private constructor(private readonly file: FileHandle | undefined) {
    this.#lines = file?.readLines({ autoClose: false })[Symbol.asyncIterator]();
  }

  /** @param path the JSON lines of an audit; a table that cannot be opened has nothing to tell */
  static async open(path: string): Promise<EarlierRows> {
    return new EarlierRows(await open(path).catch(() => undefined));
  }

  /** Its row; each call asks for a file behind the last one's. */
  async find(file: string): Promise<AuditRow | undefined> {
    while (!this.#row || compareFiles(this.#row, { file }) < 0) {
      const next = await this.#lines?.next();
      if (!next || next.done) return undefined;
      this.#row = rowIn(next.value) ?? this.#row;
    }
    return this.#row.file === file ? this.#row : undefined;
  }

  async close(): Promise<void> {
    await this.#lines?.return?.();
    await this.file?.close();
  }
}

/** A table whose end is lost still tells of the others. */
function rowIn(line: string): AuditRow | undefined {
  try {
    return parseRow(line);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
