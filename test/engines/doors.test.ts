// Which entry point of the package each engine and bundler gets from its conditions.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Target = string | { readonly [condition: string]: Target };
const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as { exports: Record<string, Target> };

/**
 * Follows Node's and the bundlers' algorithm: takes the first key that is a condition, then
 * recurses.
 */
function resolve(target: Target, conditions: ReadonlySet<string>): string | undefined {
  if (typeof target === "string") return target;
  for (const [condition, next] of Object.entries(target)) {
    if (condition !== "default" && !conditions.has(condition)) continue;
    const found = resolve(next, conditions);
    if (found) return found;
  }
  return undefined;
}

const node = ["./dist/node.js", "./dist/node.d.ts"];
const browser = ["./dist/browser.js", "./dist/browser.d.ts"];

test.each([
  ["Node", ["node", "import", "module-sync", "node-addons"], node],
  ["Bun, which calls itself Node too", ["bun", "node", "import"], node],
  ["Deno, which calls itself Node too, has WebGPU of its own", ["deno", "node", "import"], browser],
  ["a bundler for pages", ["browser", "import", "module"], browser],
  ["a bundler for the workers of pages", ["worker", "browser", "import", "module"], browser],
  ["a bundler for edge workers", ["workerd", "worker", "browser", "import"], browser],
  [
    "a bundler for pages of Electron, which have a browser's WebGPU",
    ["browser", "node", "electron", "import"],
    browser,
  ],
  ["a bundler for servers", ["node", "import", "module"], node],
  ["whatever else", ["import"], browser],
])("%s", (_name, conditions, [code, types]) => {
  expect(resolve(exports["."], new Set(conditions))).toBe(code);
  expect(resolve(exports["."], new Set([...conditions, "types"]))).toBe(types);
});

test("each entry point is available by name, whatever the conditions", () => {
  for (const [name, [code, types]] of Object.entries({ "./node": node, "./browser": browser })) {
    expect(resolve(exports[name], new Set(["import"]))).toBe(code);
    expect(resolve(exports[name], new Set(["types"]))).toBe(types);
  }
});
