// Whole files in and out, for Node. A file is written beside its place under a hidden name and moved there when it is complete, so a
// reader, or a run that was killed, never sees half of one.

import { randomUUID } from "node:crypto";
import * as nodeFiles from "node:fs/promises";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { temporaryName } from "../data/file-name.ts";
import { UserError, withoutFullStop } from "../errors.ts";

/**
 * @param maximumBytes when given, a larger file is refused before any of it is read, and so is what has no size: a pipe or a device
 * @throws UserError naming the file and the reason when it cannot be read, with the system's `code`
 */
export async function readFileBytes(path: string, maximumBytes?: number): Promise<Uint8Array> {
  try {
    if (maximumBytes !== undefined) await requireSize(path, maximumBytes);
    return await readFile(path);
  } catch (error) {
    throw error instanceof UserError ? error : failureOf(path, error);
  }
}

async function requireSize(path: string, maximumBytes: number): Promise<void> {
  const status = await stat(path);
  if (status.isDirectory()) return; // reading it says so itself
  if (!status.isFile()) throw new UserError(`${path}: it is a pipe or a device; save it to a file first.`);
  if (status.size > maximumBytes) {
    throw new UserError(`${path}: the file has ${status.size} bytes, and at most ${maximumBytes} are read.`);
  }
}

/**
 * Writes `bytes` to `path`, making its folders; an older file there is replaced in one step once the new one is safely on the disk.
 * @throws UserError naming the file and the reason when it cannot be written; nothing is left behind then
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), temporaryName(basename(path), `.${randomUUID()}`));
  try {
    await makeFolders(dirname(path));
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw failureOf(path, error);
  }
}

/**
 * Makes a folder and whatever is missing above it. Node's own `mkdir` with `recursive` says ENOENT where a disk is read-only or full.
 *
 * @returns the folders that it made, the topmost first
 * @throws what the system says
 */
export async function makeFolders(
  path: string,
  files: Pick<typeof nodeFiles, "mkdir" | "stat"> = nodeFiles,
): Promise<string[]> {
  const make = async () => {
    try {
      await files.mkdir(path);
      return [path];
    } catch (error) {
      const isThere = await files
        .stat(path)
        .then((status) => status.isDirectory())
        .catch(() => false);
      if (isThere) return [];
      throw error;
    }
  };
  try {
    return await make();
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === path) throw error;
    return [...(await makeFolders(parent, files)), ...(await make())];
  }
}

/** As much as a disk that has room for anything has room for. */
const probeBytes = 4096;

/**
 * Refuses a folder that nothing can be written to, before the work is done that was to be written there. It need not exist; nothing of it is
 * made.
 *
 * @throws UserError naming the folder and the reason, with the system's `code`
 */
export async function requireWritable(
  folder: string,
  files: Pick<typeof nodeFiles, "stat" | "open" | "rm"> = nodeFiles,
): Promise<void> {
  try {
    const probe = join(await nearestFolder(folder, files), temporaryName("pixelcycle", `.${randomUUID()}`));
    try {
      const file = await files.open(probe, "wx");
      try {
        await file.writeFile(new Uint8Array(probeBytes));
        await file.sync();
      } finally {
        await file.close();
      }
    } finally {
      await files.rm(probe, { force: true }).catch(() => {});
    }
  } catch (error) {
    throw failureOf(folder, error);
  }
}

/** The folder itself, or the nearest above it that exists. */
async function nearestFolder(path: string, files: Pick<typeof nodeFiles, "stat">): Promise<string> {
  try {
    if ((await files.stat(path)).isDirectory()) return path;
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === path) throw error;
    return nearestFolder(parent, files);
  }
  throw Object.assign(new Error(`${path} is no folder`), { code: "ENOTDIR" });
}

function failureOf(path: string, error: unknown): UserError {
  const { code } = error as NodeJS.ErrnoException;
  return Object.assign(new UserError(`${path}: ${systemReason(error)}.`), { code });
}

/** The plain words for a failed system call, without the code and the path that Node puts around them. */
export function systemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOENT: "there is no such file or folder",
    EACCES: "permission is denied",
    EPERM: "permission is denied",
    EISDIR: "it is a folder, not a file",
    ENOTDIR: "a part of its path is a file, not a folder",
    EEXIST: "a part of its path is a file, not a folder", // what mkdir says to that
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EROFS: "the file system is read-only",
    ENAMETOOLONG: "the name is too long",
    EMFILE: "too many files are open at once",
  };
  return (code && known[code]) ?? withoutFullStop(message);
}
