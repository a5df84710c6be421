// Reads and writes files in Node. A whole file is written under a hidden name beside its
// destination and renamed when it is complete. So no reader ever sees half a file, even if a run is
// killed. Nothing is written through a link in place of a file, since an output folder that came
// from somebody else may have links to anywhere.

import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import * as nodeFiles from "node:fs/promises";
import { appendFile, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UserError, withoutFullStop } from "../../errors.ts";
import { temporaryName } from "../../file-name.ts";

/**
 * @param maximumBytes if given, a larger file is refused before any of it is read, and so is
 * anything without a size, such as a pipe or a device
 * @throws UserError naming the file and the reason if it cannot be read, with the system's `code`
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
  if (status.isDirectory()) return; // reading it gives the error
  if (!status.isFile()) throw new UserError(`${path}: it is a pipe or a device; save its data to a file first.`);
  if (status.size > maximumBytes) {
    throw new UserError(`${path}: the file has ${status.size} bytes, but at most ${maximumBytes} are read.`);
  }
}

/**
 * Writes `bytes` to `path` and creates missing folders. An older file, or a link, is replaced in one
 * step, once the new one is safely on the disk.
 *
 * @throws UserError naming the file and the reason if it cannot be written; nothing is left behind
 * then
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
    throw writingFailure(path, error);
  }
}

/** Opens a file for appending, which makes it if need be, but not through a link. */
export const appending = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0);

/**
 * Appends to a file, which is made if need be. Its folder must exist.
 *
 * @throws UserError naming the file and the reason if it is a link or cannot be written
 */
export async function appendToFile(path: string, text: string): Promise<void> {
  try {
    await appendFile(path, text, { flag: appending });
  } catch (error) {
    throw writingFailure(path, error);
  }
}

/**
 * Creates a folder and its missing parents. Node's own recursive `mkdir` reports ENOENT if a disk
 * is read-only or full.
 *
 * @returns the folders that it created, the topmost first
 * @throws the system's error
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

/** The size of a trial write: a disk with any free space has room for this. */
const probeBytes = 4096;

/**
 * Refuses a folder that cannot be written to, before the work whose results belong there. The
 * folder need not exist, and nothing is created.
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
    throw writingFailure(folder, error);
  }
}

/** The folder itself, or its nearest existing parent. */
async function nearestFolder(path: string, files: Pick<typeof nodeFiles, "stat">): Promise<string> {
  try {
    if ((await files.stat(path)).isDirectory()) return path;
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === path) throw error;
    return nearestFolder(parent, files);
  }
  throw Object.assign(new Error(`${path} is not a folder`), { code: "ENOTDIR" });
}

function failureOf(path: string, error: unknown): UserError {
  const { code } = error as NodeJS.ErrnoException;
  return Object.assign(new UserError(`${path}: ${systemReason(error)}.`), { code });
}

/** Says why nothing can be written to a path, and what to do; with the system's `code`. */
export function writingFailure(path: string, error: unknown): UserError {
  const { code } = error as NodeJS.ErrnoException;
  return Object.assign(new UserError(`${path}: ${reasonAgainstWriting(error)}`), { code });
}

/** Sentences: the reason for a failed attempt to write, and what to do. */
export function reasonAgainstWriting(error: unknown): string {
  const { code = "" } = error as NodeJS.ErrnoException;
  const reason = code === "ENOENT" ? "no file or folder can be made there" : systemReason(error);
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const advice = isFull ? "Free some space there, or name another place" : (advices[code] ?? "Name another place");
  return `${reason}. ${advice} to write to.`;
}

const advices: Readonly<Record<string, string>> = {
  ELOOP: "Nothing is written through links: remove it, or name another place",
  ENAMETOOLONG: "Choose a shorter name",
};

/** The plain reason for a failed system call, without the code and the path that Node adds. */
export function systemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOENT: "there is no such file or folder",
    EACCES: "permission is denied",
    EPERM: "permission is denied",
    EISDIR: "it is a folder, not a file",
    ENOTDIR: "a part of its path is a file, not a folder",
    EEXIST: "a part of its path is a file, not a folder", // mkdir reports this
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EROFS: "the file system is read-only",
    ENAMETOOLONG: "the name is too long",
    ELOOP: "it is a link, or links lead in a circle",
    EMFILE: "too many files are open at once",
  };
  return (code && known[code]) ?? withoutFullStop(message);
}
