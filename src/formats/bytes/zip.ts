// The small part of the zip format that torch.save uses: members stored without compression, one
// after another, then the central directory. The reader rejects everything that could make two
// readers see different contents, or a small file expand to a large one: compression, overlap,
// duplicate names, headers that disagree, wrong checksums. Source: PKWARE's APPNOTE.TXT, sections
// 4.3 and 4.4.

import { UserError } from "../../errors.ts";
import { printable } from "../../printable.ts";
import { crc32 } from "./crc32.ts";

export interface ZipMember {
  name: string;
  /** A view of the archive's bytes. */
  data: Uint8Array;
}

const localSignature = 0x04034b50;
const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;
const zip64EndSignature = 0x06064b50;
const zip64LocatorSignature = 0x07064b50;
const zip64ExtraTag = 0x0001;
const stored = 0;
const flagEncrypted = 0x0001;
const flagSizesFollowData = 0x0008;
const flagUtf8 = 0x0800;
const maximumMembers = 32_768;
const maximumDirectoryBytes = 16 * 1024 * 1024;

/** The data of torch's members starts at multiples of this. */
const alignment = 64;

const damaged = (what: string) => new UserError(`The zip file is damaged: ${what}. Download or copy it again.`);

/**
 * The members in the order of the central directory. Throws a UserError at anything that torch.save
 * does not write.
 */
export function readZip(bytes: Uint8Array): ZipMember[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = findDirectory(view);
  const entries = readDirectory(view, bytes, directory);
  const ranges = entries.map((entry) => ({ entry, ...locate(view, bytes, entry) }));

  ranges.sort((a, b) => a.entry.localOffset - b.entry.localOffset);
  ranges.forEach(({ entry, end }, i) => {
    const limit = i + 1 < ranges.length ? ranges[i + 1].entry.localOffset : directory.offset;
    if (end > limit) throw damaged(`the member ${printable(entry.name)} overlaps what follows it`);
  });

  const data = new Map(ranges.map(({ entry, start, end }) => [entry, bytes.subarray(start, end)]));
  return entries.map((entry) => {
    const member = { name: entry.name, data: data.get(entry)! };
    if (crc32(member.data) !== entry.crc) throw damaged(`the checksum of ${printable(entry.name)} does not match`);
    return member;
  });
}

interface Directory {
  offset: number;
  size: number;
  count: number;
}

/** The end record is at the very end, before a comment of at most 65535 bytes. */
function findDirectory(view: DataView): Directory {
  const last = view.byteLength - 22;
  for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
    if (view.getUint32(at, true) !== endSignature || at + 22 + view.getUint16(at + 20, true) !== view.byteLength) {
      continue;
    }
    let directory = {
      count: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
    };
    let end = at;
    if (at >= 20 && view.getUint32(at - 20, true) === zip64LocatorSignature) {
      end = readOffset(view, at - 12);
      if (end > at - 20 - 56 || view.getUint32(end, true) !== zip64EndSignature) {
        throw damaged("its zip64 end record is not where it should be");
      }
      directory = {
        count: readOffset(view, end + 32),
        size: readOffset(view, end + 40),
        offset: readOffset(view, end + 48),
      };
    }
    if (directory.offset + directory.size !== end) throw damaged("its directory does not lie before its end record");
    if (directory.count > maximumMembers || directory.size > maximumDirectoryBytes) {
      throw new UserError(
        `The zip file names ${directory.count} members in ${directory.size} bytes, far more than any state dict.`,
      );
    }
    return directory;
  }
  throw new UserError("The zip file is cut off: its end record is missing. Download or copy it again.");
}

interface Entry {
  name: string;
  nameBytes: Uint8Array;
  crc: number;
  size: number;
  localOffset: number;
}

function readDirectory(view: DataView, bytes: Uint8Array, directory: Directory): Entry[] {
  const entries: Entry[] = [];
  const names = new Set<string>();
  const end = directory.offset + directory.size;
  let at = directory.offset;
  for (let i = 0; i < directory.count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== centralSignature) throw damaged("its directory is broken");
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > end) throw damaged("its directory is broken");
    const nameBytes = bytes.subarray(at + 46, at + 46 + nameLength);
    const name = new TextDecoder().decode(nameBytes);
    if (names.has(name)) throw damaged(`it holds ${printable(name)} twice`);
    names.add(name);
    if (flags & flagEncrypted) throw new UserError(`The zip member ${printable(name)} is encrypted.`);
    if (method !== stored) {
      throw new UserError(
        `The zip member ${printable(name)} is compressed; refused. torch.save never compresses a state dict. If the file is a TorchScript ` +
          "program, save torch.jit.load(...).state_dict().",
      );
    }
    const sizes = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
    const extraStart = at + 46 + nameLength;
    const [size, packedSize, localOffset] = widenSizes(view, sizes, extraStart, extraStart + extraLength);
    if (size !== packedSize) throw damaged(`${printable(name)} is stored uncompressed, but has two sizes`);
    entries.push({ name, nameBytes, crc: view.getUint32(at + 16, true), size, localOffset });
    at = next;
  }
  if (at !== end) throw damaged("its directory is longer than its members");
  return entries;
}

