// Turns the user's inputs into a list of pictures, each with the path of its result.
//
// Files, folders (with their subfolders) and globs become one sorted list. A result's path depends
// only on that whole list, so every shard of a run, on whatever machine, makes the same plan.
// Folders are mirrored below the output folder, globs below the folder before their first wildcard,
// and single files go to its top.

import { realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { escapePath, glob, isDynamicPattern } from "tinyglobby";
import { UserError } from "../../errors.ts";
import { nameEndingIn, maximumNameBytes } from "../../file-name.ts";
import { chooseFile, leftOutSentences, type UnreadPicture } from "../../formats/pictures/picture-choice.ts";
import { pictureExtensions } from "../../formats/pictures/picture-file.ts";
import { systemReason } from "../../platform/files/files.node.ts";
import { isWithin, realPathOf } from "../../platform/files/paths.node.ts";
import { beginningOf, picturesBelow } from "../../platform/pictures/picture-folder.node.ts";
import {
  animatedKindOf,
  checkResultOptions,
  resultOf,
  type AnimationChoice,
  type AnimationResult,
} from "./animations.ts";
import { exists } from "./model.ts";
import { planOutput } from "./output.ts";
import { compareFrames, planSequence, type FrameFile } from "./sequence.ts";

export interface PlannedPicture {
  /** The absolute path of the picture. */
  readonly source: string;
  /** Its path relative to its folder or glob, with `/` between the parts, for messages. */
  readonly relative: string;
  /** The absolute path of the file to write: a PNG, or an animation that stays one. */
  readonly output: string;
  /**
   * How an animation is written; undefined for still pictures, and if `animations` is not given.
   */
  readonly animation?: AnimationResult;
  /** The files of a sequence's frames. */
  readonly frames?: readonly FrameFile[];
}

export interface Plan {
  readonly pictures: readonly PlannedPicture[];
  /** Pictures of unsupported kinds. */
  readonly unread: readonly UnreadPicture[];
  /** The folder for results. */
  readonly folder: string;
}

interface Found {
  readonly source: string;
  readonly relative: string;
}

interface Expanded {
  readonly found: readonly Found[];
  readonly unread: readonly UnreadPicture[];
}

interface PlanOptions {
  /** The base of relative inputs and outputs. Default: the working directory. */
  readonly cwd?: string;
  /** Detects animations and says how to write them. Default: they are treated as still pictures. */
  readonly animations?: AnimationChoice;
}

/**
 * @param inputs files, folders and globs
 * @param output a folder, which need not exist; if it is inside an input folder, its contents are
 * not used as input. For a single picture also the name of a PNG, for a single animation that of a
 * GIF or a WebP
 * @throws UserError if an input does not exist or matches nothing, if there is no picture at all,
 * if the output folder is itself an input folder, if the output is a file and cannot be, or if a
 * result would replace an input
 */
export async function planPictures(
  inputs: string[],
  output: string,
  { cwd = process.cwd(), animations }: PlanOptions = {},
): Promise<Plan> {
  if (animations) checkResultOptions(animations);
  const { folder, file } = await planOutput(output, cwd, animations ? [".png", ".gif", ".webp"] : [".png"]);
  const out = await realPathOf(folder);
  const found = new Map<string, Found>();
  const unread = new Map<string, UnreadPicture>();
  for (const input of inputs) {
    const expanded = await expandInput(input, cwd, file === undefined ? out : undefined);
    for (const picture of expanded.found) if (!found.has(picture.source)) found.set(picture.source, picture);
    for (const picture of expanded.unread) unread.set(picture.name, picture);
  }
  if (found.size === 0) {
    const why = unread.size > 0 ? leftOutSentences([...unread.values()]).join(" ") : readKinds;
    throw new UserError(`No picture in ${inputs.join(", ")} can be read; ${why}`);
  }
  const order = animations?.sequence ? compareFrames : (a: Found, b: Found) => compare(a.relative, b.relative);
  const pictures = [...found.values()].sort((a, b) => order(a, b) || compare(a.source, b.source));
  if (file !== undefined && pictures.length > 1 && !animations?.sequence) {
    throw new UserError(`--out ${output} names one file, but there are ${pictures.length} pictures; name a folder.`);
  }
  const names = file === undefined ? assignNames(pictures.map(({ relative }) => relative)) : pictures.map(() => file);
  const placed = pictures.map((picture, i) => ({ ...picture, output: join(out, ...names[i].split("/")) }));
  const planned: PlannedPicture[] = [];
  if (animations?.sequence) planned.push(await planSequence(placed, out, file, animations));
  else for (const picture of placed) planned.push(await planOne(picture, file, animations));
  await refuseReplacing(planned, out);
  return { pictures: planned, unread: [...unread.values()], folder: out };
}

/** @param picture with the path of a PNG, unless it has that of `file` */
async function planOne(
  picture: Found & { readonly output: string },
  file: string | undefined,
  animations: AnimationChoice | undefined,
): Promise<PlannedPicture> {
  const kind = animations && (await animatedKindOf(picture.source));
  const { ending, animation } = resultOf(picture.source, kind, file, animations);
  const output = file === undefined ? picture.output.replace(/png$/, ending) : picture.output;
  return { ...picture, output, ...(animation && { animation }) };
}

/** Whether there is a result to write. */
export async function writesAny(items: readonly PlannedPicture[], skipExisting = false): Promise<boolean> {
  if (!skipExisting) return items.length > 0;
  for (const { output } of items) if (!(await exists(output))) return true;
  return false;
}

const readKinds = `pictures end in ${pictureExtensions.join(", ")}.`;

/** Compares code units: the same order in every language and on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @param out the folder that is not used as input */
async function expandInput(input: string, cwd: string, out: string | undefined): Promise<Expanded> {
  const path = resolve(cwd, input);
  const status = await stat(path).catch((error: unknown) => error as NodeJS.ErrnoException);
  if (!(status instanceof Error)) {
    if (status.isFile()) return { found: [{ source: path, relative: basename(path) }], unread: [] };
    if (!status.isDirectory()) throw new UserError(`${input} is neither a file nor a folder.`);
    if ((await realpath(path)) === out) {
      throw new UserError(
        `--out is the input folder ${input} itself, so the next run would convert its own results; name another folder.`,
      );
    }
    const { pictures, unread } = await picturesBelow(path, out);
    return { found: pictures.map(({ path, below }) => ({ source: path, relative: below })), unread };
  }
  const { folder, pattern } = await splitGlob(input, cwd);
  if (!isDynamicPattern(pattern)) throw new UserError(`${input}: ${systemReason(status)}.`);
  const matches = await expandGlob(pattern, folder, out);
  if (matches.found.length === 0) {
    throw new UserError([`${input} matches no readable picture.`, ...leftOutSentences(matches.unread)].join(" "));
  }
  return matches;
}

/**
 * Splits a glob at the first folder name that contains a wildcard or does not exist. Existing
 * folders are taken literally, brackets included: a folder named `photos (2024)` is not meant as an
 * alternative.
 */
async function splitGlob(glob: string, cwd: string): Promise<{ folder: string; pattern: string }> {
  const parts = glob.split("/");
  let folder = cwd;
  let literal = 0;
  for (; literal < parts.length - 1 && !/[*?]/.test(parts[literal]); literal++) {
    const next = resolve(folder, `${parts[literal]}/`);
    const isFolder = await stat(next)
      .then((status) => status.isDirectory())
      .catch(() => false);
    if (!isFolder) break;
    folder = next;
  }
  return { folder, pattern: parts.slice(literal).join("/") };
}

/**
 * The pictures that a glob matches, without those in the output folder and without endless
 * repetitions through link loops.
 */
async function expandGlob(pattern: string, cwd: string, out: string | undefined): Promise<Expanded> {
  const base = resolve(cwd, literalFolder(pattern));
  const realFolder = folderResolver();
  const realBase = await realFolder(base);
  const outIsBelow = out !== undefined && out !== realBase && isWithin(out, realBase);
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
  const unread: UnreadPicture[] = [];
  for (const path of await matchesOf(pattern, cwd)) {
    const source = resolve(path);
    const folder = dirname(source);
    const below = relative(base, source);
    const name = below.startsWith("..") || isAbsolute(below) ? basename(source) : below.split(sep).join("/");
    const choice = await chooseFile(name, () => beginningOf(source));
    if (!choice || (await passesTwice(folder))) continue;
    if (outIsBelow && isWithin(await realFolder(folder), out)) continue;
    if (choice === "picture") found.push({ source, relative: name });
    else unread.push(choice);
  }
  return { found, unread };
}

/** If brackets match nothing as glob syntax, they are taken literally: `*(1).jpg`. */
async function matchesOf(pattern: string, cwd: string): Promise<string[]> {
  const options = { cwd, absolute: true, onlyFiles: true, expandDirectories: false };
  const matches = await glob(pattern, options);
  if (matches.length > 0 || !/[()[\]{}]/.test(pattern)) return matches;
  return glob(escapePath(pattern).replace(/\\+([*?])/g, "$1"), options);
}

/** The folders of a glob before its first wildcard: `photos/2024` for `photos/2024/*.jpg`. */
function literalFolder(pattern: string): string {
  const parts = pattern.split("/");
  const first = parts.findIndex((part) => isDynamicPattern(part));
  return parts.slice(0, Math.max(0, first)).join("/") || (pattern.startsWith("/") ? "/" : ".");
}

/**
 * The name of each result, for a sorted list of pictures. A picture with a unique stem gets
 * `stem.png`. The others keep their extension (`a.jpg.png`, `a.png.png`) and, if that is also
 * taken, get a number (`a.jpg-2.png`). Two names that differ only in case or in the Unicode form of
 * an accent count as the same, as on many file systems. Names that are too long are truncated.
 *
 * @param room bytes to reserve for what follows a stem
 */
export function assignNames(relatives: readonly string[], room = 0): string[] {
  const named = (path: string, tail: string) => {
    const start = path.lastIndexOf("/") + 1;
    return path.slice(0, start) + nameEndingIn(tail, path.slice(start), maximumNameBytes - room);
  };
  const stems = relatives.map((name) => named(name.slice(0, name.length - extname(name).length), ".png"));
  const keys = stems.map(folded);
  const wanted = new Map<string, number>();
  for (const key of keys) wanted.set(key, (wanted.get(key) ?? 0) + 1);

  // A folder of the mirrored tree may have the name of a result; it keeps its name.
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
    let candidate = named(relatives[i], ".png");
    for (let number = 2; taken.has(folded(candidate)); number++) candidate = named(relatives[i], `-${number}.png`);
    taken.add(folded(candidate));
    return candidate;
  });
}

/** Equal for names that some file systems treat as the same. */
export function folded(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

async function refuseReplacing(pictures: readonly PlannedPicture[], out: string): Promise<void> {
  const realFolder = folderResolver();
  const realFile = async (path: string) => folded(join(await realFolder(dirname(path)), basename(path)));
  const sources = new Map<string, string>();
  const files = pictures.flatMap((picture) => picture.frames ?? [picture]);
  for (const { source } of files) sources.set(await realFile(source), source);
  for (const { output } of files) {
    if (!isWithin(output, out)) throw new Error(`${output} is outside ${out}`);
    const source = sources.get(await realFile(output));
    if (source) throw new UserError(`The result ${output} would replace the input ${source}; give another --out.`);
  }
}

/** `realPathOf`, cached per folder. */
function folderResolver(): (folder: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (folder) => {
    let real = known.get(folder);
    if (!real) known.set(folder, (real = realPathOf(folder)));
    return real;
  };
}
