// One tab trains a run, and no other touches it meanwhile. The lock goes with the tab, however that ends, and a tab that holds one is not
// put to sleep in the background.

import { UserError } from "../../../src/errors.ts";

const lockName = (name: string) => `pixelcycle run ${name}`;

/** @throws UserError where another tab has the run */
export async function withRun<T>(name: string, work: () => Promise<T>): Promise<T> {
  return await navigator.locks.request(lockName(name), { ifAvailable: true }, async (lock) => {
    if (!lock) throw new UserError(`Another tab is at work on the run ${name}. Go on there, or stop it there first.`);
    return work();
  });
}

export async function isLocked(name: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some((lock) => lock.name === lockName(name));
}
