import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { readZip, writeZip } from "../../../src/formats/bytes/zip.ts";
import { bytes, little } from "../assemble.ts";

const members = [
  { name: "a/data.pkl", data: bytes("pickle") },
  { name: "a/data/0", data: new Uint8Array(100).fill(7) },
  { name: "a/empty", data: bytes() },
];
const archive = writeZip(members);

/** Where the central directory's entry `index` begins. */
function central(file: Uint8Array, index: number): number {
  let at = new DataView(file.buffer, file.byteOffset).getUint32(file.length - 6, true);
  for (let i = 0; i < index; i++) at += 46 + file[at + 28] + file[at + 30];
  return at;
}

function changed(at: number, ...values: (number | Uint8Array)[]): Uint8Array {
  const copy = archive.slice();
  copy.set(bytes(...values), at);
  return copy;
}

function refuses(file: Uint8Array, reason: RegExp) {
  expect(() => readZip(file)).toThrow(UserError);
  expect(() => readZip(file)).toThrow(reason);
}

describe("zip", () => {
  it("reads its own files without copying", () => {
    const read = readZip(archive);
    expect(read).toEqual(members);
    expect(read[0].data.buffer).toBe(archive.buffer);
  });

  it("refuses a truncation or a changed byte wherever it matters", () => {
    for (let length = 0; length < archive.length; length++) refuses(archive.subarray(0, length), /cut off|damaged/);
    const data = readZip(archive)[1].data.byteOffset;
    refuses(changed(data + 50, 8), /checksum of a\/data\/0 does not match/);
    refuses(changed(30, 98), /header of a\/data\.pkl disagrees/);
    refuses(changed(14, 1), /header of a\/data\.pkl disagrees/);
    refuses(changed(18, 99), /header of a\/data\.pkl disagrees/);
    refuses(changed(8, 8), /header of a\/data\.pkl disagrees/);
  });

  it("refuses compression, so a bomb is impossible", () => {
    const packed = deflateRawSync(new Uint8Array(1_000_000));
    const file = writeZip([{ name: "a/data.pkl", data: packed }]);
    file[central(file, 0) + 10] = 8;
    refuses(file, /a\/data\.pkl is compressed; refused/);
  });

  it("refuses members that share bytes", () => {
    const first = central(archive, 0);
    const second = central(archive, 1);
    const size = members[1].data.length;
    // The second entry names the first one's header, and then a size that runs into its neighbour.
    refuses(changed(second + 42, little(0, 4)), /disagrees/);
    const grown = changed(first + 20, little(200, 4), little(200, 4));
    grown.set(bytes(little(200, 4), little(200, 4)), 18);
    refuses(grown, /a\/data\.pkl overlaps what follows it/);
    const intoDirectory = changed(second + 20, little(size + 64, 4), little(size + 64, 4));
    const local = new DataView(archive.buffer).getUint32(second + 42, true);
    intoDirectory.set(bytes(little(size + 64, 4), little(size + 64, 4)), local + 18);
    refuses(intoDirectory, /overlaps what follows it/);
  });

  it("refuses a name that occurs twice, encryption, two sizes, and a header out of range", () => {
    refuses(writeZip([members[0], members[0]]), /holds a\/data\.pkl twice/);
    const first = central(archive, 0);
    refuses(changed(first + 8, 1), /encrypted/);
    refuses(changed(first + 24, little(5, 4)), /two sizes/);
    refuses(changed(first + 42, little(2 ** 32 - 2, 4)), /disagrees/);
    refuses(changed(first + 42, little(2 ** 32 - 1, 4)), /zip64 field is missing/);
  });

  it("refuses a directory that is not where its end record says", () => {
    const end = archive.length - 22;
    refuses(changed(end + 16, little(0, 4)), /directory does not lie before its end record/);
    refuses(changed(end + 12, little(2 ** 32 - 1, 4)), /directory does not lie before its end record/);
    refuses(changed(end + 10, little(2, 2)), /directory is longer than its members/);
    refuses(changed(end + 10, little(4, 2)), /directory is broken/);
    refuses(changed(end + 10, little(65_535, 2)), /65535 members in \d+ bytes/);
  });

  it("reads zip64 records, and refuses false ones", () => {
    const end = archive.length - 22;
    const [offset, size] = [central(archive, 0), end - central(archive, 0)];
    const zip64 = (directorySize: number, locatorOffset = end, count: number | bigint = 3) => {
      const record = [little(44, 8), little(45, 2), little(45, 2), little(0, 8), little(count, 8), little(count, 8)];
      return bytes(
        archive.subarray(0, end),
        bytes("PK\u0006\u0006", ...record, little(directorySize, 8), little(offset, 8)),
        bytes("PK\u0006\u0007", little(0, 4), little(locatorOffset, 8), little(1, 4)),
        bytes(
          "PK\u0005\u0006",
          little(0, 4),
          little(0xffff_ffff, 4),
          little(0xffff_ffff, 4),
          little(0xffff_ffff, 4),
          little(0, 2),
        ),
      );
    };
    expect(readZip(zip64(size))).toEqual(members);
    refuses(zip64(size + 1), /directory does not lie/);
    refuses(zip64(size, end + 1), /zip64 end record/);
    refuses(zip64(size, 2 ** 50), /zip64 end record/);
    refuses(zip64(size, end, 2n ** 64n - 1n), /members/);
  });

  it("reads sizes from zip64 fields of the directory", () => {
    const data = bytes("wide");
    const plain = writeZip([{ name: "n", data }]);
    const at = central(plain, 0);
    const field = bytes(little(1, 2), little(16, 2), little(4, 8), little(4, 8));
    const entry = plain.slice(at, at + 47);
    entry.set(little(2 ** 32 - 1, 4), 20);
    entry.set(little(2 ** 32 - 1, 4), 24);
    entry.set(little(20, 2), 30);
    const tail = plain.slice(plain.length - 22);
    tail.set(little(47 + 20, 4), 12);
    const wide = bytes(plain.subarray(0, at), entry, field, tail);
    expect(readZip(wide)).toEqual([{ name: "n", data }]);
    const short = wide.slice();
    short[at + 47 + 2] = 8;
    refuses(short, /zip64 field is too short/);
  });
});
