// Zips and tars, listed without unpacking them and read one member at a time. Members are addressed
// by their offset, so an interrupted run can continue in the middle, and a part of a divided run
// reads only its own members.

import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import tar from "tar-stream";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { faultOfName, faultOfSize, isHidden } from "../../dataset/sources/members.ts";
import type { ArchiveMember } from "../../dataset/sources/source.ts";
import { UserError, withoutFullStop } from "../../errors.ts";

export interface ListedMember extends ArchiveMember {
  readonly bytes: number;
  /** Why it must not be read. */
  readonly fault?: string | undefined;
}

/** What could be listed of an archive. */
export interface ListedArchive {
  /** In the archive's order, without hidden files. */
  readonly members: readonly ListedMember[];
  /** Why members are missing; undefined if the list is complete. */
  readonly fault?: string | undefined;
}

/** Lists an archive. If it is damaged, the members before the damage are listed. */
export async function listArchive(path: string): Promise<ListedArchive> {
  const members: ListedMember[] = [];
  try {
    if ((await stat(path)).size === 0) return { members, fault: "it is empty; download it again" };
    await (/\.zip$/i.test(path) ? listZip(path, members) : listTar(path, members));
    return { members };
  } catch (error) {
    if (error instanceof OverlapError) return { members: [], fault: error.message };
    return { members, fault: `it cannot be read as an archive (${reasonOf(error)}); download it again` };
  }
}

/** The same bytes serve for several members. */
class OverlapError extends Error {}

async function listZip(path: string, members: ListedMember[]): Promise<void> {
  const zip = await openZip(path);
  try {
    let packed = 0;
    for await (const entry of zip.eachEntry()) {
      packed += entry.compressedSize;
      if (packed > zip.fileSize)
        throw new OverlapError("its members overlap, as in a zip bomb; get it from another source");
      // yauzl's own name validation stops at the first bad name. Here only that member is refused.
      const raw = entry.fileName as unknown as Buffer;
      const name = yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, false);
      if (name.endsWith("/") || isHidden(name)) continue;
      members.push({
        name,
        offset: entry.relativeOffsetOfLocalHeader,
        packed: entry.compressedSize,
        deflated: entry.compressionMethod === 8,
        crc32: entry.crc32,
        bytes: entry.uncompressedSize,
        fault: faultOfEntry(name, entry),
      });
    }
  } finally {
    zip.close();
  }
}

/** In a zip made on Unix, the upper half of the attributes is the file's mode. */
const linkMode = 0xa000;
const kindMask = 0xf000;

function faultOfEntry(name: string, entry: Entry): string | undefined {
  if (((entry.externalFileAttributes >>> 16) & kindMask) === linkMode) return "it is a link";
  if (entry.isEncrypted()) return "it is encrypted";
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    return `it is compressed by a method (${entry.compressionMethod}) that is not supported`;
  return faultOfName(name) ?? faultOfSize(entry.uncompressedSize, entry.compressedSize);
}

async function listTar(path: string, members: ListedMember[]): Promise<void> {
  const extract = tar.extract();
  extract.on("entry", (header, stream, next) => {
    // A truncated member's stream fails, and so does the pipeline, which reports it.
    stream
      .on("end", next)
      .on("error", () => {})
      .resume();
    const { name, size, type } = header;
    const { byteOffset: offset } = header as TarHeader;
    if (type === "directory" || isHidden(name)) return;
    const isFile = type === "file" || type === "contiguous-file";
    const fault = isFile ? (faultOfName(name) ?? faultOfSize(size, size)) : "it is a link or a device";
    members.push({ name, offset, packed: size, bytes: size, fault });
  });
  await pipeline(createReadStream(path), extract);
}

/** tar-stream adds this field, which its types omit: where the member's data begins. */
type TarHeader = tar.Header & { readonly byteOffset: number };

/** Keeps the archives open that it reads from. */
export class ArchiveReader {
  readonly #zips = new Map<string, Promise<ZipFile>>();

  /** @throws UserError with only the reason, if the member is damaged */
  async read(path: string, member: ArchiveMember, bytes: number): Promise<Uint8Array> {
    try {
      return await (member.deflated === undefined ? readPart(path, member) : this.#readZip(path, member, bytes));
    } catch (error) {
      if (error instanceof UserError || error instanceof TypeError) throw error;
      throw new UserError(`it is damaged in its archive (${reasonOf(error)}).`);
    }
  }

  async #readZip(path: string, member: ArchiveMember, bytes: number): Promise<Uint8Array> {
    let opened = this.#zips.get(path);
    if (!opened) {
      if (this.#zips.size >= mostOpen) await this.close();
      this.#zips.set(path, (opened = openZip(path)));
    }
    const zip = await opened;
    const entry = Object.assign(new yauzl.Entry(), {
      relativeOffsetOfLocalHeader: member.offset,
      compressedSize: member.packed,
      uncompressedSize: bytes,
      compressionMethod: member.deflated ? 8 : 0,
      generalPurposeBitFlag: 0,
    });
    const stream = await zip.openReadStreamPromise(entry);
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    const data = Buffer.concat(parts);
    if (data.length !== bytes || crc32(data) !== member.crc32)
      throw new UserError("it is damaged in its archive: its checksum does not match.");
    return data;
  }

  async close(): Promise<void> {
    const zips = [...this.#zips.values()];
    this.#zips.clear();
    for (const zip of zips) (await zip).close();
  }
}

const mostOpen = 8;

async function openZip(path: string): Promise<ZipFile> {
  await stat(path);
  return yauzl.openPromise(path, { autoClose: false, lazyEntries: true, decodeStrings: false });
}

async function readPart(path: string, { offset, packed }: ArchiveMember): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const bytes = new Uint8Array(packed);
    const { bytesRead } = await file.read(bytes, 0, packed, offset);
    if (bytesRead < packed) throw new UserError("it is cut short in its archive.");
    return bytes;
  } finally {
    await file.close();
  }
}

function reasonOf(error: unknown): string {
  return withoutFullStop(error instanceof Error ? error.message : String(error));
}