/**
 * Sizes and offsets that read 0xffffffff are stored, in this order, as 64 bits in the zip64 extra
 * field.
 */
function widenSizes(view: DataView, sizes: number[], start: number, end: number): number[] {
  if (!sizes.includes(0xffffffff)) return sizes;
  for (let at = start; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== zip64ExtraTag) continue;
    const fieldEnd = Math.min(end, at + 4 + view.getUint16(at + 2, true));
    let field = at + 4;
    return sizes.map((size) => {
      if (size !== 0xffffffff) return size;
      if (field + 8 > fieldEnd) throw damaged("a zip64 field is too short");
      field += 8;
      return readOffset(view, field - 8);
    });
  }
  throw damaged("a zip64 field is missing");
}

/** The range of a member's data, after its local header, which must match the directory. */
function locate(view: DataView, bytes: Uint8Array, entry: Entry): { start: number; end: number } {
  const at = entry.localOffset;
  const mismatch = () => damaged(`the header of ${printable(entry.name)} disagrees with the directory`);
  if (at + 30 > bytes.length || view.getUint32(at, true) !== localSignature) throw mismatch();
  const sizesFollow = (view.getUint16(at + 6, true) & flagSizesFollowData) !== 0;
  if (view.getUint16(at + 8, true) !== stored) throw mismatch();

  const crc = view.getUint32(at + 14, true);
  if (crc !== entry.crc && !(sizesFollow && crc === 0)) throw mismatch();
  for (const size of [view.getUint32(at + 18, true), view.getUint32(at + 22, true)]) {
    if (size !== entry.size && size !== 0xffffffff && !(sizesFollow && size === 0)) throw mismatch();
  }
  const nameLength = view.getUint16(at + 26, true);
  const start = at + 30 + nameLength + view.getUint16(at + 28, true);
  const end = start + entry.size;
  if (end > bytes.length || nameLength !== entry.nameBytes.length) throw mismatch();
  if (entry.nameBytes.some((byte, i) => byte !== bytes[at + 30 + i])) throw mismatch();
  return { start, end };
}

/** A 64-bit number that must be an offset or a size. Values beyond 2^53 exceed any file. */
function readOffset(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

/**
 * A zip of stored members whose data starts at multiples of 64, padded as torch does (with an extra
 * field "FB"). The same members give the same bytes: every date is 1 January 1980.
 */
export function writeZip(members: readonly ZipMember[]): Uint8Array {
  const placed: (ZipMember & { nameBytes: Uint8Array; crc: number; at: number; padding: number })[] = [];
  let offset = 0;
  let directorySize = 0;
  for (const { name, data } of members) {
    const nameBytes = new TextEncoder().encode(name);
    const unpadded = offset + 30 + nameBytes.length + 4;
    const padding = (alignment - (unpadded % alignment)) % alignment;
    placed.push({ name, data, nameBytes, crc: crc32(data), at: offset, padding });
    offset = unpadded + padding + data.length;
    directorySize += 46 + nameBytes.length;
  }
  if (offset + directorySize + 22 >= 2 ** 32 || members.length >= 0xffff) {
    throw new UserError("These tensors need 4 GiB or more, which is too large for one file.");
  }

  const bytes = new Uint8Array(offset + directorySize + 22);
  const view = new DataView(bytes.buffer);
  let central = offset;
  for (const { data, nameBytes, crc, at, padding } of placed) {
    const common = (start: number) => {
      view.setUint16(start, 20, true); // version needed: 2.0
      view.setUint16(start + 2, flagUtf8, true);
      view.setUint16(start + 4, stored, true);
      view.setUint32(start + 6, 0x00210000, true); // 1980-01-01, 00:00
      view.setUint32(start + 10, crc, true);
      view.setUint32(start + 14, data.length, true);
      view.setUint32(start + 18, data.length, true);
      view.setUint16(start + 22, nameBytes.length, true);
    };
    view.setUint32(at, localSignature, true);
    common(at + 4);
    view.setUint16(at + 28, 4 + padding, true);
    bytes.set(nameBytes, at + 30);
    const extra = at + 30 + nameBytes.length;
    view.setUint16(extra, 0x4246, true); // "FB"
    view.setUint16(extra + 2, padding, true);
    bytes.fill(0x5a, extra + 4, extra + 4 + padding);
    bytes.set(data, extra + 4 + padding);

    view.setUint32(central, centralSignature, true);
    common(central + 6);
    view.setUint32(central + 42, at, true);
    bytes.set(nameBytes, central + 46);
    central += 46 + nameBytes.length;
  }
  view.setUint32(central, endSignature, true);
  view.setUint16(central + 8, placed.length, true);
  view.setUint16(central + 10, placed.length, true);
  view.setUint32(central + 12, directorySize, true);
  view.setUint32(central + 16, offset, true);
  return bytes;
}
