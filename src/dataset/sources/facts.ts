// Facts about pictures from files beside them: tables of image folders, manifests of prepared sets,
// DiffusionDB's lists of prompts, and files named after the picture.

import Papa from "papaparse";
import { UserError } from "../../errors.ts";

export interface PictureFacts {
  /** What the picture shows: a caption, or the prompt that it was generated from. */
  readonly text?: string;
  readonly licence?: string;
  /** The source: an address or the name of a collection. */
  readonly origin?: string;
  readonly author?: string;
  /**
   * DiffusionDB's probability, from 0 to 1, that the picture or its prompt is not safe for work; 2
   * if DiffusionDB blurred the picture.
   */
  readonly nsfw?: number;
  /** From a prepared set: the audit's verdict, and pixels along a cell's side. */
  readonly verdict?: string;
  readonly cell?: number;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * Tables that cover all pictures below their folder, in this order; the last one with a value wins.
 */
export const tableNames = ["manifest.jsonl", "metadata.jsonl", "metadata.csv", "manifest.csv"];

/** DiffusionDB's list of the prompts of a part, and its table of all pictures. */
export const promptsName = /^part-\d{6}\.json$/;
export const parquetName = /^metadata(-large)?\.parquet$/;

/**
 * The columns that name a picture: by its path relative to the table's folder, or in DiffusionDB by
 * its name.
 */
export const fileColumns = ["file_name", "file", "filename", "image", "path", "image_name"];

const wordColumns = {
  text: ["text", "caption", "prompt"],
  licence: ["licence", "license"],
  origin: ["origin", "source", "url"],
  author: ["author", "artist", "creator"],
  verdict: ["verdict"],
} as const;
export const nsfwColumns = ["image_nsfw", "prompt_nsfw"];

/** All columns with facts about a picture. */
export const factColumns = [...Object.values(wordColumns).flat(), ...nsfwColumns, "cell"];

/** The facts in a table's row, or in an object about one picture. */
export function factsIn(row: Row): PictureFacts {
  const words = Object.entries(wordColumns).flatMap(([fact, columns]) => {
    const said = firstWords(row, columns);
    return said === undefined ? [] : [[fact, said] as const];
  });
  const scores = nsfwColumns.map((name) => numberIn(row[name])).filter((score) => score !== undefined);
  const cell = numberIn(row.cell);
  return {
    ...(Object.fromEntries(words) as PictureFacts),
    ...(scores.length > 0 && { nsfw: Math.max(...scores) }),
    ...(cell !== undefined && Number.isInteger(cell) && cell > 0 && { cell }),
  };
}

/**
 * Facts by the pictures' paths, relative to the table's folder.
 *
 * @param name the table's name, which says whether it is CSV or JSON lines
 * @throws UserError if it is neither
 */
export function factsInTable(name: string, text: string): Map<string, PictureFacts> {
  const rows = /\.csv$/i.test(name) ? csvRows(text) : jsonRows(text);
  const found = new Map<string, PictureFacts>();
  for (const row of rows) {
    const file = firstWords(row, fileColumns)?.replace(/^\.\//, "");
    if (file !== undefined) found.set(file, factsIn(row));
  }
  return found;
}

/**
 * Facts by picture name, for one part of DiffusionDB.
 *
 * @param text the text of its `part-NNNNNN.json`
 * @throws UserError if it is not JSON
 */
export function factsInPrompts(text: string): Map<string, PictureFacts> {
  const prompts = parsed(text);
  if (!isRow(prompts)) throw new UserError("it is not a JSON object; remove it, or download DiffusionDB's part again.");
  const found = new Map<string, PictureFacts>();
  for (const [file, about] of Object.entries(prompts))
    if (isRow(about) && typeof about.p === "string") found.set(file, { text: about.p });
  return found;
}

/** The possible names of a file about a single picture. Later names take precedence. */
export function namesBeside(picture: string): string[] {
  const stem = picture.replace(/\.[^.]*$/, "");
  return [`${stem}.json`, `${picture}.json`, `${stem}.caption`, `${stem}.txt`];
}

/**
 * The facts in a file about a single picture: an object, or else a caption, of which only the first
 * line counts.
 */
export function factsInFile(name: string, text: string): PictureFacts {
  if (/\.json$/i.test(name)) {
    const about = parsed(text);
    return isRow(about) ? factsIn(about) : {};
  }
  const line = text.split(/\r?\n/).find((line) => line.trim() !== "");
  return line === undefined ? {} : { text: line };
}

function firstWords(row: Row, columns: readonly string[]): string | undefined {
  const said = columns.map((name) => row[name]).find((value) => typeof value === "string" && value.trim() !== "");
  return said as string | undefined;
}

function numberIn(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function csvRows(text: string): readonly Row[] {
  return Papa.parse<Row>(text.replace(/^\ufeff/, ""), { header: true, skipEmptyLines: true }).data;
}

function jsonRows(text: string): readonly Row[] {
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const row = parsed(line);
    if (!isRow(row))
      throw new UserError(`line ${i + 1} is not a JSON object; tables must be CSV (.csv) or JSON lines.`);
    return [row];
  });
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}
