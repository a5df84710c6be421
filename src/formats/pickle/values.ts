// The values that the pickle machine works with. They are shared, never copied: a few bytes can
// describe a deep value or, through the memo, an exponentially large one. That is harmless as long
// as nothing traverses it completely.

import { UserError } from "../../errors.ts";

export type PickleValue =
  null | boolean | number | bigint | string | PickleTuple | PickleList | PickleDict | PickleFunction | PickleObject;

export class PickleTuple {
  constructor(readonly items: PickleValue[]) {}
}

export class PickleList {
  readonly items: PickleValue[] = [];
}

/**
 * A dict, stored as the pairs that were set, in order. It is not hashed, so no choice of keys can
 * make it slow.
 */
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

/** What a host's functions return and its names stand for. The machine only passes it on. */
export abstract class PickleObject {}

/**
 * Stands for an object that Python would have built with other people's code. It was skipped and
 * holds nothing. Code that needs it has to refuse the file.
 */
export class OpaqueValue extends PickleObject {
  /** @param sentence the error for a file that cannot be read without it */
  constructor(private readonly sentence: () => string) {
    super();
  }

  get refusal(): UserError {
    return new UserError(this.sentence());
  }
}

export interface PickleHost {
  /**
   * What the global `module.name` stands for, or undefined if it is not allowed; it then becomes an
   * `OpaqueValue`.
   */
  global(name: string): PickleValue | undefined;
  /** The object that a persistent id stands for. torch refers to storages this way. */
  persistent(id: PickleValue): PickleValue;
}
