// The package's types in other projects, and in the examples of its exports: strict, with libraries
// checked, and without WebGPU's types installed.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";
import { buildDeclarations } from "../../scripts/declarations.mjs";
import { testFolder } from "../folder.ts";
import { examplesOf, type Door } from "./examples.ts";

const folder = testFolder("types");
beforeAll(() => buildDeclarations(folder));

function complaints(consumer: string, door: Door, options: ts.CompilerOptions): string[] {
  const examples = join(folder, `${door}-examples.ts`);
  writeFileSync(examples, examplesOf(door).text);
  const program = ts.createProgram([`test/library/consumers/${consumer}`, examples], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    paths: { pixelcycle: [join(folder, `${door}.d.ts`)] },
    ...options,
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

test("a page passes its ImageData, and draws the result", () => {
  expect(complaints("page.ts", "browser", { lib: ["lib.es2022.d.ts", "lib.dom.d.ts"], types: [] })).toEqual([]);
});

test("a program for Node needs no types of the DOM", () => {
  expect(complaints("program.ts", "node", { lib: ["lib.es2023.d.ts"], types: ["node"] })).toEqual([]);
});
