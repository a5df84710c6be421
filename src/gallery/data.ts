// What the page of an audit is told: a column for each fact, so that ten thousand pictures are a file that is read at once. The page has it from
// a script beside it, data.js, since a page that is opened from a disk may fetch nothing.

import type { AuditRow, AuditVerdict, DuplicateKind } from "../dataset/audit/row.ts";
import type { PictureFacts } from "../dataset/sources/facts.ts";

/** A picture of the gallery: what the audit says of it, and where its previews are. */
export interface GalleryPicture {
  readonly file: string;
  /** The folder or archive that it is in. */
  readonly source: string;
  /** Whether that is an archive: no address leads to the file then. */
  readonly isPacked: boolean;
  readonly verdict: AuditVerdict;
  readonly reason: string;
  readonly confidence: number;
  readonly cellX: number;
  readonly cellY: number;
  readonly phaseX: number;
  readonly phaseY: number;
  readonly columns: number;
  readonly rows: number;
  readonly colors: number;
  readonly width: number;
  readonly height: number;
  readonly kind: string;
  readonly bytes: number;
  readonly antialiasing: number;
  readonly jpeg: boolean;
  readonly alpha: boolean;
  readonly blank: boolean;
  /** The place of the first picture that it is like. */
  readonly duplicateOf: number | null;
  readonly duplicateKind: DuplicateKind | null;
  readonly about: PictureFacts | null;
  /** The name of its previews, without what follows it; empty where it cannot be read. */
  readonly preview: string;
}

export type GalleryColumns = { readonly [Fact in keyof GalleryPicture]: readonly GalleryPicture[Fact][] };

export interface GalleryFile {
  /** What was audited, as it was named. */
  readonly sources: readonly string[];
  /** Leads from the page to the folder that the names of files begin in. */
  readonly base: string;
  readonly columns: GalleryColumns;
}

/** The folder of the previews, beside the page. Its name keeps it out of an audit of the folder that the page is in. */
export const previewFolder = ".previews";

/** What a row says of the picture itself. */
export function pictureOf(
  row: AuditRow,
  place: Pick<GalleryPicture, "source" | "isPacked" | "preview" | "duplicateOf">,
): GalleryPicture {
  const { file, verdict, reason, confidence, cell, phase, columns, rows, colors, width, height, kind } = row;
  const { bytes, antialiasing, jpeg, alpha, blank, duplicateKind, about } = row;
  return {
    ...{ file, ...place, verdict, reason, confidence },
    ...{ cellX: cell[0], cellY: cell[1], phaseX: phase[0], phaseY: phase[1] },
    ...{ columns, rows, colors, width, height, kind, bytes, antialiasing, jpeg, alpha, blank },
    ...{ duplicateKind: duplicateKind ?? null, about: about ?? null },
  };
}

export function columnsOf(pictures: readonly GalleryPicture[]): GalleryColumns {
  const facts = Object.keys(pictures[0] ?? {}) as (keyof GalleryPicture)[];
  const columns = facts.map((fact) => [fact, pictures.map((picture) => picture[fact])]);
  return Object.fromEntries(columns) as GalleryColumns;
}

export function picturesOf(columns: GalleryColumns): GalleryPicture[] {
  const facts = Object.entries(columns) as [string, readonly unknown[]][];
  // Of no pictures there are no columns either.
  const { length } = facts[0]?.[1] ?? [];
  return Array.from(
    { length },
    (_, i) => Object.fromEntries(facts.map(([fact, values]) => [fact, values[i]])) as unknown as GalleryPicture,
  );
}
