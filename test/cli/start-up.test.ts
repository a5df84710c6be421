// How little the command line loads before it knows what to do: large packages are loaded only by
// what needs them.

import { build } from "esbuild";
import { expect, test } from "vitest";
import { forNode } from "../../scripts/bundles.mjs";

const { metafile } = await build({
  ...forNode,
  entryPoints: { cli: "src/cli/main.ts" },
  outdir: "dist",
  write: false,
  metafile: true,
});

/** The packages that a file of the bundle loads. */
function packagesOf(file: string): string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: imported, kind, external } of metafile.outputs[path].imports) {
      if (kind !== "import-statement") continue;
      if (!external) visit(imported);
      else if (!imported.startsWith("node:")) packages.add(imported);
    }
  };
  visit(file);
  return [...packages].sort();
}

const command = (path: string) =>
  Object.keys(metafile.outputs).find((file) => metafile.outputs[file].entryPoint === `src/cli/commands/${path}`)!;

test("before a command is chosen, only the option parser is loaded", () => {
  expect(packagesOf("dist/cli.js")).toEqual(["commander"]);
});

test.each([["convert/command.ts"], ["snap/command.ts"], ["info.ts"], ["weights.ts"], ["plan/command.ts"]])(
  "%s: loads nothing that decodes pictures, reads tables or computes",
  (path) => {
    expect(packagesOf(command(path)).filter((name) => name !== "commander")).toEqual([]);
  },
);
