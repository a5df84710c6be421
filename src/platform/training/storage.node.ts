// A run's storage in Node: a folder. A file is durable once its bytes, and then its name in the
// folder, have been flushed to the disk.

import * as nodeFiles from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { UserError } from "../../errors.ts";
import { temporaryName } from "../../file-name.ts";
import type { Storage } from "../../train/run/storage.ts";
import { appending, makeFolders, systemReason, writingFailure } from "../files/files.node.ts";

/** The file functions of Node that are used; tests pass failing ones. */
export type FileFunctions = Pick<
  typeof nodeFiles,
  "mkdir" | "open" | "readFile" | "readdir" | "rename" | "rm" | "stat"
>;

/** @param folder created by the first write */
export function folderStorage(folder: string, files: FileFunctions = nodeFiles): Storage {
  let previous: Promise<unknown> = Promise.resolve();

  /**
   * Runs after all earlier requests. Reports a failure in a sentence with the file and the reason.
   */
  function attempt<T>(name: string, work: (path: string) => Promise<T>): Promise<T> {
    const path = join(folder, name);
    const result = previous
      .then(() => work(path))
      .catch((error: unknown) => {
        throw storageError(path, error);
      });
    previous = result.catch(() => {});
    return result;
  }

  /** Creates a folder and its missing parents, each durably. */
  async function makeFolder(path: string): Promise<void> {
    for (const made of (await makeFolders(path, files)).reverse()) await flushFolder(dirname(made));
  }

  /**
   * Makes the names in a folder durable where that is possible: Windows cannot open folders, and
   * some file systems cannot flush them.
   */
  async function flushFolder(path: string): Promise<void> {
    if (process.platform === "win32") return;
    try {
      await using(await files.open(path, "r"), (handle) => handle.sync());
    } catch (error) {
      if (!["EINVAL", "ENOTSUP"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }

  return {
    place: folder,

    read: (name) =>
      attempt(name, async (path) => {
        try {
          return await files.readFile(path);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
          throw error;
        }
      }),

    // The temporary file's name is fixed, so a run that dies here repeatedly leaves at most one.
    write: (name, data) =>
      attempt(name, async (path) => {
        const temporary = join(dirname(path), temporaryName(basename(path)));
        await makeFolder(dirname(path));
        try {
          await files.rm(temporary, { force: true });
          await using(await files.open(temporary, "wx"), async (handle) => {
            await handle.writeFile(data);
            await handle.sync();
          });
          await files.rename(temporary, path);
        } catch (error) {
          await files.rm(temporary, { force: true }).catch(() => {});
          throw error;
        }
        await flushFolder(dirname(path));
      }),

    append: (name, data) =>
      attempt(name, async (path) => {
        await makeFolder(dirname(path));
        const isNew = await using(await files.open(path, appending), async (handle) => {
          const { size } = await handle.stat();
          try {
            await handle.writeFile(data);
            await handle.datasync();
          } catch (error) {
            await handle.truncate(size).catch(() => {});
            throw error;
          }
          return size === 0;
        });
        if (isNew) await flushFolder(dirname(path));
      }),

    rename: (from, to) =>
      attempt(from, async (path) => {
        const target = join(folder, to);
        await makeFolder(dirname(target));
        await files.rename(path, target);
        await flushFolder(dirname(target));
      }),

    remove: (name) => attempt(name, (path) => files.rm(path, { force: true })),

    list: () =>
      attempt("", async (path) => {
        try {
          const entries = await files.readdir(path, { recursive: true, withFileTypes: true });
          return entries
            .filter((entry) => entry.isFile() && !isOfAProcess(entry.name))
            .map((entry) => relative(path, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
            .sort();
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
          throw error;
        }
      }),
  };
}

/** Half-written files that a process left behind, or its lock (run-lock.node.ts). */
const isOfAProcess = (name: string) => /^\.(.*\.tmp|lock-[\w-]+)$/.test(name);

/** The reason why something failed in a run's folder, with the system's `code`. */
export function storageError(path: string, error: unknown): UserError {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return writingFailure(path, error);
  const advice = "Free some space there and continue: what was saved before is intact.";
  return Object.assign(new UserError(`${path}: ${systemReason(error)}. ${advice}`), { code });
}

/** Closes the file whether or not the work succeeds. */
async function using<T>(handle: nodeFiles.FileHandle, work: (handle: nodeFiles.FileHandle) => Promise<T>): Promise<T> {
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}
