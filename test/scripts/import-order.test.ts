import { Linter } from "eslint";
import { expect, test } from "vitest";
import { importOrder } from "../../scripts/import-order.mjs";

const linter = new Linter();
const config: Linter.Config = {
  plugins: { own: { rules: { order: importOrder } } },
  rules: { "own/order": "error" },
};
const lines = (...sources: string[]) =>
  sources.map((source) => `import { ${source.replace(/\W/g, "")} } from "${source}";`).join("\n");
const fixed = (text: string) =>
  [...linter.verifyAndFix(text, config).output.matchAll(/"(.*)"/g)].map(([, name]) => name);

const sorted = ["node:fs", "node:path", "preact", "preact/hooks", "../../b.ts", "../../c/a.ts", "../d.ts", "./a.ts"];

test("Node's come first, then packages, then ours from the outermost folder, each sorted by name", () => {
  expect(linter.verify(lines(...sorted), config)).toEqual([]);
  expect(fixed(lines(...sorted.toReversed()))).toEqual(sorted);
  expect(linter.verify(lines("./b.ts", "./a.ts"), config).map(({ message, line }) => [message, line])).toEqual([
    ['"./a.ts" belongs before "./b.ts".', 2],
  ]);
});

test("nothing moves past an import with side effects", () => {
  const text = `${lines("./b.ts")}\nimport "./page.css";\n${lines("./a.ts")}`;
  expect(linter.verify(text, config)).toEqual([]);
});

test("imports with a comment between them are left for a person", () => {
  const text = `${lines("./b.ts")}\n// Why.\n${lines("./a.ts")}`;
  expect(linter.verifyAndFix(text, config)).toMatchObject({ fixed: false, messages: [{ ruleId: "own/order" }] });
});
