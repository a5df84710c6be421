// What a set is prepared from, and how.

import type { AuditVerdict } from "../../../../dataset/audit/row.ts";
import { UserError } from "../../../../errors.ts";
import type { Colour } from "../../../../pixelart/palettes/palette.ts";

export interface PrepareOptions {
  /** Folders, globs, pictures, zips and tars. */
  readonly photos: readonly string[];
  readonly art: readonly string[];
  readonly out: string;
  /** Pixels along a cell's side, and along a training picture's. */
  readonly cell: number;
  readonly size: number;
  /** The JSON lines of `dataset audit`. */
  readonly audit?: string | undefined;
  /** The list of a person's choices. */
  readonly choices?: string;
  /** The highest of DiffusionDB's NSFW scores that is taken. */
  readonly maxNsfw?: number;
  /** Of the art, what is taken by the audit. */
  readonly verdicts: readonly AuditVerdict[];
  /** The share of pictures that is held out, from 0 to 1. */
  readonly val: number;
  /** Gives each picture of B the colours of one of A. */
  readonly matchColors?: boolean | undefined;
  /** No more pictures than this from one source. */
  readonly balance?: number | undefined;
  readonly background: Colour;
  readonly seed: number;
  /** Nothing on the terminal. */
  readonly quiet?: boolean | undefined;
  readonly signal?: AbortSignal;
}

/** @throws UserError for what is out of its range */
export function checkOptions({ cell, size, val, balance, maxNsfw }: PrepareOptions): void {
  if (!Number.isInteger(cell) || cell < 1) throw new UserError(`--cell must be a whole number of pixels, not ${cell}.`);
  if (!Number.isInteger(size) || size < 4 || size > 4096 || size % cell !== 0)
    throw new UserError(
      `--size must be a whole number of cells, at most 4096 pixels: a multiple of ${cell}, not ${size}.`,
    );
  if (!(val >= 0 && val < 1)) throw new UserError(`--val must be a share from 0 to less than 1, not ${val}.`);
  if (maxNsfw !== undefined && !(maxNsfw >= 0 && maxNsfw <= 1))
    throw new UserError(`--max-nsfw must be a score from 0 to 1, not ${maxNsfw}.`);
  if (balance !== undefined && !(balance >= 1)) throw new UserError(`--balance must be at least 1, not ${balance}.`);
}
