// `npm run build`: the bundles in dist/, and the type declarations of what the package exports. `--bundles` leaves the
// declarations out, which take most of the time.

import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @type {import("esbuild").BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  loader: { ".wgsl": "text" },
  sourcemap: true,
  logLevel: "warning",
};
/** @type {import("esbuild").BuildOptions} */
const forNode = { ...common, platform: "node", target: "node20.19", packages: "external" };
/** @type {import("esbuild").BuildOptions} */
const forBrowsers = { ...common, platform: "browser", target: "es2022" };

const cli = "dist/cli.js";
try {
  await Promise.all([
    build({ ...forNode, entryPoints: ["src/cli/main.ts"], outfile: cli, banner: { js: "#!/usr/bin/env node" } }),
    build({ ...forNode, entryPoints: ["bench/bench.ts"], outfile: "dist/bench.js" }),
    build({ ...forNode, entryPoints: ["bench/peers.ts"], outfile: "dist/bench-peers.js" }),
    build({ ...forNode, entryPoints: ["src/library/node.ts"], outfile: "dist/node.js" }),
    build({ ...forBrowsers, entryPoints: ["src/library/browser.ts"], outfile: "dist/browser.js" }),
  ]);
} catch {
  process.exit(1); // esbuild has printed what is wrong and where
}
chmodSync(`${root}${cli}`, 0o755);

if (!process.argv.includes("--bundles")) {
  const { status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], {
    cwd: root,
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
}
