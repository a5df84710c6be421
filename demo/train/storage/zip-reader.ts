// Reads an untrusted zip file without loading it whole. It checks the entire directory first, then
// reads the members in pieces, so that a false size takes no memory. Members may be stored or
// deflated; names that lead out of the target folder are refused. Source: PKWARE's APPNOTE.TXT,
// sections 4.3 to 4.5.

import { Inflate } from "fflate";
import { UserError } from "../../../src/errors.ts";
import { crc32 } from "../../../src/formats/bytes/crc32.ts";

export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  readonly compressedSize: number;
  readonly crc: number;
  readonly deflated: boolean;
  readonly headerOffset: number;
}

const mostEntries = 200_000;
const mostDirectoryBytes = 64 * 2 ** 20;
const pieceBytes = 4 * 2 ** 20;

const damaged = (what: string) => new UserError(`The zip file is damaged: ${what}. Create or download it again.`);
const hostile = (name: string, what: string) =>
  new UserError(`The zip file is refused: ${JSON.stringify(name.slice(0, 80))} ${what}. Nothing was unpacked.`);

/**
 * Lists the files, without folders.
 *
 * @param mostBytes the limit for their total unpacked size
 * @throws UserError if it is not a zip file, is damaged, or is malicious
 */
export async function readDirectory(zip: Blob, mostBytes: number): Promise<ZipEntry[]> {
  const { offset, size, count } = await findDirectory(zip);
  if (count > mostEntries || size > mostDirectoryBytes) {
    throw new UserError(`The zip file is refused: it has ${count} members, but at most ${mostEntries} are read.`);
  }
  const view = await viewOf(zip, offset, size);
  const entries: ZipEntry[] = [];
  const taken = new Set<string>();
  let total = 0;
  for (let at = 0, index = 0; index < count; index++) {
    if (at + 46 > size || view.getUint32(at, true) !== 0x02014b50) throw damaged("its directory is cut off");
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > size) throw damaged("its directory is cut off");
    const entry = entryAt(view, at, nameLength, extraLength);
    at = next;
    checkName(entry.name);
    if (entry.name.endsWith("/")) continue;
    const folded = entry.name.toLowerCase();
    if (taken.has(folded)) throw hostile(entry.name, "occurs twice");
    taken.add(folded);
    total += entry.size;
    if (total > mostBytes) {
      const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
      throw new UserError(
        `The zip file would unpack to more than ${gigabytes(total)}, but only ${gigabytes(mostBytes)} are free. ` +
          "Free some space, or zip only what the run needs. Nothing was unpacked.",
      );
    }
    entries.push(entry);
  }
  return entries;
}

/**
 * The contents of a file, in pieces. Size and checksum are checked after the last one.
 *
 * @throws UserError if the zip is damaged or cut off, or one of the two is wrong
 */
export async function* readEntry(zip: Blob, entry: ZipEntry): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const local = await viewOf(zip, entry.headerOffset, 30);
  if (local.getUint32(0, true) !== 0x04034b50) throw damaged(`${entry.name} is not where its directory says`);
  const start = entry.headerOffset + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  const end = start + entry.compressedSize;
  if (end > zip.size) throw damaged(`${entry.name} is cut off`);
  let size = 0;
  let crc = 0;
  let ended = !entry.deflated;
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  const take = (piece: Uint8Array<ArrayBuffer>) => {
    size += piece.length;
    if (size > entry.size) throw hostile(entry.name, "is larger than it claims to be");
    crc = crc32(piece, crc);
    pieces.push(piece);
  };
  const inflate = new Inflate((piece, final) => {
    take(piece as Uint8Array<ArrayBuffer>);
    ended ||= final;
  });
  for (let at = start; at < end; at += pieceBytes) {
    const bytes = new Uint8Array(await zip.slice(at, Math.min(at + pieceBytes, end)).arrayBuffer());
    if (entry.deflated) push(inflate, bytes, at + pieceBytes >= end, entry.name);
    else take(bytes);
    yield* pieces;
    pieces = [];
  }
  if (!ended || size !== entry.size || crc !== entry.crc)
    throw damaged(`the size or checksum of ${entry.name} is wrong`);
}

