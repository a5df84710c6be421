// Which error is reported if several things fail at once.

import { describe, expect, test } from "vitest";
import { allInOrder, UserError } from "../src/errors.ts";

const after = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("an awaited list", () => {
  test("returns results in its order", async () => {
    const later = async () => (await after(5), "a");
    expect(await allInOrder([later(), 2, Promise.resolve(true)])).toEqual(["a", 2, true]);
    expect(await allInOrder([])).toEqual([]);
  });

  test("reports the first failure in its order, whichever happens first", async () => {
    for (const delays of [
      [1, 8, 4],
      [1, 4, 8],
    ]) {
      const failing = delays.map(async (delay, index) => {
        await after(delay);
        if (index > 0) throw new UserError(`${index}`);
      });
      await expect(allInOrder(failing)).rejects.toThrow("1");
    }
  });

  test("has nothing left running when it reports a failure", async () => {
    let done = false;
    const slow = after(5).then(() => (done = true));
    await expect(allInOrder([Promise.reject(new Error("at once")), slow])).rejects.toThrow("at once");
    expect(done).toBe(true);
  });
});
