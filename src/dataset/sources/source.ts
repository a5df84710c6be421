// A picture of the sources that a dataset is made from: where its bytes are, and what is said of it beside it. Sources are read, never changed.

import type { PictureFacts } from "./facts.ts";

/** A file, or a member of an archive. */
export interface SourceFile {
  /** Absolute path of the file, or of the archive that it is in. */
  readonly path: string;
  /** Where its bytes are in the archive; undefined for a file of its own. */
  readonly member?: ArchiveMember;
  readonly bytes: number;
}

export interface SourcePicture extends SourceFile {
  /** How tables call it: its path from the working folder, with `/`; what is in an archive stands behind the archive's name. */
  readonly file: string;
  /** Another one when the file has been exchanged, or what is said of it. */
  readonly stamp: string;
  /** What tables say of it. */
  readonly about?: PictureFacts;
  /** Files about it alone; see `namesBeside`. */
  readonly beside?: readonly SourceFile[];
  /** Why it is not to be read: a link, a name that leads outside, a size that no picture has. */
  readonly fault?: string | undefined;
}

export interface ArchiveMember {
  readonly name: string;
  /** Of the member's data in a tar, of its local header in a zip. */
  readonly offset: number;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Of zips alone. */
  readonly deflated?: boolean;
  readonly crc32?: number;
}
