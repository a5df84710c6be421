// The manifest of a prepared set. For each picture it records the source and what was done to it,
// so that the picture can be made again, byte for byte.

import type { PictureFacts } from "../sources/facts.ts";
import type { SourcePicture } from "../sources/source.ts";
import type { ArtTransformation } from "./art.ts";
import type { NaiveTransformation } from "./naive.ts";
import type { PhotoTransformation } from "./photo.ts";
import type { Part, PhotoTileTransformation } from "./tiles.ts";

export interface ManifestRow {
  /** Relative to the set's folder, with `/`. */
  readonly file: string;
  /** The name in the audit's table. */
  readonly source: string;
  /** Of the source's bytes. */
  readonly sha256: string;
  readonly licence?: string | undefined;
  readonly origin?: string | undefined;
  readonly author?: string | undefined;
  /** A caption, if there was one beside the source. */
  readonly text?: string | undefined;
  /**
   * The audit's verdict on the source; for a naive picture, its own kind. Undefined if no audit
   * included it.
   */
  readonly verdict?: string | undefined;
  /** Pixels along a cell's side; 1 for photos. */
  readonly cell: number;
  readonly transformation: ArtTransformation | PhotoTransformation | PhotoTileTransformation | NaiveTransformation;
  /** The photo whose colors the picture was recolored with. */
  readonly colorsOf?: { readonly source: string; readonly sha256: string } | undefined;
}

/** The part of a row that identifies a picture's source. */
export function sourceOf(
  { file }: SourcePicture,
  sha256: string,
  { licence, origin, author, text }: PictureFacts = {},
): Pick<ManifestRow, "source" | "sha256" | "licence" | "origin" | "author" | "text"> {
  return { source: file, sha256, licence, origin, author, text };
}

export interface DroppedRow {
  readonly side: "A" | "B";
  readonly source: string;
  readonly sha256: string;
  /** The part that is left out, if others are not: in cells for art, in pixels for photos. */
  readonly crop?: Part | undefined;
  readonly reason: string;
}

export const manifestName = "manifest.jsonl";
export const droppedName = "dropped.jsonl";
