// `npm run build`: the bundles in dist/, and the type declarations of the package's exports.
// `--bundles` skips the declarations, which take most of the time. `--bench` builds the benches
// instead, into dist-bench/, which is not part of the package.

import { chmodSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { forBrowsers, forNode } from "./bundles.mjs";
import { buildDeclarations } from "./declarations.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

async function buildPackage() {
  rmSync(`${root}dist/chunks`, { recursive: true, force: true }); // their names change with their contents
  await build({
    ...forNode,
    entryPoints: { cli: "src/cli/main.ts", node: "src/library/node.ts" },
    outdir: "dist",
    banner: { js: "#!/usr/bin/env node" },
  });
  await build({ ...forBrowsers, entryPoints: ["src/library/browser.ts"], outfile: "dist/browser.js" });
  chmodSync(`${root}dist/cli.js`, 0o755);
  if (!process.argv.includes("--bundles")) await buildDeclarations(`${root}dist`);
}

async function buildBenches() {
  rmSync(`${root}dist-bench`, { recursive: true, force: true });
  await build({
    ...forNode,
    entryPoints: [
      "bench",
      "step",
      "peers",
      "first-picture",
      "quality",
      "cells",
      "grid",
      "audit",
      "many",
      "flicker",
      "precision",
      "pixel-sizes",
      "check",
    ].map((name) => `bench/${name}.ts`),
    outdir: "dist-bench",
  });
  await build({ ...forBrowsers, entryPoints: ["bench/page/ours.ts"], outfile: "dist-bench/page/ours.js" });
}

try {
  await (process.argv.includes("--bench") ? buildBenches() : buildPackage());
} catch (error) {
  // esbuild has already printed its own errors, with their location.
  if (!(error instanceof Error && "errors" in error)) console.error(error);
  process.exitCode = 1;
}
