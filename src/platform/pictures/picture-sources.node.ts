// Lists and reads the pictures that a dataset is made from: folders with everything below them,
// globs, single files, and the archives among them. Links in folders are not followed, so nothing
// outside the named sources is read.

import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import { factsInFile, namesBeside, type PictureFacts } from "../../dataset/sources/facts.ts";
import { mostPictureBytes } from "../../dataset/sources/members.ts";
import type { SourceFile, SourcePicture } from "../../dataset/sources/source.ts";
import { UserError } from "../../errors.ts";
import { isArchiveName, isOtherArchiveName } from "../../formats/pictures/archive-name.ts";
import { chooseFile, unreadByName, type UnreadPicture } from "../../formats/pictures/picture-choice.ts";
import { isPictureName } from "../../formats/pictures/picture-file.ts";
import { ArchiveReader, listArchive, type ListedMember } from "../files/archives.node.ts";
import { readFileBytes, systemReason } from "../files/files.node.ts";
import { isWithin, realPathOf } from "../files/paths.node.ts";
import { FactsOfTables } from "./picture-facts.node.ts";
import { beginningOf } from "./picture-folder.node.ts";

export interface ListedPictures {
  /**
   * In the order of tables, without duplicates. A folder or an archive that cannot be read, or not
   * to its end, is among them with its fault, so that no picture is missing silently.
   */
  readonly pictures: readonly SourcePicture[];
  /** The names of those folders and archives. */
  readonly incomplete: readonly string[];
  /** Pictures of unsupported kinds. */
  readonly unread: readonly UnreadPicture[];
  /** Links that were not followed. */
  readonly links: number;
  /** A sentence for each table beside pictures that could not be read. */
  readonly unreadTables: readonly string[];
}

/**
 * @param sources files, folders, globs and archives
 * @param out the folder for results, if they are pictures: within a source, nothing in it is a
 * picture of that source
 * @throws UserError if a source does not exist, cannot be read or is `out`, or if there is no
 * picture at all
 */
