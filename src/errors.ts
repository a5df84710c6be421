// The one error class that is meant for people. The command line prints its message alone, without a stack, and exits with 1;
// anything else that is thrown is a defect of ours.

/**
 * What the user can mend: its message is a whole sentence that says what is wrong and what to do.
 *
 * @example
 * ```ts
 * const told = await generator.convert(photo, { cell: 0, scale: 1 }).catch((error: unknown) => {
 *   if (error instanceof UserError) return error.message; // "The cell must be a whole number from 1 to 64, not 0."
 *   throw error;
 * });
 * ```
 */
export class UserError extends Error {
  /** `UserError`, also where the class itself comes from another copy of the package. */
  override name = "UserError";
}

/** For a sentence that goes on, or ends by itself, where another ends in it. */
export function withoutFullStop(sentence: string): string {
  return sentence.replace(/\.?\s*$/, "");
}

/** Does it, with a file's name in front of what a UserError says. */
export function naming<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

/**
 * Waits for all of them, as Promise.all does, but a failure is that of the first in the list that failed, and is told when nothing is under
 * way any more: what a person reads, and what is still running then, do not depend on a race.
 */
export async function allInOrder<const List extends readonly unknown[]>(
  list: List,
): Promise<{ -readonly [Key in keyof List]: Awaited<List[Key]> }> {
  const outcomes = await Promise.allSettled(list);
  return outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  }) as { -readonly [Key in keyof List]: Awaited<List[Key]> };
}
