// The pictures of a bench, and the errors if there are none.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { picturesIn } from "../../bench/pictures.ts";
import { UserError } from "../../src/errors.ts";
import { testFolder } from "../folder.ts";

const folder = testFolder("bench-pictures");

test("pictures are listed by name, with extensions in any case; other files are ignored", async () => {
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
