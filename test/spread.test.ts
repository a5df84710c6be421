import { expect, test } from "vitest";
import { everyNth, spread } from "../src/spread.ts";

const ten = Array.from({ length: 10 }, (_, i) => i);

test("one of every n begins with the first, also where n is a fraction", () => {
  expect(everyNth(ten, 3)).toEqual([0, 3, 6, 9]);
  expect(everyNth(ten, 2.5)).toEqual([0, 2, 5, 7]);
  expect(everyNth(ten, 0.5)).toEqual(ten);
  expect(everyNth([], 2)).toEqual([]);
});

test("at most so many are from all over the list", () => {
  expect(spread(ten, 4)).toEqual([0, 2, 5, 7]);
  expect(spread(ten, 20)).toEqual(ten);
});
