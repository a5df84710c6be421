// The facts in the tables of folders and archives about the pictures listed there. A table that
// cannot be read is reported, and the pictures are still used.

import { dirname, join, sep } from "node:path";
import { asyncBufferFromFile, parquetMetadataAsync, parquetScan, parquetSchema } from "hyparquet";
import {
  factColumns,
  factsIn,
  factsInPrompts,
  factsInTable,
  fileColumns,
  nsfwColumns,
  parquetName,
  promptsName,
  tableNames,
  type PictureFacts,
} from "../../dataset/sources/facts.ts";
import { UserError, withoutFullStop } from "../../errors.ts";

/**
 * Pictures are identified by their place: their path or, in an archive, its path followed by the
 * member's name.
 */
export class FactsOfTables {
  /** A sentence for each table that could not be read. */
  readonly unread: string[] = [];
  readonly #facts = new Map<string, PictureFacts>();
  readonly #parquets = new Set<string>();

  /**
   * Reads the tables among the files of a folder, or of a folder in an archive.
   *
   * @param folder the folder's place
   */
  async add(folder: string, names: ReadonlySet<string>, read: (name: string) => Promise<Uint8Array>): Promise<void> {
    const prompts = [...names].filter((name) => promptsName.test(name)).sort();
    for (const name of [...prompts, ...tableNames.filter((name) => names.has(name))]) {
      const place = join(folder, name);
      await this.#telling(place, async () => {
        const text = new TextDecoder().decode(await read(name));
        const found = promptsName.test(name) ? factsInPrompts(text) : factsInTable(name, text);
        for (const [file, facts] of found) this.#add(join(folder, file), facts);
      });
    }
  }

  /**
   * DiffusionDB's table of all its parts, or an image folder's table. It must be a file, since it
   * is read in pieces.
   */
  addParquets(folder: string, names: ReadonlySet<string>): void {
    for (const name of names) if (parquetName.test(name)) this.#parquets.add(join(folder, name));
  }

  /** Looks up the pictures of a listing in the tables that are too large for memory. */
  async readParquets(places: readonly string[]): Promise<void> {
    for (const path of this.#parquets)
      await this.#telling(path, async () => {
        const below = `${dirname(path)}${sep}`;
        const wanted = new Map<string, string[]>();
        for (const place of places.filter((place) => place.startsWith(below))) {
          const file = place.slice(below.length).split(sep).join("/");
          // DiffusionDB's names are unique across all its parts.
          for (const name of new Set([file, file.slice(file.lastIndexOf("/") + 1)]))
            wanted.set(name, [...(wanted.get(name) ?? []), place]);
        }
        for await (const [file, facts] of factsInParquet(path, (file) => wanted.has(file)))
          for (const place of wanted.get(file)!) this.#facts.set(place, { ...facts, ...this.#facts.get(place) });
      });
  }

  of(place: string): PictureFacts | undefined {
    return this.#facts.get(place);
  }

  #add(place: string, facts: PictureFacts) {
    this.#facts.set(place, { ...this.#facts.get(place), ...facts });
  }

  async #telling(place: string, read: () => Promise<void>) {
    try {
      await read();
    } catch (error) {
      const reason = withoutFullStop(error instanceof Error ? error.message : String(error));
      this.unread.push(`${reason.startsWith(place) ? "" : `${place}: `}${reason}. Its contents were ignored.`);
    }
  }
}

/**
 * Facts by file. DiffusionDB's table has two million rows. One column of a row group is in memory
 * at a time, and after the first column only wanted rows are kept.
 */
async function* factsInParquet(
  path: string,
  isWanted: (file: string) => boolean,
): AsyncGenerator<[string, PictureFacts]> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const there = new Set(parquetSchema(metadata).children.map(({ element }) => element.name));
  const fileColumn = fileColumns.find((column) => there.has(column));
  if (fileColumn === undefined) throw new UserError(`it has none of the columns ${fileColumns.join(", ")}.`);
  // DiffusionDB's prompts are in its parts' own files.
  const others = fileColumn === "image_name" ? nsfwColumns : factColumns.filter((column) => column !== fileColumn);
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    const read = async (column: string) => {
      // A scan keeps what it has read, so each column has its own scan.
      const scan = await parquetScan({ file, metadata, columns: [column] });
      return scan.readColumn({ column, rowStart, rowEnd });
    };
    const rows = new Map<number, Record<string, unknown>>();
    for (const [i, value] of (await read(fileColumn)).entries())
      if (typeof value === "string" && isWanted(value)) rows.set(i, { [fileColumn]: value });
    for (const column of others.filter((column) => there.has(column) && rows.size > 0)) {
      const values = await read(column);
      for (const [i, row] of rows) row[column] = values[i];
    }
    for (const row of rows.values()) yield [row[fileColumn] as string, factsIn(row)];
    rowStart = rowEnd;
  }
}
