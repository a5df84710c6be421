// Where a run writes its files: a folder in Node, browser storage in a page. The run's code uses
// only this interface.

/**
 * Calls take effect in order, whether or not they are awaited.
 *
 * Names are relative, with `/` between folders: `web/images/epoch001_real_A.png`. Writing a file
 * creates its folders.
 */
export interface Storage {
  /** The location as users would find it, for messages. */
  readonly place: string;

  /** The whole file; null if there is none. */
  read(name: string): Promise<Uint8Array | null>;

  /**
   * Writes a file, or replaces it, atomically: if the process dies or the power fails, either the
   * old or the new file is there, complete. When it returns, the new one survives a loss of power.
   *
   * @throws UserError if it cannot be written, for example on a full disk; the old file is
   * unchanged
   */
  write(name: string, data: Uint8Array | string): Promise<void>;

  /**
   * Appends to a file, or creates it. When it returns, the addition survives a loss of power. If
   * the process dies during the call, a part of the addition may remain.
   *
   * @throws UserError if it cannot be written; the file is unchanged
   */
  append(name: string, data: Uint8Array | string): Promise<void>;

  /** Renames a file, replacing any of that name, atomically and durably, as `write` does. */
  rename(from: string, to: string): Promise<void>;

  /** Removes a file; it need not exist. */
  remove(name: string): Promise<void>;

  /** The names of all files, sorted; empty if nothing has been written yet. */
  list(): Promise<string[]>;
}
