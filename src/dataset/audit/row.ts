// What an audit reports of a picture, and its two tables: CSV for people and spreadsheets, with
// fixed columns, and JSON lines with everything.

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
 * - `real-pixel-art`: on a whole-number grid with intact cells, 1x included.
 * - `rescaled-pixel-art`: art that was resized by a fraction, blurred or compressed, and can be
 *   snapped back.
 * - `naive-conversion`: a photo or painting that was shrunk and enlarged.
 */
export type AuditVerdict = (typeof verdicts)[number];

/** What can be found from the picture alone. */
export interface Finding {
  readonly verdict: AuditVerdict;
  /** An explanation for people. */
  readonly reason: string;
  /** The probability, from 0 to 1, that the verdict is right. */
  readonly confidence: number;
  /** Pixels along a cell's sides; 1 if there is no grid. */
  readonly cell: readonly [number, number];
  /** Where the first cell begins, in pixels, between minus half a cell and half a cell. */
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
  /** The share of edges, at one pixel a cell, with a colour between those of their two sides. */
  readonly antialiasing: number;
  /** Whether JPEG's blocks of 8 x 8 pixels are visible, or the file is a JPEG. */
  readonly jpeg: boolean;
  readonly alpha: boolean;
  /** Of one colour, or nearly so. */
  readonly blank: boolean;
  /** Identifies its duplicates; undefined if the picture has too little contrast. */
  readonly print?: Fingerprint | undefined;
}

/** For a file that cannot be read. */
export function brokenFinding(reason: string): Finding {
  const none = { columns: 0, rows: 0, colors: 0, width: 0, height: 0, antialiasing: 0 };
  const not = { jpeg: false, alpha: false, blank: false };
  return { verdict: "broken", reason, confidence: 1, cell: [1, 1], phase: [0, 0], ...none, ...not, kind: "" };
}

export interface Fingerprint {
  /**
   * The perceptual hash of the picture and of its three reflections (in x, in y, in both): 16
   * hexadecimal digits each.
   */
  readonly hashes: readonly [string, string, string, string];
  /** The mean colours of 8 x 8 fields, RGB, as base64. */
  readonly colours: string;
  /** Equal for pictures that differ only by reflection and in their palettes. */
  readonly pattern: string;
}

/** `near`: the same picture, perhaps reflected; `palette-swap`: the same cells in other colours. */
export type DuplicateKind = "near" | "palette-swap";

export interface AuditRow extends Finding {
  readonly file: string;
  /** Of the file's bytes; empty if they could not be read. */
  readonly sha256: string;
  readonly bytes: number;
  /** What files beside the picture say about it. */
  readonly about?: PictureFacts | undefined;
  /** The version of the finding's definitions. A finding of another version is computed again. */
  readonly version: number;
  /** Which part of a divided audit it belongs to, and the number of parts: `[3, 8]`. */
  readonly part?: readonly [number, number] | undefined;
  /** The first picture, in the table's order, that it resembles. */
  readonly duplicateOf?: string | undefined;
  readonly duplicateKind?: DuplicateKind | undefined;
}

/** The columns of the CSV. Users build on them, so new columns go only into the JSON lines. */
export const auditColumns =
  "file,verdict,cell_x,cell_y,phase_x,phase_y,confidence,columns,rows,colors,duplicate_of,reason".split(",");

/** A line of the CSV, with its line end. */
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

/** @throws UserError if it is not a line of an audit's JSON lines */
export function parseRow(line: string): AuditRow {
  let row: Partial<AuditRow> | null;
  try {
    row = JSON.parse(line) as Partial<AuditRow> | null;
  } catch {
    row = null;
  }
  const isRow =
    typeof row?.file === "string" && verdicts.includes(row.verdict as AuditVerdict) && Array.isArray(row.cell);
  if (!isRow) throw new UserError("it is not a JSON lines table from dataset audit; give its .jsonl file.");
  return row as AuditRow;
}

/** The order of tables, by code units: the same on every machine. */
export function compareFiles(a: { readonly file: string }, b: { readonly file: string }): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : 0;
}