export async function listSources(sources: readonly string[], out?: string): Promise<ListedPictures> {
  const listing = new Listing(process.cwd(), out);
  for (const source of sources) await listing.addSource(source);
  const listed = [...listing.pictures.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
  if (listed.length === 0) throw new UserError(`No picture in ${sources.join(", ")} can be read.`);
  await listing.facts.readParquets(listed.map(placeOf));
  const pictures = listed.map((picture) => told(picture, listing.facts.of(placeOf(picture))));
  const { unread, links, incomplete } = listing;
  return { pictures, incomplete: [...incomplete].sort(), unread, links, unreadTables: listing.facts.unread };
}

function placeOf({ path, member }: SourcePicture): string {
  return member ? join(path, member.name) : path;
}

function told(picture: SourcePicture, about: PictureFacts | undefined): SourcePicture {
  if (!about) return picture;
  const digest = createHash("sha256").update(JSON.stringify(about)).digest("hex").slice(0, 16);
  return { ...picture, about, stamp: `${picture.stamp}-${digest}` };
}

class Listing {
  readonly pictures = new Map<string, SourcePicture>();
  readonly unread: UnreadPicture[] = [];
  readonly facts = new FactsOfTables();
  readonly incomplete = new Set<string>();
  links = 0;
  /** Names of the files in a folder, without links. */
  readonly #names = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly cwd: string,
    private readonly out: string | undefined,
  ) {}

  async addSource(source: string) {
    const path = resolve(this.cwd, source);
    const status = await stat(path).catch((error: unknown) => error as NodeJS.ErrnoException);
    if (!(status instanceof Error)) {
      if (status.isDirectory()) {
        const skipped = await this.#outBelow(path);
        if (skipped === path)
          throw new UserError(
            `The output folder ${this.out} is the source ${source} itself, so the next run would read its own results; name another folder.`,
          );
        return this.#addFolder(path, skipped);
      }
      if (status.isFile()) return this.#addFile(path);
      throw new UserError(`${source} is neither a file nor a folder.`);
    }
    if (!isDynamicPattern(source)) throw new UserError(`${source}: ${systemReason(status)}.`);
    const options = { cwd: this.cwd, absolute: true, onlyFiles: true, followSymbolicLinks: false };
    const matches = await glob(source, { ...options, expandDirectories: false });
    if (matches.length === 0) throw new UserError(`${source} matches no file.`);
    const fixed = source.slice(0, source.search(/[*?[{(!@+]/));
    const skipped = await this.#outBelow(resolve(this.cwd, fixed.slice(0, fixed.lastIndexOf("/") + 1)));
    for (const match of matches)
      if (skipped === undefined || !isWithin(resolve(match), skipped)) await this.#addFile(match);
  }

  /**
   * The output folder's path as a walk through a source's folder meets it; undefined if it does
   * not.
   */
  async #outBelow(folder: string): Promise<string | undefined> {
    if (this.out === undefined) return undefined;
    const [real, out] = [await realPathOf(folder), await realPathOf(resolve(this.cwd, this.out))];
    return isWithin(out, real) ? join(folder, relative(real, out)) : undefined;
  }

  async #addFolder(folder: string, skipped?: string) {
    if (folder === skipped) return;
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => error as Error);
    if (entries instanceof Error) return this.#addIncomplete(this.#nameOf(folder), folder, reasonFor(folder, entries));
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) this.links++;
      else if (entry.isDirectory()) await this.#addFolder(path, skipped);
      else if (entry.isFile()) await this.#addFile(path);
    }
  }

  /** The first call for a folder also reads its tables. */
  async #namesIn(folder: string): Promise<ReadonlySet<string>> {
    const known = this.#names.get(folder);
    if (known) return known;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const names = new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
    this.#names.set(folder, names);
    await this.facts.add(folder, names, (name) => readFileBytes(join(folder, name), mostPictureBytes));
    this.facts.addParquets(folder, names);
    return names;
  }

  async #addFile(path: string) {
    const names = await this.#namesIn(dirname(path));
    const file = this.#nameOf(path);
    if (isArchiveName(path)) return this.#addArchive(path);
    if (isOtherArchiveName(path)) return this.#addIncomplete(file, path, otherArchive);
    const choice = await chooseFile(basename(path), () => beginningOf(path));
    if (!choice) return;
    if (choice !== "picture") return void this.unread.push({ ...choice, name: file });
    const status = await stat(path).catch((error: unknown) => error as Error);
    if (status instanceof Error)
      return this.#add({ file, path, bytes: 0, stamp: unreadable, fault: reasonFor(path, status) });
    const { size, mtimeMs } = status;
    const fault =
      size > mostPictureBytes ? `it has ${size} bytes, but at most ${mostPictureBytes} are read` : undefined;
    const beside: SourceFile[] = [];
    let stamp = `${size}-${Math.round(mtimeMs)}`;
    for (const name of namesBeside(basename(path)).filter((name) => names.has(name))) {
      const about = join(dirname(path), name);
      const status = await stat(about);
      beside.push({ path: about, bytes: status.size });
      stamp += `-${status.size}-${Math.round(status.mtimeMs)}`;
    }
    this.#add({ file, path, bytes: size, stamp, beside, fault });
  }

  async #addArchive(path: string) {
    const name = this.#nameOf(path);
    const status = await stat(path).catch((error: unknown) => error as Error);
    if (status instanceof Error) return this.#addIncomplete(name, path, reasonFor(path, status));
    const { size, mtimeMs } = status;
    const { members, fault } = await listArchive(path);
    if (fault !== undefined) this.#addIncomplete(name, path, fault, size, `${size}-${Math.round(mtimeMs)}`);
    const others = new Map(members.filter(({ name }) => !isPictureName(name)).map((member) => [member.name, member]));
    await this.#addTables(path, others);
    for (const { bytes, fault, ...member } of members) {
      const file = `${name}/${member.name}`;
      if (isPictureName(member.name)) {
        const stamp = `${size}-${Math.round(mtimeMs)}-${member.offset}`;
        const beside = namesBeside(member.name).flatMap((name) => fileOf(path, others.get(name)) ?? []);
        this.#add({ file, path, member, bytes, stamp, beside, fault });
        continue;
      }
      if (isArchiveName(member.name) || isOtherArchiveName(member.name))
        this.#addIncomplete(file, path, "it is an archive within an archive; unpack the outer one", bytes);
      const choice = unreadByName(member.name);
      if (choice) this.unread.push({ ...choice, name: file });
    }
  }

  async #addTables(path: string, members: ReadonlyMap<string, ListedMember>) {
    const reader = new SourceReader();
    const folders = new Map<string, Set<string>>();
    for (const name of members.keys()) {
      const end = name.lastIndexOf("/") + 1;
      const names = folders.get(name.slice(0, end)) ?? new Set();
      folders.set(name.slice(0, end), names.add(name.slice(end)));
    }
    try {
      for (const [folder, names] of folders)
        await this.facts.add(join(path, folder), names, (name) => {
          const file = fileOf(path, members.get(`${folder}${name}`));
          if (!file) throw new UserError("its name or size is not allowed.");
          return reader.read(file);
        });
    } finally {
      await reader.close();
    }
  }

  /** A folder or an archive whose pictures are missing, all or some of them. */
  #addIncomplete(file: string, path: string, fault: string, bytes = 0, stamp = unreadable) {
    this.incomplete.add(file);
    this.#add({ file, path, bytes, stamp, fault });
  }

  #add(picture: SourcePicture) {
    if (!this.pictures.has(picture.file)) this.pictures.set(picture.file, picture);
  }

  /** Relative to the working folder if the path is inside it. */
  #nameOf(path: string): string {
    const below = relative(this.cwd, path);
    return (below.startsWith("..") || isAbsolute(below) ? path : below).split(sep).join("/");
  }
}

