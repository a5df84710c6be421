// Where a run keeps what it writes: a folder with Node, and whatever a page has. All that is asked of it is here, so that nothing above
// knows which.

/**
 * What is asked for happens in that order, whether or not anybody waits for it.
 *
 * Names are relative, with `/` between folders: `web/images/epoch001_real_A.png`. Folders come with their files.
 */
export interface Storage {
  /** For messages: where this is, as a person would find it. */
  readonly place: string;

  /** The whole file; null when there is none. */
  read(name: string): Promise<Uint8Array | null>;

  /**
   * Puts a file there, or a new one in the place of the old, in one step: whenever the run dies or the power goes, the old
   * file or the new one is there, whole. When it returns, the new one outlives a loss of power.
   *
   * @throws UserError when it cannot be written, as on a full disk; the old file is as it was
   */
  write(name: string, data: Uint8Array | string): Promise<void>;

  /**
   * Adds to the end of a file, or begins it. When it returns, the addition outlives a loss of power; a run that dies within may
   * leave a part of it.
   *
   * @throws UserError when it cannot be written; the file is as it was
   */
  append(name: string, data: Uint8Array | string): Promise<void>;

  /** Gives a file another name, in place of whatever bore it, in one step and for good, as `write` does. */
  rename(from: string, to: string): Promise<void>;

  /** Removes a file; it need not be there. */
  remove(name: string): Promise<void>;

  /** The names of all files, sorted; none when nothing was written yet. */
  list(): Promise<string[]>;
}
