// Whole files in and out, for Node. A file is written beside its place under a hidden name and moved there when it is complete, so a
// reader, or a run that was killed, never sees half of one.

import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UserError } from "../errors.ts";

/**
 * @param maximumBytes when given, a larger file is refused before any of it is read, and so is what has no size: a pipe or a device
 * @throws UserError naming the file and the reason when it cannot be read, with the system's `code`
 */
export async function readFileBytes(path: string, maximumBytes?: number): Promise<Uint8Array> {
  try {
    if (maximumBytes !== undefined) await requireSize(path, maximumBytes);
    return await readFile(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw Object.assign(new UserError(`${path}: ${systemReason(error)}.`), {
      code: (error as NodeJS.ErrnoException).code,
    });
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
  const temporary = join(dirname(path), `.${basename(path).slice(0, 80)}.${randomUUID()}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
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
    throw Object.assign(new UserError(`${path}: ${systemReason(error)}.`), {
      code: (error as NodeJS.ErrnoException).code,
    });
  }
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
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EROFS: "the file system is read-only",
    ENAMETOOLONG: "the name is too long",
    EMFILE: "too many files are open at once",
  };
  return (code && known[code]) ?? message;
}
