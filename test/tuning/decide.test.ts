// What is decided from times, and that noise decides nothing.

import { expect, test } from "vitest";
import { Random } from "../../src/random.ts";
import { decide, turns } from "../../src/tuning/decide.ts";

const always = (time: number) => Array<number>(turns).fill(time);

test("the fastest variant is chosen, if it saves the margin", () => {
  const decided = (...times: number[]) =>
    decide("rule", new Map([["rule", always(1)], ...times.map((time, i) => [`${i}`, always(time)] as const)]));
  expect(decided()).toBe("rule");
  expect(decided(0.96, 1.2)).toBe("rule");
  expect(decided(0.94)).toBe("0");
  expect(decided(0.94, 0.5, 0.6)).toBe("1");
});

test("times are compared within a turn, and one turn may be disturbed", () => {
  const load = Array.from({ length: turns }, (_, turn) => 1 + (turn % 4));
  const faster = load.map((time) => 0.8 * time);
  expect(decide("rule", new Map(Object.entries({ rule: load, faster })))).toBe("faster");
  expect(decide("rule", new Map(Object.entries({ rule: load, faster: faster.with(3, 100) })))).toBe("faster");
  expect(decide("rule", new Map(Object.entries({ rule: load, faster: faster.with(3, 100).with(5, 100) })))).toBe(
    "rule",
  );
});

test("of equal variants on a busy machine the rules' stays, in 97 of 100 cases", () => {
  const random = new Random(7);
  const cases = 1000;
  let kept = 0;
  for (let i = 0; i < cases; i++) {
    // Half of the times are disturbed, by up to their own length.
    const noisy = () => Array.from({ length: turns }, () => 1 + Math.max(0, 2 * random.uniform() - 1));
    const names = ["rule", "a", "b", "c"];
    if (decide("rule", new Map(names.map((name) => [name, noisy()]))) === "rule") kept++;
  }
  expect(kept).toBeGreaterThan(0.97 * cases);
});
