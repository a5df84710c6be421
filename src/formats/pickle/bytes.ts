// Reads a pickle's bytes: the arguments of opcodes and literal values. Skips values that are too
// long to matter for tensors.

import { UserError } from "../../errors.ts";
import { opcode } from "./opcodes.ts";
import { OpaqueValue, type PickleValue } from "./values.ts";

const maximumBytes = 16 * 1024 * 1024;
const maximumTextBytes = 64 * 1024;
const maximumIntegerBytes = 16;

/** The error for a pickle that does what no state dict does. */
export const refused = (what: string) => new UserError(`The pickle ${what}; refused.`);

/** A placeholder for plain data that is of no use here. */
export const notRead = (what: string) => new OpaqueValue(() => `The pickle has ${what} where tensors belong; refused.`);

const someBytes = notRead("bytes");
const longText = notRead("a long text");
const longNumber = notRead("a number of many bytes");

export class PickleBytes {
  private readonly view: DataView;
  private readonly limit: number;

  /** @param at where the pickle starts; every read advances it */
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.limit = Math.min(bytes.length, at + maximumBytes);
  }

  /** A byte ahead of the current position, if there is one. */
  ahead(offset: number): number | undefined {
    return this.bytes[this.at + offset];
  }

  uint8(): number {
    return this.bytes[this.take(1)];
  }

  uint16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  int32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  /** Exact for the length of anything that a file can hold. */
  uint64(): number {
    return Number(this.view.getBigUint64(this.take(8), true));
  }

  float64(): number {
    return this.view.getFloat64(this.take(8), false);
  }

  skip(length: number): void {
    this.take(length);
  }

  opaqueBytes(length: number): PickleValue {
    this.take(length);
    return someBytes;
  }

  text(length: number): PickleValue {
    const start = this.take(length);
    return length > maximumTextBytes ? longText : decode(this.bytes.subarray(start, this.at));
  }

  line(): string {
    const start = this.at;
    while (this.uint8() !== 0x0a) {
      if (this.at - start > 1024) throw refused("names a global with more than 1024 letters");
    }
    return decode(this.bytes.subarray(start, this.at - 1));
  }

  /** A little-endian number in two's complement. */
  integer(length: number): PickleValue {
    if (length < 0) throw refused(`holds a number of ${length} bytes`);
    const start = this.take(length);
    if (length > maximumIntegerBytes) return longNumber;
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[start + i]);
    value = BigInt.asIntN(8 * length, value);
    const small = Number(value);
    return Number.isSafeInteger(small) ? small : value;
  }

  /** Consumes `count` bytes of the pickle and returns where they start. */
  private take(count: number): number {
    const start = this.at;
    this.at += count;
    if (this.at <= this.limit) return start;
    if (this.at > this.bytes.length) {
      throw new UserError("The file is cut off in the middle of its pickle. Download or copy it again.");
    }
    throw refused(`is longer than ${maximumBytes} bytes, far more than any state dict`);
  }
}

/** The value of an opcode that is a literal; undefined for any other opcode. */
export function readLiteral(code: number, input: PickleBytes): PickleValue | undefined {
  switch (code) {
    case opcode.none:
      return null;
    case opcode.newtrue:
      return true;
    case opcode.newfalse:
      return false;
    case opcode.binint:
      return input.int32();
    case opcode.binint1:
      return input.uint8();
    case opcode.binint2:
      return input.uint16();
    case opcode.long1:
      return input.integer(input.uint8());
    case opcode.long4:
      return input.integer(input.int32());
    case opcode.binfloat:
      return input.float64();
    case opcode.shortBinunicode:
    case opcode.shortBinstring:
      return input.text(input.uint8());
    case opcode.binunicode:
    case opcode.binstring:
      return input.text(input.uint32());
    case opcode.binunicode8:
      return input.text(input.uint64());
    case opcode.shortBinbytes:
      return input.opaqueBytes(input.uint8());
    case opcode.binbytes:
      return input.opaqueBytes(input.uint32());
    case opcode.binbytes8:
    case opcode.bytearray8:
      return input.opaqueBytes(input.uint64());
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw refused("holds a text that is not UTF-8");
  }
}
