// A pickle is a program for a small stack machine, and Python's machine will run any function that the program names.
// This one knows only the opcodes that build plain containers, and calls only the functions that its host hands it;
// the name of anything else stands for a value that nothing can be got out of, and so does whatever a pickle would have Python make of it.
// Nothing is ever imported.
//
// A few bytes can describe a deep or, through the memo, an exponentially large value. That is harmless here: values
// are shared, never copied, and no code walks them to the bottom. What is bounded is what costs memory and time.
// Source: Lib/pickletools.py of CPython, which documents every opcode.

import { UserError } from "../errors.ts";
import { isHostile } from "./hostile-names.ts";
import { printable } from "./printable.ts";

export type PickleValue =
  null | boolean | number | bigint | string | PickleTuple | PickleList | PickleDict | PickleFunction | PickleObject;

export class PickleTuple {
  constructor(readonly items: PickleValue[]) {}
}

export class PickleList {
  readonly items: PickleValue[] = [];
}

/** A dict as the pairs that were set, in order. Nothing is hashed: no choice of keys can make it slow. */
export class PickleDict {
  readonly keys: PickleValue[] = [];
  readonly values: PickleValue[] = [];
}

/** A function that the host allows a pickle to call. */
export class PickleFunction {
  constructor(
    readonly name: string,
    readonly call: (args: PickleValue[]) => PickleValue,
  ) {}
}

/** What a host's functions return and what its names stand for. The machine only carries it around. */
export abstract class PickleObject {}

/** What Python would have made by code that is not ours: it was skipped, and holds nothing. Who needs it has to refuse. */
export class OpaqueValue extends PickleObject {
  /** @param refusal what to say where the file cannot be read without it */
  constructor(readonly refusal: UserError) {
    super();
  }
}

export interface PickleHost {
  /** What the global `module.name` stands for, or undefined when it is not allowed: then it is an `OpaqueValue`. */
  global(name: string): PickleValue | undefined;
  /** The object that a persistent id stands for: torch's way to refer to a storage. */
  persistent(id: PickleValue): PickleValue;
}

const maximumBytes = 16 * 1024 * 1024;
const maximumMemo = 1_000_000;
const maximumMarks = 1_000;
const maximumTextBytes = 64 * 1024;
const maximumIntegerBytes = 16;

const refused = (what: string) => new UserError(`The pickle ${what}; refused.`);

/** Opcodes by their byte; the comment of each is its letter in the file. */
const opcode = {
  mark: 0x28, // (
  binbytes: 0x42, // B
  shortBinbytes: 0x43, // C
  emptyTuple: 0x29, // )
  stop: 0x2e, // .
  binfloat: 0x47, // G
  binint: 0x4a, // J
  binint1: 0x4b, // K
  binint2: 0x4d, // M
  none: 0x4e, // N
  binpersid: 0x51, // Q
  reduce: 0x52, // R
  binstring: 0x54, // T
  shortBinstring: 0x55, // U
  binunicode: 0x58, // X
  emptyList: 0x5d, // ]
  append: 0x61, // a
  build: 0x62, // b
  global: 0x63, // c
  appends: 0x65, // e
  binget: 0x68, // h
  longBinget: 0x6a, // j
  binput: 0x71, // q
  longBinput: 0x72, // r
  setitem: 0x73, // s
  tuple: 0x74, // t
  setitems: 0x75, // u
  emptyDict: 0x7d, // }
  proto: 0x80,
  newobj: 0x81,
  tuple1: 0x85,
  tuple2: 0x86,
  tuple3: 0x87,
  newtrue: 0x88,
  newfalse: 0x89,
  long1: 0x8a,
  shortBinunicode: 0x8c,
  emptySet: 0x8f,
  additems: 0x90,
  frozenset: 0x91,
  newobjEx: 0x92,
  stackGlobal: 0x93,
  memoize: 0x94,
  frame: 0x95,
} as const;

/**
 * Runs the pickle that starts at `start` and returns its value and the offset after its STOP.
 * Throws a UserError at whatever is not plain data.
 */
export function readPickle(
  bytes: Uint8Array,
  start: number,
  host: PickleHost,
  maximumSteps = 1_000_000,
): { value: PickleValue; end: number } {
  const machine = new Machine(bytes, start, host);
  const value = machine.run(maximumSteps);
  return { value, end: machine.at };
}

class Machine {
  at: number;
  private readonly view: DataView;
  private readonly limit: number;
  private stack: PickleValue[] = [];
  /** The stacks that the open marks have put aside. */
  private readonly marks: PickleValue[][] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(
    private readonly bytes: Uint8Array,
    start: number,
    private readonly host: PickleHost,
  ) {
    this.at = start;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.limit = Math.min(bytes.length, start + maximumBytes);
  }

