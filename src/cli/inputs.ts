// From what the user named to a list of pictures, each with the place its result goes to.
//
// Files, folders (with all below them) and globs become one sorted list; where a result goes depends on that whole list alone, so every
// shard of a run, on whatever machine, plans the same. Folders are mirrored below the output folder, globs below the folder in front of
// their first wildcard, and single files go to its top.

import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import { UserError } from "../errors.ts";
import { systemReason } from "../platform/files.node.ts";
import { isPictureName, pictureExtensions } from "../data/picture-file.ts";

export interface PlannedPicture {
  /** Absolute path of the picture. */
  readonly source: string;
  /** Where it stands below its folder or glob, with `/` between the parts: how people are told of it. */
  readonly relative: string;
  /** Absolute path of the PNG to write. */
  readonly output: string;
}

interface Found {
  readonly source: string;
  readonly relative: string;
}

/**
 * @param inputs files, folders and globs, relative to `cwd`
 * @param outputFolder need not exist; when it lies within an input folder, what is in it is not taken for input
 * @throws UserError when an input does not exist or matches nothing, when there is no picture at all, when the output folder is itself an
 *   input folder, and when a result would replace an input
 */
export async function planPictures(
  inputs: string[],
  outputFolder: string,
  cwd = process.cwd(),
): Promise<PlannedPicture[]> {
  const out = await realPathOf(resolve(cwd, outputFolder));
  const found = new Map<string, Found>();
  for (const input of inputs) {
    for (const picture of await expandInput(input, cwd, out)) {
      if (!found.has(picture.source)) found.set(picture.source, picture);
    }
  }
  if (found.size === 0) {
    throw new UserError(
      `There is no picture in ${inputs.join(", ")}; pictures end in ${pictureExtensions.join(", ")}.`,
    );
  }
  const pictures = [...found.values()].sort((a, b) => compare(a.relative, b.relative) || compare(a.source, b.source));
  const names = assignNames(pictures.map((picture) => picture.relative));
  const planned = pictures.map((picture, i) => ({ ...picture, output: join(out, ...names[i].split("/")) }));
  await refuseReplacing(planned, out);
  return planned;
}

/** By code units: the same order in every language and on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function expandInput(input: string, cwd: string, out: string): Promise<Found[]> {
  const path = resolve(cwd, input);
  const status = await stat(path).catch((error: unknown) => error as NodeJS.ErrnoException);
  if (!(status instanceof Error)) {
    if (status.isFile()) return [{ source: path, relative: basename(path) }];
    if (!status.isDirectory()) throw new UserError(`${input} is neither a file nor a folder.`);
    if ((await realpath(path)) === out) {
      throw new UserError(
        `--out is the input folder ${input} itself, so the next run would convert its own results; name another folder.`,
      );
    }
    return walk(path, out);
  }
  if (!isDynamicPattern(input)) throw new UserError(`${input}: ${systemReason(status)}.`);
  const pictures = await expandGlob(input, cwd, out);
  if (pictures.length === 0) throw new UserError(`${input} matches no picture.`);
  return pictures;
}

/** All pictures below a folder. Links to folders are followed, each folder once along a path; names with a leading dot are left out. */
async function walk(root: string, out: string): Promise<Found[]> {
  const found: Found[] = [];
  const visit = async (folder: string, below: string, ancestors: readonly string[]): Promise<void> => {
    const real = await realpath(folder);
    if (ancestors.includes(real) || real === out) return;
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      throw new UserError(`${folder}: ${systemReason(error)}.`);
    });
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      const source = join(folder, entry.name);
      const name = below + entry.name;
      // A link that leads nowhere counts as a file, so that it is reported by name when it has a picture's name.
      const kind = entry.isSymbolicLink() ? await stat(source).catch(() => null) : entry;
      if (kind?.isDirectory()) await visit(source, `${name}/`, [...ancestors, real]);
      else if ((kind === null || kind.isFile()) && isPictureName(name)) found.push({ source, relative: name });
    }
  };
  await visit(root, "", []);
  return found;
}

