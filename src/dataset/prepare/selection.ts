// Selects the pictures of a source, by the audit's verdict and by a person's choices, which take
// precedence.

import type { AuditRow, AuditVerdict } from "../audit/row.ts";
import type { PictureFacts } from "../sources/facts.ts";

/** The verdicts that are accepted for art by default. */
export const usualVerdicts: readonly AuditVerdict[] = ["real-pixel-art", "rescaled-pixel-art"];

export interface Selection {
  /** The verdicts to accept. Pictures that no audit has seen are always accepted. */
  readonly verdicts: readonly AuditVerdict[];
  /** The highest accepted NSFW score of DiffusionDB. Pictures without a score are accepted. */
  readonly maxNsfw?: number | undefined;
  /** Names of pictures, as in the audit's table. */
  readonly keep: ReadonlySet<string>;
  readonly drop: ReadonlySet<string>;
}

/** The part of an audit's row that decides. */
export type Judged = Pick<AuditRow, "file" | "verdict" | "reason" | "blank" | "duplicateOf" | "duplicateKind">;

/** Whether a person chose to keep the picture. */
export function isChosen(file: string, row: Judged | undefined, { keep }: Selection): boolean {
  return keep.has(file) || (row !== undefined && keep.has(row.file));
}

/** @returns why the picture is left out; undefined if it is accepted */
export function whyDropped(
  file: string,
  row: Judged | undefined,
  selection: Selection,
  { nsfw = 0 }: PictureFacts = {},
): string | undefined {
  const { verdicts, drop, maxNsfw = Infinity } = selection;
  if (drop.has(file) || (row && drop.has(row.file))) return "dropped by hand";
  if (isChosen(file, row, selection)) return undefined;
  if (nsfw > maxNsfw) return `its NSFW score is ${Number(nsfw.toFixed(3))}, above ${maxNsfw}`;
  if (!row) return undefined;
  if (!verdicts.includes(row.verdict)) return `${row.verdict}: ${row.reason}`;
  if (row.blank) return "it is blank";
  return row.duplicateOf === undefined ? undefined : whyLike(row.duplicateOf, row.duplicateKind);
}

/** The reason for leaving out a picture that is like another one. */
export function whyLike(other: string, kind: Judged["duplicateKind"]): string {
  return `like ${other}${kind === "palette-swap" ? ", in other colors" : ""}`;
}
