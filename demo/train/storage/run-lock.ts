// Locks a run, so that only one tab works on it. The browser releases the lock when the tab ends
// for any reason, and does not suspend a background tab that holds one.

import { UserError } from "../../../src/errors.ts";

const lockName = (name: string) => `pixelcycle run ${name}`;

/** @throws UserError if another tab holds the lock */
export async function withRun<T>(name: string, work: () => Promise<T>): Promise<T> {
  return await navigator.locks.request(lockName(name), { ifAvailable: true }, async (lock) => {
    if (!lock) throw new UserError(`Another tab is using the run ${name}. Continue there, or stop it there first.`);
    return work();
  });
}

export async function isLocked(name: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some((lock) => lock.name === lockName(name));
}
