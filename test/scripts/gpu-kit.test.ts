// The tests of the GPU kit run without vitest, on a stand-in (scripts/gpu-kit/machine/vitest.mjs).

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { testsOfKit } from "../../scripts/gpu-kit/bundle-tests.mjs";

/** The names of lists in braces: `{ a, type B, c }` has a and c. */
function namesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)]
    .flatMap(([, list]) => list.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type "));
}

test("the stand-in for vitest has everything that the kit's tests import", () => {
  const standIn = readFileSync("scripts/gpu-kit/machine/vitest.mjs", "utf8");
  const exported = namesIn(standIn, /export \{([^}]*)\}/g);
  const constants = [...standIn.matchAll(/export const (\w+)/g)].map(([, name]) => name);
  const missing = testsOfKit().flatMap(({ path, text }) =>
    namesIn(text, /import \{([^}]*)\} from "vitest"/g)
      .filter((name) => ![...exported, ...constants].includes(name))
      .map((name) => `${path}: ${name}`),
  );
  expect(missing).toEqual([]);
});
