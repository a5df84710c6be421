// What is kept of each picture of an export: where it is from, what was done to it, and what it is called; or why it was refused. A set's records
// are its provenance, in a file of another name than metadata, which datasets would read; and an export that was interrupted goes on by them.

import { lastLines, parseJsonLines } from "../sources/json-lines.ts";
import type { Trainer } from "./loading.ts";

export interface ExportRecord {
  readonly trainer: Trainer;
  /** Below the exported folder, with `/`; for shards the shard's name, `:` and the member's. */
  readonly file: string;
  /** Below the folder that was exported. */
  readonly source: string;
  /** Of the source's bytes. */
  readonly sha256: string;
  readonly licence?: string | undefined;
  /** Where the source's own source was told. */
  readonly origin?: string | undefined;
  readonly author?: string | undefined;
  readonly verdict?: string | undefined;
  /** The source's own grid. */
  readonly grid: { readonly cell: number; readonly phase: readonly [number, number] };
  /** Of what is shown, in cells. */
  readonly columns: number;
  readonly rows: number;
  readonly colors: number;
  /** What was done; see `transformationOf`. */
  readonly transformation: Readonly<Record<string, unknown>>;
  readonly caption: string;
  /** What said what is to be seen, and what it said. */
  readonly subject: string;
  readonly subjectFrom: string;
  /** Equal for exports with the same options. */
  readonly settings: string;
}

export interface Refusal extends Pick<ExportRecord, "trainer" | "source" | "sha256" | "settings"> {
  readonly refused: string;
}

/** The file of records, that of refusals, and that of both while an export is under way. */
export const provenanceName = "provenance.jsonl";
export const refusedName = "refused.jsonl";
export const journalName = "export-journal.jsonl";

export function isRefusal(line: ExportRecord | Refusal): line is Refusal {
  return "refused" in line;
}

/** What still holds of the lines of earlier runs, in the order of time; by the picture's source. */
export function readRecords(text: string): Map<string, ExportRecord | Refusal> {
  const records = parseJsonLines(text).filter((line): line is ExportRecord | Refusal => {
    const { file, refused, source, settings } = (line ?? {}) as Partial<ExportRecord & Refusal>;
    const isWhole = typeof file === "string" || typeof refused === "string";
    return isWhole && typeof source === "string" && typeof settings === "string";
  });
  const namesOf = (record: ExportRecord | Refusal) => [
    `source ${record.source}`,
    ...(isRefusal(record) ? [] : [`file ${record.file}`]),
  ];
  return new Map(lastLines(records, namesOf).map((record) => [record.source, record]));
}
