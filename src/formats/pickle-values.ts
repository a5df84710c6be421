// What a pickle's machine carries around. Values are shared, never copied: a few bytes can describe a deep or, through the memo, an
// exponentially large one, which is harmless as long as nobody walks it to the bottom.

import { UserError } from "../errors.ts";

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
  /** @param sentence what to say where the file cannot be read without it */
  constructor(private readonly sentence: () => string) {
    super();
  }

  get refusal(): UserError {
    return new UserError(this.sentence());
  }
}

export interface PickleHost {
  /** What the global `module.name` stands for, or undefined when it is not allowed: then it is an `OpaqueValue`. */
  global(name: string): PickleValue | undefined;
  /** The object that a persistent id stands for: torch's way to refer to a storage. */
  persistent(id: PickleValue): PickleValue;
}
