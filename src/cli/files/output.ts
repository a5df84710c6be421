// Interprets `--out`: a folder or, for a single picture, the file to write.

import { stat } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { UserError } from "../../errors.ts";
import { isPictureName } from "../../formats/pictures/picture-file.ts";

export interface Output {
  /** Absolute; need not exist. */
  readonly folder: string;
  /** The name of the single file in it; undefined if all results go into the folder. */
  readonly file?: string;
}

/**
 * An existing path is what it is. A new path is a file if its name ends in one of `endings`,
 * otherwise a folder.
 *
 * @param endings those of writable files, `.png` first
 * @throws UserError for the standard output, an existing file with another ending, or a name with
 * the extension of another kind of picture
 */
export async function planOutput(output: string, cwd: string, endings: readonly string[]): Promise<Output> {
  if (output === "-")
    throw new UserError("--out -: results are written to files, not to the standard output; name a folder or a file.");
  const path = resolve(cwd, output);
  const status = await stat(path).catch(() => undefined);
  if (status?.isDirectory()) return { folder: path };
  const isWritten = endings.includes(extname(path).toLowerCase());
  const asFile: Output = { folder: dirname(path), file: basename(path) };
  if (status) {
    if (status.isFile() && isWritten) return asFile;
    throw new UserError(
      `--out ${output} is a file; name a folder, or for one picture a file that ends in ${endings.join(" or ")}.`,
    );
  }
  if (/[\\/]$/.test(output)) return { folder: path };
  if (isWritten) return asFile;
  if (isPictureName(path)) {
    const png = `${output.slice(0, output.length - extname(output).length)}.png`;
    const animations = endings.length > 1 ? `, animations as ${endings.slice(1).join(" and ")}` : "";
    throw new UserError(`--out ${output}: pictures are written as PNG${animations}; call it ${png}, or name a folder.`);
  }
  return { folder: path };
}
