// Where a run writes its files: a folder in Node, and browser storage in a page. This interface is
// all that the code above knows of it.

/**
 * Calls take effect in order, whether or not they are awaited.
 *
 * Names are relative, with `/` between folders: `web/images/epoch001_real_A.png`. Folders are
 * created with their files.
 */
export interface Storage {
  /** For messages: the location, as users would find it. */
  readonly place: string;

  /** The whole file; null when there is none. */
  read(name: string): Promise<Uint8Array | null>;

  /**
   * Writes a file, or replaces it, atomically: if the process dies or the power fails, the old file
   * or the new one is there, whole. When it returns, the new one survives a loss of power.
   *
   * @throws UserError when it cannot be written, as on a full disk; the old file is unchanged
   */
  write(name: string, data: Uint8Array | string): Promise<void>;

  /**
   * Appends to a file, or creates it. When it returns, the addition survives a loss of power; if
   * the process dies within, a part of it may be left.
   *
   * @throws UserError when it cannot be written; the file is unchanged
   */
  append(name: string, data: Uint8Array | string): Promise<void>;

  /** Renames a file, replacing any of that name, atomically and durably, as `write` does. */
  rename(from: string, to: string): Promise<void>;

  /** Removes a file; it need not exist. */
  remove(name: string): Promise<void>;

  /** The names of all files, sorted; empty when nothing was written yet. */
  list(): Promise<string[]>;
}
