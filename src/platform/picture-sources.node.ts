// The pictures that a dataset is made from, listed and read: folders with all below them, globs, single files, and the archives among them. Links
// in folders are not followed, so that nothing outside of what a person named is read.

import { readdir, stat } from "node:fs/promises";
import { basename, isAbsolute, join, relative, resolve, sep } from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import { chooseFile, unreadByName, type UnreadPicture } from "../data/picture-choice.ts";
import { isPictureName } from "../data/picture-file.ts";
import { mostPictureBytes } from "../dataset/sources/members.ts";
import type { SourcePicture } from "../dataset/sources/source.ts";
import { UserError } from "../errors.ts";
import { ArchiveReader, isArchiveName, listArchive } from "./archives.node.ts";
import { readFileBytes, systemReason } from "./files.node.ts";
import { beginningOf } from "./picture-folder.node.ts";

export interface ListedPictures {
  /** In the order of tables; none twice. */
  readonly pictures: readonly SourcePicture[];
  /** Pictures of kinds that are not read. */
  readonly unread: readonly UnreadPicture[];
  /** Links that were not followed. */
  readonly links: number;
}

/**
 * @param sources files, folders, globs and archives, relative to `cwd`
 * @throws UserError where a source does not exist or cannot be read, and where there is no picture at all
 */
export async function listSources(sources: readonly string[], cwd = process.cwd()): Promise<ListedPictures> {
  const listing = new Listing(cwd);
  for (const source of sources) await listing.addSource(source);
  const pictures = [...listing.pictures.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
  if (pictures.length === 0) throw new UserError(`There is no picture in ${sources.join(", ")} that can be read.`);
  return { pictures, unread: listing.unread, links: listing.links };
}

class Listing {
  readonly pictures = new Map<string, SourcePicture>();
  readonly unread: UnreadPicture[] = [];
  links = 0;

  constructor(private readonly cwd: string) {}

  async addSource(source: string) {
    const path = resolve(this.cwd, source);
    const status = await stat(path).catch((error: unknown) => error as NodeJS.ErrnoException);
    if (!(status instanceof Error)) {
      if (status.isDirectory()) return this.#addFolder(path);
      if (status.isFile()) return this.#addFile(path);
      throw new UserError(`${source} is neither a file nor a folder.`);
    }
    if (!isDynamicPattern(source)) throw new UserError(`${source}: ${systemReason(status)}.`);
    const options = { cwd: this.cwd, absolute: true, onlyFiles: true, followSymbolicLinks: false };
    const matches = await glob(source, { ...options, expandDirectories: false });
    if (matches.length === 0) throw new UserError(`${source} matches no file.`);
    for (const match of matches) await this.#addFile(match);
  }

  async #addFolder(folder: string) {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      throw new UserError(`${folder}: ${systemReason(error)}.`);
    });
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) this.links++;
      else if (entry.isDirectory()) await this.#addFolder(path);
      else if (entry.isFile()) await this.#addFile(path);
    }
  }

  async #addFile(path: string) {
    if (isArchiveName(path)) return this.#addArchive(path);
    const file = this.#nameOf(path);
    const choice = await chooseFile(basename(path), () => beginningOf(path));
    if (!choice) return;
    if (choice !== "picture") return void this.unread.push({ ...choice, name: file });
    const { size, mtimeMs } = await stat(path);
    const fault =
      size > mostPictureBytes ? `it has ${size} bytes, and at most ${mostPictureBytes} are read` : undefined;
    this.#add({ file, path, bytes: size, stamp: `${size}-${Math.round(mtimeMs)}`, fault });
  }

  async #addArchive(path: string) {
    const name = this.#nameOf(path);
    const { size, mtimeMs } = await stat(path);
    for (const { bytes, fault, ...member } of await listArchive(path)) {
      const file = `${name}/${member.name}`;
      if (isPictureName(member.name)) {
        const stamp = `${size}-${Math.round(mtimeMs)}-${member.offset}`;
        this.#add({ file, path, member, bytes, stamp, fault });
        continue;
      }
      const choice = unreadByName(member.name);
      if (choice) this.unread.push({ ...choice, name: file });
    }
  }

  #add(picture: SourcePicture) {
    if (!this.pictures.has(picture.file)) this.pictures.set(picture.file, picture);
  }

  /** From the working folder where it is in there. */
  #nameOf(path: string): string {
    const below = relative(this.cwd, path);
    return (below.startsWith("..") || isAbsolute(below) ? path : below).split(sep).join("/");
  }
}

/** Reads the pictures of a listing. */
export class SourceReader {
  readonly #archives = new ArchiveReader();

  /** @throws UserError with the reason */
  async read({ path, member, bytes, fault }: SourcePicture): Promise<Uint8Array> {
    if (fault !== undefined) throw new UserError(`${fault}.`);
    return member ? this.#archives.read(path, member, bytes) : readFileBytes(path, mostPictureBytes);
  }

  close(): Promise<void> {
    return this.#archives.close();
  }
}
