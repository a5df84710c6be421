// The manifest of a prepared set: of each picture where it is from and what was done to it, so that it can be made again, byte for byte.

import type { PictureFacts } from "../sources/facts.ts";
import type { SourcePicture } from "../sources/source.ts";
import type { ArtTransformation } from "./art.ts";
import type { NaiveTransformation } from "./naive.ts";
import type { PhotoTransformation } from "./photo.ts";

export interface ManifestRow {
  /** Below the set's folder, with `/`. */
  readonly file: string;
  /** As the audit's table calls it. */
  readonly source: string;
  /** Of the source's bytes. */
  readonly sha256: string;
  readonly licence?: string | undefined;
  readonly origin?: string | undefined;
  readonly author?: string | undefined;
  /** A caption, where one stood beside the source. */
  readonly text?: string | undefined;
  /** The audit's, of the source; of a naive picture what it is itself. Undefined where no audit has seen it. */
  readonly verdict?: string | undefined;
  /** Pixels along a cell's side; 1 of photos. */
  readonly cell: number;
  readonly transformation: ArtTransformation | PhotoTransformation | NaiveTransformation;
  /** The photo whose colors the picture was given. */
  readonly colorsOf?: { readonly source: string; readonly sha256: string } | undefined;
}

/** The part of a row that tells where a picture is from. */
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
  readonly reason: string;
}

export const manifestName = "manifest.jsonl";
export const droppedName = "dropped.jsonl";
