// Reads pickles safely. A pickle is a program for a small stack machine, and Python's machine runs
// any function that the program names. This machine knows only the opcodes that build plain
// containers, and calls only the functions that its host provides. Every other name becomes an
// opaque value, as does anything that a pickle would have Python build from it. Nothing is ever
// imported. Limits apply to everything that costs memory and time.

import { printable } from "../../printable.ts";
import { notRead, PickleBytes, readLiteral, refused } from "./bytes.ts";
import { isHostile } from "./hostile-names.ts";
import { opcode } from "./opcodes.ts";
import {
  OpaqueValue,
  PickleDict,
  PickleFunction,
  PickleList,
  PickleTuple,
  type PickleHost,
  type PickleValue,
} from "./values.ts";

const maximumMemo = 1_000_000;
const maximumMarks = 1_000;

const someSet = notRead("a set");

/**
 * Runs the pickle that starts at `start` and returns its value and the offset after its STOP.
 *
 * @throws UserError at anything that is not plain data, and at names that run programs, wherever
 * they occur
 */
export function readPickle(
  bytes: Uint8Array,
  start: number,
  host: PickleHost,
  maximumSteps = 1_000_000,
): { value: PickleValue; end: number } {
  const input = new PickleBytes(bytes, start);
  const value = new Machine(input, host).run(maximumSteps);
  return { value, end: input.at };
}

class Machine {
  private stack: PickleValue[] = [];
  /** The stacks that the open marks have set aside. */
  private readonly marks: PickleValue[][] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(
    private readonly input: PickleBytes,
    private readonly host: PickleHost,
  ) {}

  run(maximumSteps: number): PickleValue {
    for (let steps = 0; steps < maximumSteps; steps++) {
      const code = this.input.uint8();
      if (code === opcode.stop) {
        if (this.marks.length > 0 || this.stack.length !== 1) throw refused("ends with a stack that is not one value");
        return this.stack[0];
      }
      this.step(code);
    }
    throw refused(`takes more than ${maximumSteps} steps, far more than any state dict`);
  }

  private step(code: number): void {
    const { input } = this;
    const literal = readLiteral(code, input);
    if (literal !== undefined) return this.push(literal);
    switch (code) {
      case opcode.proto: {
        const version = input.uint8();
        if (version > 5) throw refused(`has protocol ${version}, which is not supported`);
        return;
      }
      case opcode.frame:
        return input.skip(8);

      case opcode.mark:
        if (this.marks.length >= maximumMarks) throw refused(`nests more than ${maximumMarks} deep`);
        this.marks.push(this.stack);
        this.stack = [];
        return;
      case opcode.pop:
        if (this.stack.length === 0) this.popToMark();
        else this.pop();
        return;
      case opcode.popMark:
        this.popToMark();
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
      case opcode.emptySet:
        return this.push(someSet);
      case opcode.frozenset:
        this.popToMark();
        return this.push(someSet);
      case opcode.additems:
        this.popToMark();
        if (!(this.peek() instanceof OpaqueValue)) throw refused("adds to something that is not a set");
        return;

      case opcode.binput:
        return this.remember(input.uint8());
      case opcode.longBinput:
        return this.remember(input.uint32());
      case opcode.memoize:
        return this.remember(this.memo.size);
      case opcode.binget:
        return this.recall(input.uint8());
      case opcode.longBinget:
        return this.recall(input.uint32());

      case opcode.global: {
        const module = input.line();
        return this.push(this.global(module, input.line()));
      }
      case opcode.stackGlobal: {
        const name = this.pop();
        const module = this.pop();
        if (typeof module !== "string" || typeof name !== "string")
          throw refused("names a global by something that is not text");
        return this.push(this.global(module, name));
      }
      case opcode.reduce: {
        const args = this.pop();
        return this.push(call(this.pop(), args));
      }
      case opcode.build: {
        // torch attaches `_metadata` (the versions of modules) to the OrderedDict. No supported
        // network depends on it.
        const state = this.pop();
        if (this.peek() instanceof OpaqueValue) return;
        if (!(this.peek() instanceof PickleDict && state instanceof PickleDict)) {
          throw refused("sets the state of an object that is not a plain dict");
        }
        return;
      }
      case opcode.newobj:
      case opcode.newobjEx: {
        for (let part = code === opcode.newobj ? 1 : 2; part > 0; part--) this.pop();
        return this.push(instanceOf(this.pop()));
      }
      case opcode.inst: {
        const module = input.line();
        const target = this.global(module, input.line());
        this.popToMark();
        return this.push(instanceOf(target));
      }
      case opcode.obj: {
        const [target] = this.popToMark();
        return this.push(instanceOf(target));
      }
      case opcode.binpersid:
        return this.push(this.host.persistent(this.pop()));

      default:
        throw refused(`uses the opcode 0x${code.toString(16).padStart(2, "0")}, which no state dict needs`);
    }
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
    if (!(list instanceof PickleList)) throw refused("appends to something that is not a list");
    for (const value of values) list.items.push(value);
  }

  private setItems(pairs: PickleValue[]): void {
    const dict = this.peek();
    if (dict instanceof OpaqueValue) return;
    if (!(dict instanceof PickleDict)) throw refused("sets items of something that is not a dict");
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

  private global(module: string, name: string): PickleValue {
    const full = `${module}.${name}`;
    const value = this.host.global(full);
    if (value !== undefined) return value;
    if (this.buildsObjectNext()) {
      return new OpaqueValue(
        () =>
          `The file holds a whole pickled object of the class ${printable(full)}, whose code Python would run on ` +
          "loading; refused. Save only its tensors: torch.save(model.state_dict(), ...).",
      );
    }
    const opaque = new OpaqueValue(
      () => `The file would run ${printable(full)} when loaded by Python; refused. A checkpoint needs only tensors.`,
    );
    // Skipping it would be harmless here, but the owner of such a file should know about it.
    if (isHostile(full)) throw opaque.refusal;
    return opaque;
  }

  /**
   * Whether the name just read is the class of an object. Then the next opcodes are a memo entry,
   * an empty tuple and NEWOBJ. Or the text "module" came before it, since old torch writes
   * ("module", class, file, source) before its modules.
   */
  private buildsObjectNext(): boolean {
    if (this.stack.at(-1) === "module") return true;
    const { input } = this;
    const memo = { [opcode.binput]: 2, [opcode.longBinput]: 5, [opcode.memoize]: 1 }[input.ahead(0) ?? 0] ?? 0;
    return input.ahead(memo) === opcode.emptyTuple && input.ahead(memo + 1) === opcode.newobj;
  }
}

/**
 * REDUCE: the result of a call. A call of anything that is not the host's is not made, and its
 * result is opaque.
 */
function call(target: PickleValue, args: PickleValue): PickleValue {
  if (target instanceof OpaqueValue) return target;
  if (!(target instanceof PickleFunction)) throw refused("calls something that is not a function");
  if (!(args instanceof PickleTuple)) throw refused(`calls ${target.name} without a tuple of arguments`);
  return target.call(args.items);
}

/**
 * NEWOBJ, INST and OBJ. The host has no classes, so the class is opaque, and so is its instance.
 */
function instanceOf(target: PickleValue | undefined): PickleValue {
  if (!(target instanceof OpaqueValue)) throw refused("makes an object of something that is not a class");
  return target;
}
