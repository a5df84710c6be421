// `npm run build`: the bundles in dist/, and the type declarations of what the package exports. `--bundles` leaves the
// declarations out, which take most of the time.

import { chmodSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { forBrowsers, forNode } from "./bundles.mjs";
import { buildDeclarations } from "./declarations.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

const cli = "dist/cli.js";
rmSync(`${root}dist/chunks`, { recursive: true, force: true }); // their names change with their contents
try {
  await build({
    ...forNode,
    entryPoints: {
      cli: "src/cli/main.ts",
      node: "src/library/node.ts",
      bench: "bench/bench.ts",
      "bench-peers": "bench/peers.ts",
      "bench-quality": "bench/quality.ts",
      "bench-cells": "bench/cells.ts",
    },
    outdir: "dist",
    banner: { js: "#!/usr/bin/env node" },
  });
  await build({ ...forBrowsers, entryPoints: ["src/library/browser.ts"], outfile: "dist/browser.js" });
} catch {
  process.exit(1); // esbuild has printed what is wrong and where
}
chmodSync(`${root}${cli}`, 0o755);

if (!process.argv.includes("--bundles")) await buildDeclarations(`${root}dist`);
