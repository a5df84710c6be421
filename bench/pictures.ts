// The pictures that a bench is given: those of one folder, in the order of their names.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../src/errors.ts";

/**
 * @param endings of the names that are taken, such as `png`
 * @returns paths
 * @throws UserError where the folder cannot be read, or has none
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
