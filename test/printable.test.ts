import { expect, test } from "vitest";
import { isPrintable, oneLine, printable, printableJson } from "../src/printable.ts";

/** Escape, the one-byte CSI, bell, carriage return, line breaks, delete, overrides, a lone surrogate. */
const harmful = ["\x1b", "\x9b", "\x07", "\r", "\n", "\u2028", "\x7f", "\u202e", "\u{e0041}", "\ud800"];

test("one line shows harmful characters as question marks, and others unchanged", () => {
  for (const character of harmful) {
    expect(oneLine(`a${character}[31mb`)).toBe("a?[31mb");
    expect(isPrintable(character)).toBe(false);
  }
  for (const text of ["Straße/猫 1.png", "👩‍🚀", "می‌خواهم", "a b"]) {
    expect(oneLine(text)).toBe(text);
    expect(isPrintable(text)).toBe(true);
  }
});

test("a name within a message is also short", () => {
  expect(printable(`\x1b${"x".repeat(200)}`)).toBe(`?${"x".repeat(116)}...`);
});

test("JSON keeps its values and its layout", () => {
  const value = { [harmful.join("")]: ["👩‍🚀", harmful.join("x")] };
  const json = printableJson(JSON.stringify(value, null, 2));
  expect(JSON.parse(json)).toEqual(value);
  for (const line of json.split("\n")) expect(isPrintable(line)).toBe(true);
  expect(json.split("\n")).toHaveLength(6);
});
