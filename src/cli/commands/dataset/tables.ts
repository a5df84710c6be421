// Writes the two tables of an audit from its rows as they arrive. Memory holds only what finds
// duplicates.

import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { DuplicateFinder } from "../../../dataset/audit/duplicates.ts";
import { auditColumns, csvLine, csvValues, parseRow, verdicts, type AuditVerdict } from "../../../dataset/audit/row.ts";

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
 */
export async function writeTables(csv: string, lines: AsyncIterable<string>): Promise<TableSummary> {
  const paths = [csv, linesPathOf(csv)];
  const files = [await open(`${paths[0]}.part`, "w"), await open(`${paths[1]}.part`, "w")];
  const finder = new DuplicateFinder();
  const counts = noCounts();
  let duplicates = 0;
  try {
    const [table, all] = files.map((file) => new Writing(file));
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
    for (const writing of [table, all]) await writing.flush();
    for (const file of files) await file.sync();
  } catch (error) {
    for (const path of paths) await rm(`${path}.part`, { force: true });
    throw error;
  } finally {
    for (const file of files) await file.close();
  }
  for (const path of paths) await rename(`${path}.part`, path);
  return { counts, duplicates };
}

/** Buffers the text and writes it in larger pieces. */
class Writing {
  #text = "";

  constructor(private readonly file: FileHandle) {}

  async add(text: string) {
    this.#text += text;
    if (this.#text.length > 2 ** 16) await this.flush();
  }

  async flush() {
    await this.file.appendFile(this.#text);
    this.#text = "";
  }
}
