// What an audit tells of a picture, and its two tables: CSV for people and spreadsheets, whose columns stay as they are, and JSON lines with all.

import Papa from "papaparse";
import { UserError } from "../../errors.ts";
import type { PictureFacts } from "../sources/facts.ts";

export const verdicts = [
  "real-pixel-art",
  "rescaled-pixel-art",
  "naive-conversion",
  "mixed-pixel-sizes",
  "not-pixel-art",
  "broken",
] as const;

/**
 * `real-pixel-art`: on a whole-number grid with its cells intact, 1x included; `rescaled-pixel-art`: art that was resized by a fraction, blurred
 * or compressed, and can be snapped back; `naive-conversion`: a photo or painting that was shrunk and enlarged.
 */
export type AuditVerdict = (typeof verdicts)[number];

/** What a picture tells by itself. */
export interface Finding {
  readonly verdict: AuditVerdict;
  /** In words. */
  readonly reason: string;
  /** The probability, from 0 to 1, that the verdict is right. */
  readonly confidence: number;
  /** Pixels along a cell's sides, 1 where there is no grid. */
  readonly cell: readonly [number, number];
  /** Where the first cell begins, in pixels, from minus half a cell to half a cell. */
  readonly phase: readonly [number, number];
  /** The size at one pixel a cell. */
  readonly columns: number;
  readonly rows: number;
  /** At one pixel a cell. */
  readonly colors: number;
  readonly width: number;
  readonly height: number;
  /** `PNG`, `JPEG` and so on. */
  readonly kind: string;
  /** The share of edges, at one pixel a cell, that have a colour between those of their sides. */
  readonly antialiasing: number;
  /** Whether blocks of JPEG's 8 x 8 pixels can be seen, or the file is one. */
  readonly jpeg: boolean;
  readonly alpha: boolean;
  /** Of one colour, or nearly so. */
  readonly blank: boolean;
  /** What finds its duplicates; undefined where there is too little in the picture. */
  readonly print?: Fingerprint | undefined;
}

/** Of what cannot be read. */
export function brokenFinding(reason: string): Finding {
  const none = { columns: 0, rows: 0, colors: 0, width: 0, height: 0, antialiasing: 0 };
  const not = { jpeg: false, alpha: false, blank: false };
  return { verdict: "broken", reason, confidence: 1, cell: [1, 1], phase: [0, 0], ...none, ...not, kind: "" };
}

export interface Fingerprint {
  /** The perceptual hash of the picture and of its three reflections (in x, in y, in both): 16 hexadecimal digits each. */
  readonly hashes: readonly [string, string, string, string];
  /** The mean colours of 8 x 8 fields, RGB, as base64. */
  readonly colours: string;
  /** Equal for pictures that differ by reflection and by which colours they have alone. */
  readonly pattern: string;
}

/** `near`: the same picture, perhaps reflected; `palette-swap`: the same cells in other colours. */
export type DuplicateKind = "near" | "palette-swap";

export interface AuditRow extends Finding {
  readonly file: string;
  /** Of the file's bytes; empty where they could not be read. */
  readonly sha256: string;
  readonly bytes: number;
  /** What is said of it beside it. */
  readonly about?: PictureFacts | undefined;
  /** What the words of the finding meant when it was made; one of another version is made again. */
  readonly version: number;
  /** Which part of a divided audit it is of, and of how many: `[3, 8]`. */
  readonly part?: readonly [number, number] | undefined;
  /** The first of the pictures that are like it, in the table's order. */
  readonly duplicateOf?: string | undefined;
  readonly duplicateKind?: DuplicateKind | undefined;
}

/** The columns of the CSV. They are part of what users build on: new ones go into the JSON lines. */
export const auditColumns =
  "file,verdict,cell_x,cell_y,phase_x,phase_y,confidence,columns,rows,colors,duplicate_of,reason".split(",");

/** A line of the CSV, with its end. */
export function csvLine(values: readonly (string | number)[]): string {
  return `${Papa.unparse([values as (string | number)[]])}\n`;
}

export function csvValues(row: AuditRow): (string | number)[] {
  const { file, verdict, cell, phase, confidence, columns, rows, colors, duplicateOf, reason } = row;
  const numbers = [...cell, ...phase, confidence].map((value) => rounded(value, 3));
  return [file, verdict, ...numbers, columns, rows, colors, duplicateOf ?? "", reason];
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** @throws UserError where it is no line of an audit's JSON lines */
export function parseRow(line: string): AuditRow {
  let row: Partial<AuditRow> | null;
  try {
    row = JSON.parse(line) as Partial<AuditRow> | null;
  } catch {
    row = null;
  }
  const isRow =
    typeof row?.file === "string" && verdicts.includes(row.verdict as AuditVerdict) && Array.isArray(row.cell);
  if (!isRow) throw new UserError("it is no table that dataset audit wrote as JSON lines; give its .jsonl file.");
  return row as AuditRow;
}

/** The order of tables, by code units: the same on every machine. */
export function compareFiles(a: { readonly file: string }, b: { readonly file: string }): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : 0;
}
