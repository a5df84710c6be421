// What a bench is given to measure on, and what it says where there is nothing.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { picturesIn } from "../../bench/pictures.ts";
import { UserError } from "../../src/errors.ts";
import { testFolder } from "../folder.ts";

const folder = testFolder("bench-pictures");

test("pictures come in the order of their names, whatever the case of their endings; nothing else does", async () => {
  for (const name of ["b.PNG", "a.png", "c.jpg", "png", "notes.txt"]) writeFileSync(join(folder, name), "");
  expect(await picturesIn(folder, ["png"])).toEqual([join(folder, "a.png"), join(folder, "b.PNG")]);
});

test.each([
  ["gone", "There is no folder "],
  ["notes.txt", "cannot be read (ENOTDIR)"],
  ["", "There are no pictures (webp) in "],
])("%j: %s", async (name, sentence) => {
  const error = await picturesIn(join(folder, name), ["webp"]).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UserError);
  expect((error as Error).message).toContain(sentence);
});
