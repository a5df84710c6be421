import { expect, test } from "vitest";
import { cutToBytes, nameEndingIn, temporaryName } from "../src/file-name.ts";

const bytes = (text: string) => new TextEncoder().encode(text).length;

test("names are shortened by bytes, between characters", () => {
  for (const letter of ["a", "é", "漢", "😀"]) {
    for (let room = 0; room < 20; room++) {
      const cut = cutToBytes(letter.repeat(30), room);
      expect(cut).toBe(letter.repeat(Math.floor(room / bytes(letter))));
    }
    expect(cutToBytes(letter, 4)).toBe(letter);
  }
});

test("any name gets a suffix within 255 bytes, and keeps what fits", () => {
  for (const letter of ["a", "я", "漢", "😀", "e\u0301"]) {
    for (const count of [1, 60, 85, 255]) {
      const name = letter.repeat(count);
      for (const made of [nameEndingIn("_real_A.png", name), temporaryName(name), temporaryName(name, ".1234")]) {
        expect(bytes(made)).toBeLessThanOrEqual(255);
        expect(bytes(made)).toBeGreaterThan(Math.min(bytes(name), 255 - 4));
        expect(made).not.toContain("\ufffd");
      }
    }
  }
  expect(nameEndingIn(".png", "a")).toBe("a.png");
  expect(temporaryName("a.png", ".7")).toBe(".a.png.7.tmp");
});
