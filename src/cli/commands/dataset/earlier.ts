// Looks up the rows of an earlier audit, so that unchanged pictures are not judged again. Both
// lists have the tables' order, so the table is read in parallel, once, with one line in memory.

import { open, type FileHandle } from "node:fs/promises";
import { compareFiles, parseRow, type AuditRow } from "../../../dataset/audit/row.ts";
import { UserError } from "../../../errors.ts";

export class EarlierRows {
  readonly #lines: AsyncIterator<string> | undefined;
  #row: AuditRow | undefined;

  private constructor(private readonly file: FileHandle | undefined) {
    this.#lines = file?.readLines({ autoClose: false })[Symbol.asyncIterator]();
  }

  /** @param path the JSON lines of an audit; a table that cannot be opened counts as empty */
  static async open(path: string): Promise<EarlierRows> {
    return new EarlierRows(await open(path).catch(() => undefined));
  }

  /** The file's row. Successive calls must ask for files in the table's order. */
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

/** A table with a damaged end still yields its other rows. */
function rowIn(line: string): AuditRow | undefined {
  try {
    return parseRow(line);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
