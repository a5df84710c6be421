// Finds the pictures in a folder, for everything that accepts folders: those of supported kinds,
// and those of unsupported kinds.

import { open, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { chooseFile, tellingBytes, type UnreadPicture } from "../../formats/pictures/picture-choice.ts";
import { systemReason } from "../files/files.node.ts";

export interface FolderPicture {
  readonly path: string;
  /** Relative to the folder, with `/` between the parts. */
  readonly below: string;
}

export interface FolderContents {
  /** In no particular order. */
  readonly pictures: readonly FolderPicture[];
  readonly unread: readonly UnreadPicture[];
}

/**
 * All pictures below a folder. Links to folders are followed, each folder once along a path, so
 * that loops end. Names with a leading dot are skipped. A broken link with a picture's name is
 * listed, so that the read error reports it by name.
 *
 * @param leftOut the real path of a folder to skip
 * @throws UserError naming a folder that cannot be read
 */
export async function picturesBelow(root: string, leftOut?: string): Promise<FolderContents> {
  const pictures: FolderPicture[] = [];
  const unread: UnreadPicture[] = [];
  const visit = async (folder: string, prefix: string, ancestors: readonly string[]): Promise<void> => {
    const real = await realpath(folder).catch(refuse(folder));
    if (ancestors.includes(real) || real === leftOut) return;
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(refuse(folder))) {
      if (entry.name.startsWith(".")) continue;
      const path = join(folder, entry.name);
      const below = prefix + entry.name;
      const kind = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry;
      if (kind?.isDirectory()) await visit(path, `${below}/`, [...ancestors, real]);
      else if (kind === null || kind.isFile()) {
        const choice = await chooseFile(below, () => beginningOf(path));
        if (choice === "picture") pictures.push({ path, below });
        else if (choice) unread.push(choice);
      }
    }
  };
  await visit(root, "", []);
  unread.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { pictures, unread };
}

/** A file's first bytes; none if it cannot be read. */
export async function beginningOf(path: string): Promise<Uint8Array> {
  const file = await open(path).catch(() => undefined);
  if (!file) return new Uint8Array();
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(tellingBytes), 0, tellingBytes, 0);
    return buffer.subarray(0, bytesRead);
  } catch {
    return new Uint8Array();
  } finally {
    await file.close();
  }
}

function refuse(folder: string): (error: unknown) => never {
  return (error) => {
    throw new UserError(`${folder}: ${systemReason(error)}.`);
  };
}
