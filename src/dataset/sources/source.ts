// A source picture of a dataset: where its bytes are, and what is known about it from files beside
// it. Sources are read, never changed.

import type { PictureFacts } from "./facts.ts";

/** A file, or a member of an archive. */
export interface SourceFile {
  /** The absolute path of the file, or of the archive that contains it. */
  readonly path: string;
  /** Where its bytes are in the archive; undefined for a separate file. */
  readonly member?: ArchiveMember;
  readonly bytes: number;
}

export interface SourcePicture extends SourceFile {
  /**
   * Its name in tables: the path relative to the working folder, with `/`. A member's name follows
   * its archive's name.
   */
  readonly file: string;
  /** Changes when the file or the facts about it change. */
  readonly stamp: string;
  /** The facts in tables about it. */
  readonly about?: PictureFacts;
  /** Files about this picture alone; see `namesBeside`. */
  readonly beside?: readonly SourceFile[];
  /** Why it must not be read: a link, a name that leads outside, a size that no picture has. */
  readonly fault?: string | undefined;
}

export interface ArchiveMember {
  readonly name: string;
  /** The offset of the member's data in a tar, or of its local header in a zip. */
  readonly offset: number;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Only for zips. */
  readonly deflated?: boolean;
  readonly crc32?: number;
}