/** The pictures that a glob matches, without what is in the output folder and without the endless repetitions of links that loop. */
async function expandGlob(pattern: string, cwd: string, out: string): Promise<Found[]> {
  const base = resolve(cwd, literalFolder(pattern));
  const realFolder = folderResolver();
  const realBase = await realFolder(base);
  const outIsBelow = out !== realBase && isWithin(out, realBase);
  const passesTwice = async (folder: string) => {
    const seen = new Set<string>();
    for (; isWithin(folder, base) && folder !== dirname(folder); folder = dirname(folder)) {
      const real = await realFolder(folder);
      if (seen.has(real)) return true;
      seen.add(real);
    }
    return false;
  };
  const found: Found[] = [];
  for (const path of await glob(pattern, { cwd, absolute: true, onlyFiles: true, expandDirectories: false })) {
    const source = resolve(path);
    const folder = dirname(source);
    if (!isPictureName(source) || (await passesTwice(folder))) continue;
    if (outIsBelow && isWithin(await realFolder(folder), out)) continue;
    const below = relative(base, source);
    found.push({
      source,
      relative: below.startsWith("..") || isAbsolute(below) ? basename(source) : below.split(sep).join("/"),
    });
  }
  return found;
}

/** The part of a glob before its first wildcard, up to a folder: `photos/2024` of `photos/2024/*.jpg`. */
function literalFolder(pattern: string): string {
  const parts = pattern.split("/");
  const first = parts.findIndex((part) => isDynamicPattern(part));
  return parts.slice(0, Math.max(0, first)).join("/") || (pattern.startsWith("/") ? "/" : ".");
}

/**
 * The name of each result, for a sorted list of pictures. A picture whose stem nobody else wants gets `stem.png`; the others keep their
 * extension (`a.jpg.png`, `a.png.png`), and where even that is taken, a number (`a.jpg-2.png`). Two names that differ only in case or in
 * the Unicode form of an accent count as the same, for on many file systems they are.
 */
export function assignNames(relatives: readonly string[]): string[] {
  const stems = relatives.map((name) => name.slice(0, name.length - extname(name).length) + ".png");
  const keys = stems.map(folded);
  const wanted = new Map<string, number>();
  for (const key of keys) wanted.set(key, (wanted.get(key) ?? 0) + 1);

  // A folder of the mirrored tree may be called like a picture; it keeps its name.
  const folders = new Set<string>();
  for (const name of relatives) {
    for (let end = name.lastIndexOf("/"); end > 0; end = name.lastIndexOf("/", end - 1)) {
      const folder = name.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  const taken = new Set([...folders].map(folded));
  const names = stems.map((stem, i) => {
    if (wanted.get(keys[i]) !== 1 || taken.has(keys[i])) return undefined;
    taken.add(keys[i]);
    return stem;
  });
  return names.map((name, i) => {
    if (name !== undefined) return name;
    let candidate = `${relatives[i]}.png`;
    for (let number = 2; taken.has(folded(candidate)); number++) candidate = `${relatives[i]}-${number}.png`;
    taken.add(folded(candidate));
    return candidate;
  });
}

/** Equal for names that some file systems take for the same. */
function folded(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

async function refuseReplacing(pictures: readonly PlannedPicture[], out: string): Promise<void> {
  const realFolder = folderResolver();
  const realFile = async (path: string) => folded(join(await realFolder(dirname(path)), basename(path)));
  const sources = new Map<string, string>();
  for (const { source } of pictures) sources.set(await realFile(source), source);
  for (const { output } of pictures) {
    if (!isWithin(output, out)) throw new Error(`${output} is outside ${out}`);
    const source = sources.get(await realFile(output));
    if (source) throw new UserError(`The result ${output} would replace the input ${source}; give another --out.`);
  }
}

function isWithin(path: string, folder: string): boolean {
  const below = relative(folder, path);
  return below === "" || (below !== ".." && !below.startsWith(`..${sep}`) && !isAbsolute(below));
}

/** The path without symbolic links, as far as it exists. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPathOf(parent), basename(path));
  }
}

/** `realPathOf`, asked once a folder. */
function folderResolver(): (folder: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (folder) => {
    let real = known.get(folder);
    if (!real) known.set(folder, (real = realPathOf(folder)));
    return real;
  };
}
