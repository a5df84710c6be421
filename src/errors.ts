// The one error class that is meant for users. The command line prints only its message, without a
// stack, and exits with code 1. Any other error is a defect of ours.

/**
 * An error that the user can correct. Its message is a complete sentence that says what is wrong
 * and what to do.
 *
 * @example
 * ```ts
 * const problem = await generator.convert(photo, { cell: 0, scale: 1 }).catch((error: unknown) => {
 *   if (error instanceof UserError) return error.message; // "The cell must be a whole number from 1 to 64, not 0."
 *   throw error;
 * });
 * ```
 */
export class UserError extends Error {
  /** `UserError`, also where the class itself comes from another copy of the package. */
  override name = "UserError";
}

/** Removes a sentence's full stop, so that it can become part of another sentence. */
export function withoutFullStop(sentence: string): string {
  return sentence.replace(/\.?\s*$/, "");
}

/** Calls `read`. If it throws a UserError, the file's name is put in front of the message. */
export function naming<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

/**
 * Like Promise.all, but it waits until all promises are settled and then throws the error of the
 * first one in the list that failed. So the reported error does not depend on a race, and nothing
 * is still running.
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
