// What an export stores about each picture: its source, what was done to it and its caption, or why
// it was refused. The records are the set's provenance, and an interrupted export continues from
// them. Their file is not called metadata, since datasets would load it.

import { lastLines, parseJsonLines } from "../sources/json-lines.ts";
import type { Trainer } from "./loading.ts";

export interface ExportRecord {
  readonly trainer: Trainer;
  /**
   * Relative to the exported folder, with `/`. For shards, the shard's name, `:` and the member's
   * name.
   */
  readonly file: string;
  /** Relative to the folder that was exported. */
  readonly source: string;
  /** Of the source's bytes. */
  readonly sha256: string;
  readonly licence?: string | undefined;
  /** The source's own source, if known. */
  readonly origin?: string | undefined;
  readonly author?: string | undefined;
  readonly verdict?: string | undefined;
  /** The source's own grid. */
  readonly grid: { readonly cell: number; readonly phase: readonly [number, number] };
  /** The size of the visible part, in cells. */
  readonly columns: number;
  readonly rows: number;
  readonly colors: number;
  /** What was done to the source; see `transformationOf`. */
  readonly transformation: Readonly<Record<string, unknown>>;
  readonly caption: string;
  /** What the picture shows, and where that information came from. */
  readonly subject: string;
  readonly subjectFrom: string;
  /** Equal for exports with the same options. */
  readonly settings: string;
}

export interface Refusal extends Pick<ExportRecord, "trainer" | "source" | "sha256" | "settings"> {
  readonly refused: string;
}

/** The file of records, the file of refusals, and the file of both during an export. */
export const provenanceName = "provenance.jsonl";
export const refusedName = "refused.jsonl";
export const journalName = "export-journal.jsonl";

export function isRefusal(line: ExportRecord | Refusal): line is Refusal {
  return "refused" in line;
}

/** The lines of earlier runs that still hold, in chronological order, by the picture's source. */
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