  run(maximumSteps: number): PickleValue {
    for (let steps = 0; steps < maximumSteps; steps++) {
      const code = this.bytes[this.take(1)];
      if (code === opcode.stop) {
        if (this.marks.length > 0 || this.stack.length !== 1) throw refused("ends with a stack that is not one value");
        return this.stack[0];
      }
      this.step(code);
    }
    throw refused(`takes more than ${maximumSteps} steps, far more than any state dict`);
  }

  private step(code: number): void {
    switch (code) {
      case opcode.proto: {
        const version = this.bytes[this.take(1)];
        if (version > 5) throw refused(`is of protocol ${version}, which is not known`);
        return;
      }
      case opcode.frame:
        this.take(8);
        return;

      case opcode.none:
        return this.push(null);
      case opcode.newtrue:
        return this.push(true);
      case opcode.newfalse:
        return this.push(false);
      case opcode.binint:
        return this.push(this.view.getInt32(this.take(4), true));
      case opcode.binint1:
        return this.push(this.bytes[this.take(1)]);
      case opcode.binint2:
        return this.push(this.view.getUint16(this.take(2), true));
      case opcode.long1:
        return this.push(this.readInteger(this.bytes[this.take(1)]));
      case opcode.binfloat:
        return this.push(this.view.getFloat64(this.take(8), false));
      case opcode.shortBinunicode:
      case opcode.shortBinstring:
        return this.push(this.readText(this.bytes[this.take(1)]));
      case opcode.binunicode:
      case opcode.binstring:
        return this.push(this.readText(this.view.getUint32(this.take(4), true)));

      case opcode.mark:
        if (this.marks.length >= maximumMarks) throw refused(`nests more than ${maximumMarks} deep`);
        this.marks.push(this.stack);
        this.stack = [];
        return;
      case opcode.emptyTuple:
        return this.push(new PickleTuple([]));
      case opcode.tuple1:
        return this.push(new PickleTuple([this.pop()]));
      case opcode.tuple2: {
        const second = this.pop();
        return this.push(new PickleTuple([this.pop(), second]));
      }
      case opcode.tuple3: {
        const third = this.pop();
        const second = this.pop();
        return this.push(new PickleTuple([this.pop(), second, third]));
      }
      case opcode.tuple:
        return this.push(new PickleTuple(this.popToMark()));
      case opcode.emptyList:
        return this.push(new PickleList());
      case opcode.append:
        return this.extend([this.pop()]);
      case opcode.appends:
        return this.extend(this.popToMark());
      case opcode.emptyDict:
        return this.push(new PickleDict());
      case opcode.setitem: {
        const value = this.pop();
        return this.setItems([this.pop(), value]);
      }
      case opcode.setitems:
        return this.setItems(this.popToMark());

      case opcode.binput:
        return this.remember(this.bytes[this.take(1)]);
      case opcode.longBinput:
        return this.remember(this.view.getUint32(this.take(4), true));
      case opcode.memoize:
        return this.remember(this.memo.size);
      case opcode.binget:
        return this.recall(this.bytes[this.take(1)]);
      case opcode.longBinget:
        return this.recall(this.view.getUint32(this.take(4), true));

      case opcode.global: {
        const module = this.readLine();
        return this.pushGlobal(module, this.readLine());
      }
      case opcode.stackGlobal: {
        const name = this.pop();
        const module = this.pop();
        if (typeof module !== "string" || typeof name !== "string") throw refused("names a global by what is no text");
        return this.pushGlobal(module, name);
      }
      case opcode.reduce: {
        const args = this.pop();
        const target = this.pop();
        if (target instanceof OpaqueValue) return this.push(target);
        if (!(target instanceof PickleFunction)) throw refused("calls what is not a function");
        if (!(args instanceof PickleTuple)) throw refused(`calls ${target.name} without a tuple of arguments`);
        return this.push(target.call(args.items));
      }
      case opcode.build: {
        // torch hangs `_metadata` (the versions of modules) on the OrderedDict; no network here depends on it.
        const state = this.pop();
        if (this.peek() instanceof OpaqueValue) return;
        if (!(this.peek() instanceof PickleDict && state instanceof PickleDict)) {
          throw refused("sets the state of an object that is not a plain dict");
        }
        return;
      }
      case opcode.newobj:
      case opcode.newobjEx: {
        const parts = code === opcode.newobj ? 1 : 2;
        for (let part = 0; part < parts; part++) this.pop();
        const target = this.pop();
        if (!(target instanceof OpaqueValue)) throw refused("makes an object of what is no class");
        return this.push(target);
      }
      case opcode.binbytes:
      case opcode.shortBinbytes:
        this.skipBytes(code === opcode.binbytes ? this.view.getUint32(this.take(4), true) : this.bytes[this.take(1)]);
        return this.push(notRead("bytes"));
      case opcode.emptySet:
        return this.push(notRead("a set"));
      case opcode.frozenset:
        this.popToMark();
        return this.push(notRead("a set"));
      case opcode.additems:
        this.popToMark();
        if (!(this.peek() instanceof OpaqueValue)) throw refused("adds to what is no set");
        return;
      case opcode.binpersid:
        return this.push(this.host.persistent(this.pop()));

      default:
        throw refused(`uses the opcode 0x${code.toString(16).padStart(2, "0")}, which no state dict needs`);
    }
  }

