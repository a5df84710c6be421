// The options for preparing a set.

import type { AuditVerdict } from "../../../../dataset/audit/row.ts";
import { UserError } from "../../../../errors.ts";
import type { Colour } from "../../../../pixelart/palettes/palette.ts";

/**
 * How pictures become squares. `spread`: as many squares of art as fit, evenly spaced, and each
 * photo as a whole, shrunk. `tiles`: both are cut edge to edge, at their own scale.
 */
export const fits = ["spread", "tiles"] as const;
export type PrepareFit = (typeof fits)[number];

export interface PrepareOptions {
  /** Folders, globs, pictures, zips and tars. */
  readonly photos: readonly string[];
  readonly art: readonly string[];
  readonly out: string;
  /** Pixels along a cell's side, and along a training picture's side. */
  readonly cell: number;
  readonly size: number;
  readonly fit: PrepareFit;
  /** The JSON lines of `dataset audit`. */
  readonly audit?: string | undefined;
  /** The JSON file with a person's choices. */
  readonly choices?: string;
  /** The highest accepted NSFW score of DiffusionDB. */
  readonly maxNsfw?: number;
  /** The verdicts to accept for art. */
  readonly verdicts: readonly AuditVerdict[];
  /** The share of pictures that is held out, from 0 to 1. */
  readonly val: number;
  /** Recolors each picture of B with the colours of one of A. */
  readonly matchColors?: boolean | undefined;
  /** The most pictures to take from one source. */
  readonly balance?: number | undefined;
  readonly background: Colour;
  readonly seed: number;
  /** No terminal output. */
  readonly quiet?: boolean | undefined;
  readonly signal?: AbortSignal;
}

/** @throws UserError for a value out of range */
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
