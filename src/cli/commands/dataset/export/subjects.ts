// Finds what is known about pictures: captions, licences, verdicts. The sources are files of the
// same stem, tables in the folder, the manifest of `dataset prepare`, DiffusionDB's lists of
// prompts, and the names of files and folders.

import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { cleanCaption, subjectOfName } from "../../../../dataset/export/caption.ts";
import {
  factsInFile,
  factsInPrompts,
  factsInTable,
  fileColumns,
  namesBeside,
  promptsName,
  tableNames,
  type PictureFacts,
} from "../../../../dataset/sources/facts.ts";
import { naming, UserError } from "../../../../errors.ts";
import { readFileBytes } from "../../../../platform/files/files.node.ts";

export const subjectSources = ["sidecar", "table", "prompts", "captioner", "folder", "name"] as const;

/** A source for what a picture shows. */
export type SubjectSource = (typeof subjectSources)[number];

export interface Subject {
  readonly text: string;
  readonly from: SubjectSource;
}

export class Subjects {
  private readonly prompts = new Map<string, Promise<ReadonlyMap<string, PictureFacts>>>();

  private constructor(
    private readonly folder: string,
    private readonly rows: ReadonlyMap<string, PictureFacts>,
  ) {}

  /**
   * @param folder the pictures' folder
   * @param table a file of captions, CSV or JSON lines, in addition to the tables in the folder or
   * its parent
   * @throws UserError if a table cannot be read, or names no files
   */
  static async open(folder: string, table?: string): Promise<Subjects> {
    const rows = new Map<string, PictureFacts>();
    const add = (found: ReadonlyMap<string, PictureFacts>, prefix = "") => {
      for (const [file, facts] of found) {
        if (!file.startsWith(prefix)) continue;
        const below = file.slice(prefix.length);
        rows.set(below, { ...rows.get(below), ...facts });
      }
    };
    // `dataset prepare` writes its tables above its folders of pictures.
    for (const [above, prefix] of [
      [dirname(folder), `${basename(folder)}/`],
      [folder, ""],
    ])
      for (const name of tableNames) {
        const path = join(above, name);
        const isThere = await stat(path).then(
          (status) => status.isFile(),
          () => false,
        );
        if (isThere) add(await readTable(path), prefix);
      }
    if (table !== undefined) {
      const told = await readTable(table);
      if (told.size === 0)
        throw new UserError(`${table}: it names no pictures; it needs a column ${fileColumns.join(" or ")}.`);
      add(told);
    }
    return new Subjects(folder, rows);
  }

  /** @param below the picture's path relative to the folder, with `/` */
  async facts(below: string): Promise<PictureFacts> {
    return { ...this.rows.get(below), ...(await this.beside(below)) };
  }

  /** The first source with a result wins; `ask` queries `captioner`. */
  async of(
    below: string,
    sources: readonly SubjectSource[],
    ask: (() => Promise<string>) | undefined,
  ): Promise<Subject | undefined> {
    for (const from of sources) {
      const text = from === "captioner" ? await ask?.() : await this.told(below, from);
      const cleaned = text === undefined ? "" : cleanCaption(text);
      if (cleaned !== "") return { text: cleaned, from };
    }
    return undefined;
  }

  private async told(below: string, from: Exclude<SubjectSource, "captioner">): Promise<string | undefined> {
    switch (from) {
      case "sidecar":
        return (await this.beside(below)).text;
      case "table":
        return this.rows.get(below)?.text;
      case "prompts":
        return (await this.promptsIn(dirname(join(this.folder, below)))).get(basename(below))?.text;
      case "folder":
        return subjectOfName(dirname(below) === "." ? basename(this.folder) : basename(dirname(below)));
      case "name":
        return subjectOfName(basename(below, extname(below)));
    }
  }

  /** From the files about this picture alone. */
  private async beside(below: string): Promise<PictureFacts> {
    let facts: PictureFacts = {};
    for (const name of namesBeside(join(this.folder, below))) {
      const text = await readFile(name, "utf8").catch(() => "");
      facts = { ...facts, ...factsInFile(name, text) };
    }
    return facts;
  }

  /** DiffusionDB's prompts for the part in a folder. */
  private promptsIn(folder: string): Promise<ReadonlyMap<string, PictureFacts>> {
    let found = this.prompts.get(folder);
    if (!found) this.prompts.set(folder, (found = readPrompts(folder)));
    return found;
  }
}

async function readPrompts(folder: string): Promise<ReadonlyMap<string, PictureFacts>> {
  const names = (await readdir(folder)).filter((name) => promptsName.test(name)).sort();
  const found = new Map<string, PictureFacts>();
  for (const name of names)
    for (const [file, facts] of await readBy(join(folder, name), factsInPrompts)) found.set(file, facts);
  return found;
}

/**
 * Facts by the pictures' files.
 *
 * @throws UserError prefixed with the path
 */
function readTable(path: string): Promise<Map<string, PictureFacts>> {
  return readBy(path, (text) => factsInTable(path, text));
}

async function readBy<Result>(path: string, read: (text: string) => Result): Promise<Result> {
  const text = new TextDecoder().decode(await readFileBytes(path));
  return naming(path, () => read(text));
}