  /** Claims `count` bytes of the pickle and returns where they start. */
  private take(count: number): number {
    const start = this.at;
    this.at += count;
    if (this.at <= this.limit) return start;
    if (this.at > this.bytes.length) {
      throw new UserError("The file is cut off in the middle of its pickle. Download or copy it again.");
    }
    throw refused(`is longer than ${maximumBytes} bytes, far more than any state dict`);
  }

  private skipBytes(length: number): void {
    if (length > maximumTextBytes) throw refused(`holds ${length} bytes`);
    this.take(length);
  }

  private readText(length: number): string {
    if (length > maximumTextBytes) throw refused(`holds a text of ${length} bytes`);
    const start = this.take(length);
    return decode(this.bytes.subarray(start, this.at));
  }

  private readLine(): string {
    const start = this.at;
    while (this.bytes[this.take(1)] !== 0x0a) {
      if (this.at - start > 1024) throw refused("names a global with more than 1024 letters");
    }
    return decode(this.bytes.subarray(start, this.at - 1));
  }

  /** A two's complement number, little-endian. */
  private readInteger(length: number): number | bigint {
    if (length > maximumIntegerBytes) throw refused(`holds a number of ${length} bytes`);
    const start = this.take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[start + i]);
    value = BigInt.asIntN(8 * length, value);
    const small = Number(value);
    return Number.isSafeInteger(small) ? small : value;
  }

  private push(value: PickleValue): void {
    this.stack.push(value);
  }

  private peek(): PickleValue {
    if (this.stack.length === 0) throw refused("takes a value from an empty stack");
    return this.stack[this.stack.length - 1];
  }

  private pop(): PickleValue {
    const value = this.peek();
    this.stack.pop();
    return value;
  }

  private popToMark(): PickleValue[] {
    const values = this.stack;
    const outer = this.marks.pop();
    if (!outer) throw refused("closes a mark that it never opened");
    this.stack = outer;
    return values;
  }

  private extend(values: PickleValue[]): void {
    const list = this.peek();
    if (list instanceof OpaqueValue) return;
    if (!(list instanceof PickleList)) throw refused("appends to what is not a list");
    for (const value of values) list.items.push(value);
  }

  private setItems(pairs: PickleValue[]): void {
    const dict = this.peek();
    if (dict instanceof OpaqueValue) return;
    if (!(dict instanceof PickleDict)) throw refused("sets items of what is not a dict");
    if (pairs.length % 2 !== 0) throw refused("sets a key without a value");
    for (let i = 0; i < pairs.length; i += 2) {
      dict.keys.push(pairs[i]);
      dict.values.push(pairs[i + 1]);
    }
  }

  private remember(index: number): void {
    if (index >= maximumMemo) throw refused(`remembers a value under the number ${index}`);
    this.memo.set(index, this.peek());
  }

  private recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw refused(`recalls the value ${index}, which it never remembered`);
    this.push(value);
  }

  private pushGlobal(module: string, name: string): void {
    const full = `${module}.${name}`;
    const value = this.host.global(full);
    if (value !== undefined) return this.push(value);
    if (this.buildsObjectNext()) {
      const refusal = new UserError(
        `The file holds a whole pickled object of the class ${printable(full)}, whose code Python would run when ` +
          "loading it; refused. Save its tensors alone: torch.save(model.state_dict(), ...).",
      );
      return this.push(new OpaqueValue(refusal));
    }
    const refusal = new UserError(
      `The file would run ${printable(full)} when loaded by Python; refused. A checkpoint needs nothing but tensors.`,
    );
    // Skipped it would do no harm here, but whoever has such a file should hear of it.
    if (isHostile(full)) throw refusal;
    this.push(new OpaqueValue(refusal));
  }

  /**
   * Whether the name just read is the class of an object: the coming opcodes are a memo entry, an empty tuple and
   * NEWOBJ; or it follows the text "module", for old torch puts ("module", class, file, source) before its modules.
   */
  private buildsObjectNext(): boolean {
    if (this.stack.at(-1) === "module") return true;
    const { bytes } = this;
    let at = this.at;
    if (bytes[at] === opcode.binput) at += 2;
    else if (bytes[at] === opcode.longBinput) at += 5;
    else if (bytes[at] === opcode.memoize) at += 1;
    return bytes[at] === opcode.emptyTuple && bytes[at + 1] === opcode.newobj;
  }
}

const notRead = (what: string) =>
  new OpaqueValue(new UserError(`The pickle has ${what} where tensors belong; refused.`));

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw refused("holds a text that is not UTF-8");
  }
}
