// What `--out` names: a folder, or for one picture the file to write.

import { stat } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { isPictureName } from "../../data/picture-file.ts";
import { UserError } from "../../errors.ts";

export interface Output {
  /** Absolute; need not exist. */
  readonly folder: string;
  /** The name of the one file in it; undefined where as many go there as there are. */
  readonly file?: string;
}

/**
 * What exists is what it is. Of what does not, a name that ends in one of `endings` is a file's, and all others are folders'.
 *
 * @param endings those of the files that can be written, `.png` the first
 * @throws UserError for a file that ends in none of them, or is called like a picture of another kind
 */
export async function planOutput(output: string, cwd: string, endings: readonly string[]): Promise<Output> {
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
