// What stands beside pictures: captions, licences, verdicts. In a file of the same stem, in a table of the folder, in the manifest of `dataset
// prepare`, in DiffusionDB's lists of prompts, and in the names of files and folders themselves.

import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import Papa from "papaparse";
import { cleanCaption, subjectOfName } from "../../../../dataset/export/caption.ts";
import { UserError } from "../../../../errors.ts";
import { readFileBytes } from "../../../../platform/files.node.ts";

export const subjectSources = ["sidecar", "table", "prompts", "captioner", "folder", "name"] as const;

/** Where it is told what is to be seen in a picture. */
export type SubjectSource = (typeof subjectSources)[number];

export interface Subject {
  readonly text: string;
  readonly from: SubjectSource;
}

/** What a row of a table says of a picture. */
export interface PictureFacts {
  readonly text?: string;
  readonly licence?: string;
  readonly origin?: string;
  readonly verdict?: string;
  /** Pixels along a cell's side. */
  readonly cell?: number;
}

const tableNames = ["manifest.jsonl", "metadata.jsonl", "metadata.csv", "manifest.csv"];

const columns: Readonly<Record<"file" | "text" | "licence" | "origin" | "verdict" | "cell", readonly string[]>> = {
  file: ["file_name", "file", "filename", "image", "path"],
  text: ["text", "caption", "prompt"],
  licence: ["licence", "license"],
  origin: ["source", "origin", "url"],
  verdict: ["verdict"],
  cell: ["cell"],
};

export class Subjects {
  private readonly prompts = new Map<string, Promise<ReadonlyMap<string, string>>>();

  private constructor(
    private readonly folder: string,
    private readonly rows: ReadonlyMap<string, PictureFacts>,
  ) {}

  /**
   * @param folder the pictures'
   * @param table a file of captions, CSV or JSON lines; besides it those that lie in the folder, or in the one above it, are read
   * @throws UserError where a table cannot be read, or names no files
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
    // What prepare writes lies above its folders of pictures.
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
        throw new UserError(`${table}: it names no pictures; it needs a column ${columns.file.join(" or ")}.`);
      add(told);
    }
    return new Subjects(folder, rows);
  }

  /** @param below the picture's path below the folder, with `/` */
  facts(below: string): PictureFacts {
    return this.rows.get(below) ?? {};
  }

  /** The first of the sources that says something; `captioner` is asked by `ask`. */
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
        return this.sidecar(below);
      case "table":
        return this.rows.get(below)?.text;
      case "prompts":
        return (await this.promptsIn(dirname(join(this.folder, below)))).get(basename(below));
      case "folder":
        return subjectOfName(dirname(below) === "." ? basename(this.folder) : basename(dirname(below)));
      case "name":
        return subjectOfName(basename(below, extname(below)));
    }
  }

  /** The first line that says something of the file beside the picture. */
  private async sidecar(below: string): Promise<string | undefined> {
    const path = join(this.folder, below);
    for (const extension of [".txt", ".caption"]) {
      const text = await readFile(path.slice(0, path.length - extname(path).length) + extension, "utf8").catch(
        () => undefined,
      );
      const line = text?.split(/\r?\n/).find((line) => line.trim() !== "");
      if (line !== undefined) return line;
    }
    return undefined;
  }

  /** DiffusionDB's, of the part that lies in a folder: the prompt `p` of each file. */
  private promptsIn(folder: string): Promise<ReadonlyMap<string, string>> {
    let found = this.prompts.get(folder);
    if (!found) this.prompts.set(folder, (found = readPrompts(folder)));
    return found;
  }
}

async function readPrompts(folder: string): Promise<ReadonlyMap<string, string>> {
  const prompts = new Map<string, string>();
  const names = (await readdir(folder)).filter((name) => /^part-\d{6}\.json$/.test(name)).sort();
  for (const name of names) {
    const path = join(folder, name);
    let parsed: unknown;
    try {
      parsed = JSON.parse(new TextDecoder().decode(await readFileBytes(path)));
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`${path}: it is no JSON; take it away, or download DiffusionDB's part again.`);
    }
    for (const [file, facts] of Object.entries(parsed ?? {})) {
      const prompt = (facts as { p?: unknown } | null)?.p;
      if (typeof prompt === "string") prompts.set(file, prompt);
    }
  }
  return prompts;
}

/** Rows by their file. @throws UserError with the path in front */
async function readTable(path: string): Promise<Map<string, PictureFacts>> {
  const text = new TextDecoder().decode(await readFileBytes(path)).replace(/^\ufeff/, "");
  const rows = extname(path).toLowerCase() === ".csv" ? csvRows(text) : jsonRows(text, path);
  const found = new Map<string, PictureFacts>();
  for (const row of rows) {
    const value = (key: keyof typeof columns) =>
      columns[key].map((name) => row[name]).find((value) => value !== undefined);
    const words = (key: keyof typeof columns) => {
      const said = value(key);
      return typeof said === "string" && said.trim() !== "" ? said : undefined;
    };
    const file = words("file");
    if (file === undefined) continue;
    const cell = Number(value("cell"));
    found.set(file.replace(/^\.\//, ""), {
      ...defined("text", words("text")),
      ...defined("licence", words("licence")),
      ...defined("origin", words("origin")),
      ...defined("verdict", words("verdict")),
      ...defined("cell", Number.isInteger(cell) && cell > 0 ? cell : undefined),
    });
  }
  return found;
}

function defined<Key extends string, Value>(key: Key, value: Value | undefined): { [key in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { [key in Key]?: Value };
}

type Row = Readonly<Record<string, unknown>>;

function csvRows(text: string): readonly Row[] {
  return Papa.parse<Row>(text, { header: true, skipEmptyLines: true }).data;
}

function jsonRows(text: string, path: string): readonly Row[] {
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch {
      row = undefined;
    }
    if (typeof row !== "object" || row === null)
      throw new UserError(`${path}: line ${i + 1} is no JSON object; tables are CSV (.csv) or JSON lines.`);
    return [row as Row];
  });
}
