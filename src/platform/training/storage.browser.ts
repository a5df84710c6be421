// A run's storage in a page: a folder of the browser's private file system (OPFS), which outlives
// the tab. It works only in workers, since only they can flush a file to the disk. A file is
// written under a hidden name beside its destination, flushed, and renamed when it is complete.

import { UserError, withoutFullStop } from "../../errors.ts";
import { temporaryName } from "../../file-name.ts";
import type { Storage } from "../../train/run/storage.ts";

/**
 * File methods that exist in workers but that TypeScript's library lacks in code shared with pages.
 */
interface WorkerFileHandle extends FileSystemFileHandle {
  move(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
  createSyncAccessHandle(): Promise<FileAccess>;
}

interface FileAccess {
  getSize(): number;
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** @param path the folder's path, such as `runs/horses`; the first write creates it */
export function browserStorage(path: string): Storage {
  let previous: Promise<unknown> = Promise.resolve();
  const place = `this browser's storage, ${path}`;

  /**
   * Runs after all earlier requests. Reports a failure in a sentence with the file and the reason.
   */
  function attempt<T>(name: string, work: () => Promise<T>): Promise<T> {
    const result = previous.then(work).catch(async (error: unknown) => {
      throw error instanceof UserError ? error : new UserError(`${place}/${name}: ${await reasonOf(error)}`);
    });
    previous = result.catch(() => {});
    return result;
  }

  const full = (name: string) => `${path}/${name}`;

  return {
    place,

    read: (name) =>
      attempt(name, async () => {
        const handle = await findFile(full(name));
        return handle ? new Uint8Array(await (await handle.getFile()).arrayBuffer()) : null;
      }),

    // The temporary file's name is fixed, so a run that dies here repeatedly leaves at most one.
    write: (name, data) =>
      attempt(name, async () => {
        const [folder, base] = await folderOf(full(name));
        const temporary = temporaryName(base);
        try {
          const handle = (await folder.getFileHandle(temporary, { create: true })) as WorkerFileHandle;
          await withAccess(handle, (access) => {
            access.truncate(0);
            writeAll(access, toBytes(data), 0);
            access.flush();
          });
          await handle.move(folder, base);
        } catch (error) {
          await folder.removeEntry(temporary).catch(() => {});
          throw error;
        }
      }),

    append: (name, data) =>
      attempt(name, async () => {
        const [folder, base] = await folderOf(full(name));
        await withAccess(await folder.getFileHandle(base, { create: true }), (access) => {
          const size = access.getSize();
          try {
            writeAll(access, toBytes(data), size);
            access.flush();
          } catch (error) {
            access.truncate(size);
            throw error;
          }
        });
      }),

    rename: (from, to) =>
      attempt(from, async () => {
        const [folder, base] = await folderOf(full(from));
        const handle = (await folder.getFileHandle(base)) as WorkerFileHandle;
        await handle.move(...(await folderOf(full(to))));
      }),

    remove: (name) =>
      attempt(name, async () => {
        const [folder, base] = await folderOf(full(name));
        await folder.removeEntry(base).catch(ignoreMissing);
      }),

    list: () =>
      attempt("", async () => {
        const folder = await findFolder(path);
        const names: string[] = [];
        if (folder) for await (const { name } of filesBelow(folder)) names.push(name);
        return names.sort();
      }),
  };
}

/**
 * Asks the browser, only once, not to clear the storage when space is short. Some browsers ask the
 * visitor. If the answer is no, nothing changes. For the page's own thread, since workers have no
 * such request.
 */
export function askToPersist(): Promise<boolean> {
  return (persistence ??= (async () => navigator.storage.persist())().catch(() => false));
}

let persistence: Promise<boolean> | undefined;

async function root(): Promise<FileSystemDirectoryHandle> {
  try {
    return await navigator.storage.getDirectory();
  } catch (error) {
    throw new UserError(
      "A run needs storage, but this browser gives the page none. Open the page in an ordinary window, not a private one. " +
        `[${(error as Error).message}]`,
    );
  }
}

/** A folder of the private file system, by its path from the root; undefined if there is none. */
export async function findFolder(path: string): Promise<FileSystemDirectoryHandle | undefined> {
  let folder = await root();
  for (const part of path.split("/")) {
    const next = await folder.getDirectoryHandle(part).catch(ignoreMissing);
    if (!next) return undefined;
    folder = next;
  }
  return folder;
}

/** A file, likewise. */
export async function findFile(path: string): Promise<FileSystemFileHandle | undefined> {
  const [, parent, base] = /^(?:(.*)\/)?([^/]+)$/.exec(path)!;
  const folder = parent === undefined ? await root() : await findFolder(parent);
  return folder?.getFileHandle(base).catch(ignoreMissing);
}

export interface FileBelow {
  /** With `/` between folders. */
  readonly name: string;
  readonly handle: FileSystemFileHandle;
}

/** All files below a folder, except those being written. */
export async function* filesBelow(folder: FileSystemDirectoryHandle, prefix = ""): AsyncGenerator<FileBelow> {
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind === "directory") yield* filesBelow(handle as FileSystemDirectoryHandle, `${prefix}${name}/`);
    else if (!/^\..*\.tmp$/.test(name)) yield { name: prefix + name, handle: handle as FileSystemFileHandle };
  }
}

/** Removes a folder and everything below it; it need not exist. */
export async function removeFolder(path: string): Promise<void> {
  const [, parent, base] = /^(?:(.*)\/)?([^/]+)$/.exec(path)!;
  const folder = parent === undefined ? await root() : await findFolder(parent);
  await folder?.removeEntry(base, { recursive: true }).catch(ignoreMissing);
}

/** A file's folder, created if missing, and the file's own name. */
async function folderOf(path: string): Promise<[FileSystemDirectoryHandle, string]> {
  const parts = path.split("/");
  let folder = await root();
  for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create: true });
  return [folder, parts.at(-1)!];
}

/** Closes the file whether or not the work succeeds. */
async function withAccess(handle: FileSystemFileHandle, work: (access: FileAccess) => void): Promise<void> {
  const access = await (handle as WorkerFileHandle).createSyncAccessHandle();
  try {
    work(access);
  } finally {
    access.close();
  }
}

function writeAll(access: FileAccess, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  for (let done = 0; done < bytes.length;) {
    const written = access.write(bytes.subarray(done), { at: at + done });
    if (written === 0) throw new DOMException("nothing more could be written", "QuotaExceededError");
    done += written;
  }
}

function toBytes(data: Uint8Array | string): Uint8Array<ArrayBuffer> {
  return typeof data === "string" ? new TextEncoder().encode(data) : (data as Uint8Array<ArrayBuffer>);
}

function ignoreMissing(error: unknown): undefined {
  if ((error as DOMException).name !== "NotFoundError") throw error;
}

/** A sentence that says what is wrong and what to do. */
async function reasonOf(error: unknown): Promise<string> {
  const { name, message } = error as DOMException;
  if (name === "QuotaExceededError") {
    const { usage = 0, quota = 0 } = await navigator.storage.estimate().catch((): StorageEstimate => ({}));
    const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
    return (
      `the storage that this browser gives the page is full (${gigabytes(usage)} of ${gigabytes(quota)}). Remove a run that is not ` +
      "needed, or free some disk space, and continue: what was saved before is intact."
    );
  }
  if (name === "NotFoundError") return "there is no such file; was this site's data cleared in the browser's settings?";
  if (name === "NoModificationAllowedError") return "another tab is writing it; close that tab.";
  return `${withoutFullStop(message)}.`;
}
