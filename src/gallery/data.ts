// The data of an audit's page. It has one column per fact, so a file of ten thousand pictures loads
// quickly. The page loads it as a script beside it, data.js, since a page opened from a disk may
// not fetch anything.

import type { AuditRow, AuditVerdict, DuplicateKind } from "../dataset/audit/row.ts";
import type { PictureFacts } from "../dataset/sources/facts.ts";

/** A picture of the gallery: the audit's findings, and where its previews are. */
export interface GalleryPicture {
  readonly file: string;
  /** The folder or archive that contains it. */
  readonly source: string;
  /** Whether that is an archive; then no URL leads to the file. */
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
  /** The index of the first picture that it resembles. */
  readonly duplicateOf: number | null;
  readonly duplicateKind: DuplicateKind | null;
  readonly about: PictureFacts | null;
  /** The name of its previews without their suffixes; empty if the picture cannot be read. */
  readonly preview: string;
}

export type GalleryColumns = { readonly [Fact in keyof GalleryPicture]: readonly GalleryPicture[Fact][] };

export interface GalleryFile {
  /** What was audited, as the user named it. */
  readonly sources: readonly string[];
  /** The path from the page to the folder that file names are relative to. */
  readonly base: string;
  readonly columns: GalleryColumns;
}

/**
 * The folder of the previews, beside the page. Its leading dot keeps it out of an audit of the
 * page's folder.
 */
export const previewFolder = ".previews";

/** The facts in a row that concern the picture itself. */
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
  // Without pictures there are no columns either.
  const { length } = facts[0]?.[1] ?? [];
  return Array.from(
    { length },
    (_, i) => Object.fromEntries(facts.map(([fact, values]) => [fact, values[i]])) as unknown as GalleryPicture,
  );
}
