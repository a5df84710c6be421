// Merges the tables of an audit's parts. Each part has the tables' order and everything needed to
// find duplicates. So the parts are read in parallel, one line of each at a time, and the result
// has the same bytes as an undivided audit.

import { open, stat, type FileHandle } from "node:fs/promises";
import { resolve } from "node:path";
import { parseRow, type AuditRow } from "../../../dataset/audit/row.ts";
import { naming, UserError } from "../../../errors.ts";
import { systemReason } from "../../../platform/files/files.node.ts";
import { linesPathOf, writeTables, type TableSummary } from "./tables.ts";

/**
 * @param parts tables, by the names of their CSVs or of their JSON lines
 * @param csv the table to write; its JSON lines are beside it
 * @throws UserError if a part is not an audit's table, has another version or another part's
 * pictures, or is missing
 */
export async function mergeAudits(parts: readonly string[], csv: string): Promise<TableSummary> {
  const paths = parts.map((part) => (/\.csv$/i.test(part) ? linesPathOf(part) : part));
  const same = paths.find((path) => resolve(path) === resolve(linesPathOf(csv)));
  if (same !== undefined) throw new UserError(`${same} is one of the parts: name another table with --csv.`);
  const readers: PartReader[] = [];
  try {
    for (const [i, path] of paths.entries()) readers.push(await PartReader.open(path, parts[i]));
    return await writeTables(resolve(csv), merged(readers));
  } finally {
    for (const reader of readers) await reader.close();
  }
}

async function* merged(readers: readonly PartReader[]): AsyncGenerator<string> {
  const left = new Set(readers);
  for (const reader of readers) if (!(await reader.next())) left.delete(reader);
  requireAllParts([...left], readers.length - left.size);
  let one: PartReader | undefined;
  let version: number | undefined;
  let last: { readonly file: string; readonly path: string } | undefined;
  while (left.size > 0) {
    const [first] = [...left].sort((a, b) => (a.file < b.file ? -1 : 1));
    const { file, path, line } = first;
    if (file === last?.file)
      throw new UserError(`${file} is in ${last.path} and in ${path}: name each part of an audit once.`);
    if (one && first.version !== version)
      throw new UserError(
        `${path} was written by another version of dataset audit than ${one.path}: audit both again.`,
      );
    [one, version] = [first, first.version];
    yield line;
    last = { file, path };
    if (!(await first.next())) left.delete(first);
  }
}

/** @param empty the number of tables without rows, from parts that have no pictures */
function requireAllParts(readers: readonly PartReader[], empty: number): void {
  const indices = new Map<number, Set<number>>();
  for (const { part } of readers) {
    if (!part) continue;
    const [index, count] = part;
    indices.set(count, (indices.get(count) ?? new Set()).add(index));
  }
  for (const [count, there] of indices) {
    const missing = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !there.has(index));
    if (missing.length > empty)
      throw new UserError(
        `Of the ${count} parts of an audit, ${missing.length > 1 ? "these are" : "this is"} missing: ${missing.join(", ")}. Name the tables of all parts.`,
      );
  }
}

/** The rows of a part, one at a time. */
class PartReader {
  line = "";
  file = "";
  version: number | undefined;
  part: AuditRow["part"];
  readonly #lines: AsyncIterator<string>;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {
    this.#lines = handle.readLines({ autoClose: false })[Symbol.asyncIterator]();
  }

  /** @param named the table as the user named it, perhaps the CSV beside the JSON lines */
  static async open(path: string, named: string): Promise<PartReader> {
    const handle = await open(path).catch(async (error: unknown) => {
      const isAlone =
        path !== named &&
        (await stat(named)
          .then(() => true)
          .catch(() => false));
      throw new UserError(
        isAlone
          ? `${named} cannot be merged without ${path}, which dataset audit writes beside it and which has what finds duplicates (${systemReason(error)}). Put both into one folder.`
          : `${named}: ${systemReason(error)}.`,
      );
    });
    return new PartReader(path, handle);
  }

  /** @returns whether there is a row */
  async next(): Promise<boolean> {
    const { value, done } = await this.#lines.next();
    if (done) return false;
    const { part, ...row } = naming(this.path, () => parseRow(value));
    const { file, version } = row;
    if (this.line !== "" && file <= this.file)
      throw new UserError(`${this.path}: its rows are not in the order that dataset audit writes them in.`);
    // The merged table belongs to no part.
    [this.line, this.file, this.version, this.part] = [JSON.stringify(row), file, version, part];
    return true;
  }

  async close(): Promise<void> {
    await this.#lines.return?.();
    await this.handle.close();
  }
}