/** The stamp of what has none. */
const unreadable = "unreadable";

const otherArchive = "archives of this kind are not read; unpack it, or make a zip or a tar of its pictures";

/** Node replaces what is not UTF-8 in a name, and then does not find the file. */
function reasonFor(path: string, error: unknown): string {
  if (path.includes("\ufffd")) return "its name, or that of its folder, is not valid UTF-8; rename it";
  return systemReason(error);
}

function fileOf(path: string, listed: ListedMember | undefined): SourceFile | undefined {
  if (!listed || listed.fault !== undefined) return undefined;
  const { bytes, fault: _, ...member } = listed;
  return { path, member, bytes };
}

/** Reads the pictures of a listing. */
export class SourceReader {
  readonly #archives = new ArchiveReader();

  /** @throws UserError with the reason */
  async read({
    path,
    member,
    bytes,
    fault,
  }: SourceFile & { readonly fault?: string | undefined }): Promise<Uint8Array> {
    if (fault !== undefined) throw new UserError(`${fault}.`);
    if (member) return this.#archives.read(path, member, bytes);
    return readFileBytes(path, mostPictureBytes).catch((error: unknown) => {
      // The table has the name already.
      if (error instanceof UserError) error.message = error.message.replace(`${path}: `, "");
      throw error;
    });
  }

  /**
   * The facts about a picture, from tables and from the files about it alone, which take
   * precedence.
   */
  async about({ about, beside = [] }: SourcePicture): Promise<PictureFacts | undefined> {
    let facts = about;
    for (const file of beside)
      facts = { ...facts, ...factsInFile(file.member?.name ?? file.path, await this.#textOf(file)) };
    return facts;
  }

  /** Empty for a damaged file, since only the picture is essential. */
  async #textOf(file: SourceFile): Promise<string> {
    try {
      return new TextDecoder().decode(await this.read(file));
    } catch (error) {
      if (error instanceof UserError) return "";
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#archives.close();
  }
}
