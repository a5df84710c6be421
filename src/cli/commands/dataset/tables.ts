// Writes the two tables of an audit from its rows as they arrive. Memory holds only what finds
// duplicates.

import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { DuplicateFinder } from "../../../dataset/audit/duplicates.ts";
import { auditColumns, csvLine, csvValues, parseRow, verdicts, type AuditVerdict } from "../../../dataset/audit/row.ts";
import { writingFailure } from "../../../platform/files/files.node.ts";

export interface TableSummary {
  readonly counts: Readonly<Record<AuditVerdict, number>>;
  readonly duplicates: number;
}

export function noCounts(): Record<AuditVerdict, number> {
  return Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<AuditVerdict, number>;
}

/** The JSON lines beside a CSV. */
export function linesPathOf(csv: string): string {
  return `${csv.replace(/\.csv$/i, "")}.jsonl`;
}

/**
 * @param csv the table's path; each table is replaced atomically once it is complete
 * @param lines rows as JSON, in the tables' order
 * @throws UserError if a table cannot be written
 */
export async function writeTables(csv: string, lines: AsyncIterable<string>): Promise<TableSummary> {
  const tables: NewTable[] = [];
  const finder = new DuplicateFinder();
  const counts = noCounts();
  let duplicates = 0;
  try {
    for (const path of [csv, linesPathOf(csv)]) tables.push(await NewTable.open(path));
    const [table, all] = tables;
    await table.add(csvLine(auditColumns));
    for await (const line of lines) {
      const { duplicateOf: _, duplicateKind: __, ...alone } = parseRow(line);
      const like = finder.add(alone.file, alone.print);
      const row = { ...alone, duplicateOf: like?.file, duplicateKind: like?.kind };
      counts[row.verdict]++;
      if (like) duplicates++;
      await table.add(csvLine(csvValues(row)));
      await all.add(`${JSON.stringify(row)}\n`);
    }
    for (const table of tables) await table.complete();
    for (const table of tables) await table.replace();
  } finally {
    for (const table of tables) await table.remove();
  }
  return { counts, duplicates };
}

/** A table beside the one that it replaces. It buffers the text and writes it in larger pieces. */
class NewTable {
  #text = "";

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  static open(path: string): Promise<NewTable> {
    return writing(path, async () => {
      await rm(partOf(path), { force: true });
      return new NewTable(path, await open(partOf(path), "wx"));
    });
  }

  async add(text: string): Promise<void> {
    this.#text += text;
    if (this.#text.length > 2 ** 16) await this.flush();
  }

  async complete(): Promise<void> {
    await this.flush();
    await writing(this.path, () => this.file.sync());
  }

  replace(): Promise<void> {
    return writing(this.path, () => rename(partOf(this.path), this.path));
  }

  /** Removes what did not replace the table. */
  async remove(): Promise<void> {
    await this.file.close();
    await rm(partOf(this.path), { force: true });
  }

  private async flush(): Promise<void> {
    await writing(this.path, () => this.file.appendFile(this.#text));
    this.#text = "";
  }
}

function partOf(path: string): string {
  return `${path}.part`;
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw writingFailure(path, error);
  }
}
