// A picture of the sources that a dataset is made from: where its bytes are, and what a file beside it says of it. Sources are read, never changed.

export interface SourcePicture {
  /** How tables call it: its path from the working folder, with `/`; what is in an archive stands behind the archive's name. */
  readonly file: string;
  /** Absolute path of the file, or of the archive that it is in. */
  readonly path: string;
  /** Where its bytes are in the archive; undefined for a file of its own. */
  readonly member?: ArchiveMember;
  /** Bytes of the picture's file. */
  readonly bytes: number;
  /** Another one when the file has been exchanged. */
  readonly stamp: string;
  readonly about?: Sidecar;
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

/** What is known of a picture from beside it. */
export interface Sidecar {
  readonly licence?: string;
  readonly source?: string;
  /** A caption, or the prompt that it was made from. */
  readonly text?: string;
  /** DiffusionDB's: the probability, from 0 to 1, that the picture is not safe for work; 2 where its maker blurred it. */
  readonly nsfw?: number;
}