/** The whole contents of a file. */
export async function readWhole(zip: Blob, entry: ZipEntry): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(entry.size);
  let length = 0;
  for await (const piece of readEntry(zip, entry)) {
    bytes.set(piece, length);
    length += piece.length;
  }
  return bytes;
}

/**
 * Inflates small parts, each to at most 1032 times its size, so that a zip bomb is detected before
 * it takes memory.
 */
function push(inflate: Inflate, bytes: Uint8Array, isLast: boolean, name: string): void {
  const part = 65536;
  try {
    for (let at = 0; at < bytes.length; at += part) {
      inflate.push(bytes.subarray(at, at + part), isLast && at + part >= bytes.length);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw damaged(`${name} cannot be unpacked (${(error as Error).message})`);
  }
}

function checkName(name: string): void {
  if (/[\\\0-\x1f]/.test(name)) throw hostile(name, "has invalid characters in its name");
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) throw hostile(name, "would be written outside the run's folder");
  const parts = name.replace(/\/$/, "").split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    throw hostile(name, "would be written outside the run's folder");
  }
  if (name.length > 1000) throw hostile(name, "has a name that is too long");
}

function entryAt(view: DataView, at: number, nameLength: number, extraLength: number): ZipEntry {
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength));
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  if (flags & 1) throw new UserError("The zip file is encrypted. Zip the run without a password.");
  if (method !== 0 && method !== 8) throw hostile(name, "has an unsupported compression method (use deflate)");
  const sizes = { size: view.getUint32(at + 24, true), compressedSize: view.getUint32(at + 20, true) };
  let headerOffset = view.getUint32(at + 42, true);
  // Values that do not fit into 32 bits are in an extra field, in this order.
  const end = at + 46 + nameLength + extraLength;
  for (let field = at + 46 + nameLength; field + 4 <= end;) {
    const [tag, length] = [view.getUint16(field, true), view.getUint16(field + 2, true)];
    let value = field + 4;
    const wide = () => {
      if (value + 8 > Math.min(end, field + 4 + length)) throw damaged("its directory is cut off");
      const number = Number(view.getBigUint64(value, true));
      value += 8;
      return number;
    };
    if (tag === 1) {
      if (sizes.size === 0xffffffff) sizes.size = wide();
      if (sizes.compressedSize === 0xffffffff) sizes.compressedSize = wide();
      if (headerOffset === 0xffffffff) headerOffset = wide();
    }
    field += 4 + length;
  }
  if (method === 0 && sizes.size !== sizes.compressedSize) throw damaged(`the sizes of ${name} differ`);
  return { name, ...sizes, headerOffset, crc: view.getUint32(at + 16, true), deflated: method === 8 };
}

/**
 * The end record is at the end, before a comment of at most 65535 bytes. In a large file it points
 * to another record.
 */
async function findDirectory(zip: Blob): Promise<{ offset: number; size: number; count: number }> {
  const tailStart = Math.max(0, zip.size - 22 - 65535 - 20);
  const tail = await viewOf(zip, tailStart, zip.size - tailStart);
  let at = tail.byteLength - 22;
  while (at >= 0 && tail.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) throw new UserError("This is not a zip file, or it is cut off. A run must be one folder in a zip file.");
  const found = {
    count: tail.getUint16(at + 10, true),
    size: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
  };
  const isWide = found.count === 0xffff || found.size === 0xffffffff || found.offset === 0xffffffff;
  if (isWide && at >= 20 && tail.getUint32(at - 20, true) === 0x07064b50) {
    const end = await viewOf(zip, Number(tail.getBigUint64(at - 12, true)), 56);
    if (end.getUint32(0, true) !== 0x06064b50) throw damaged("its end is not where it says");
    found.count = Number(end.getBigUint64(32, true));
    found.size = Number(end.getBigUint64(40, true));
    found.offset = Number(end.getBigUint64(48, true));
  }
  if (found.offset + found.size > zip.size) throw damaged("its directory is cut off");
  return found;
}

async function viewOf(zip: Blob, offset: number, length: number): Promise<DataView> {
  if (offset + length > zip.size) throw damaged("it is cut off");
  return new DataView(await zip.slice(offset, offset + length).arrayBuffer());
}
