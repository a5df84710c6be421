// Builds pickles and checkpoints byte by byte, so that tests can write what no honest program
// would.

import { writeZip } from "../../src/formats/bytes/zip.ts";

export type Piece = string | number | Uint8Array | Piece[];

/** Letters as their codes, numbers as bytes, in order. */
export function bytes(...pieces: Piece[]): Uint8Array {
  const parts = pieces.map((piece) => {
    if (typeof piece === "number") return Uint8Array.of(piece);
    if (typeof piece === "string") return Uint8Array.from(piece, (letter) => letter.charCodeAt(0));
    return piece instanceof Uint8Array ? piece : bytes(...piece);
  });
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** The little-endian bytes of a number: `size` of them. */
export function little(value: number | bigint, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 255n));
}

/** Opcodes that push a text, and a whole number of up to eight bytes. */
export const text = (value: string): Piece => [
  "X",
  little(new TextEncoder().encode(value).length, 4),
  new TextEncoder().encode(value),
];
export const integer = (value: number | bigint): Piece => [0x8a, 9, little(BigInt.asUintN(72, BigInt(value)), 9)];
export const tuple = (...values: Piece[]): Piece => ["(", ...values, "t"];
export const global = (module: string, name: string): Piece => `c${module}\n${name}\n`;

export interface TensorDescription {
  storage?: Piece;
  key?: string;
  length?: number | bigint;
  /** What follows a storage's length in its persistent id: the legacy form's view. */
  view?: Piece;
  offset?: number | bigint;
  shape?: (number | bigint)[];
  strides?: (number | bigint)[];
}

/** The opcodes of a tensor: by default two float32 at the start of storage "0" of four. */
export function tensor(description: TensorDescription = {}): Piece {
  const { storage = global("torch", "FloatStorage"), key = "0", length = 4, view = [], offset = 0 } = description;
  const { shape = [2], strides = [1] } = description;
  const id = tuple(text("storage"), storage, text(key), text("cpu"), integer(length), view);
  const hooks = [global("collections", "OrderedDict"), ")R"];
  const args = [[id, "Q"], integer(offset), tuple(...shape.map(integer)), tuple(...strides.map(integer)), 0x89, hooks];
  return [global("torch._utils", "_rebuild_tensor_v2"), tuple(...args), "R"];
}

/** The opcodes of a dict. */
export const dict = (...entries: [key: Piece, value: Piece][]): Piece => ["}(", ...entries.flat(), "u"];
export const protocol2: Piece = [0x80, 2];

const sixteenBytes = Uint8Array.from({ length: 16 }, (_, i) => i);

/**
 * A zip checkpoint around the opcodes of its object; storage "0" has 16 bytes unless others are
 * given.
 */
export function zipOf(
  object: Piece,
  storages: Record<string, Uint8Array> = { 0: sixteenBytes },
  extra: Record<string, string> = {},
) {
  return writeZip([
    { name: "archive/data.pkl", data: bytes(protocol2, object, ".") },
    ...Object.entries(extra).map(([name, data]) => ({ name: `archive/${name}`, data: bytes(data) })),
    ...Object.entries(storages).map(([key, data]) => ({ name: `archive/data/${key}`, data })),
    { name: "archive/version", data: bytes("3\n") },
  ]);
}

/** A legacy checkpoint around the opcodes of its object. */
export function legacyOf(object: Piece, storages: Record<string, Uint8Array> = { 0: sixteenBytes }, elementSize = 4) {
  const magic = [protocol2, 0x8a, 10, little(0x1950a86a20f9469cfc6cn, 10), "."];
  const keys = [protocol2, "](", ...Object.keys(storages).map(text), "e."];
  const data = Object.values(storages).map((data): Piece => [little(data.length / elementSize, 8), data]);
  return bytes(
    magic,
    [protocol2, "M", little(1001, 2), "."],
    [protocol2, "}."],
    [protocol2, object, "."],
    keys,
    ...data,
  );
}
