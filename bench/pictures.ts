// The pictures for a bench: those of one folder, sorted by name.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../src/errors.ts";

/**
 * @param endings the accepted extensions, such as `png`
 * @returns paths
 * @throws UserError if the folder cannot be read or has none
 */
export async function picturesIn(folder: string, endings: readonly string[]): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      error.code === "ENOENT" ? `There is no folder ${folder}.` : `${folder} cannot be read (${error.code}).`,
    );
  });
  const pictures = names.filter((name) => endings.includes(/\.(\w+)$/.exec(name)?.[1].toLowerCase() ?? "")).sort();
  if (pictures.length === 0) throw new UserError(`There are no pictures (${endings.join(", ")}) in ${folder}.`);
  return pictures.map((name) => join(folder, name));
}
