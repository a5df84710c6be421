// The tests that need a GPU, bundled to run without vitest: each file by itself, with vitest's runner and its `expect` inside. What npm installs with
// the package stays outside. Tests find their files from where they lie in the project; bundled they ask for that with `urlInProject`.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { globSync } from "tinyglobby";
import { forNode } from "../bundles.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const machine = fileURLToPath(new URL("machine/", import.meta.url));

/** Rooms whose tests need a GPU and the project's own files, and nothing else. */
const rooms = ["gpu", "kernels", "autograd", "nn", "train", "pixelart"];

/** The vitest that tests import: its own parts that need no Vite. */
const vitestLoader = join(machine, "vitest.mjs");

/** @type {import("esbuild").Plugin} */
const standIns = {
  name: "stand-ins",
  setup(builder) {
    builder.onResolve({ filter: /^vitest$/ }, () => ({ path: vitestLoader }));
    builder.onLoad({ filter: /\/test\/.*\.ts$/ }, ({ path }) => {
      const place = `globalThis.urlInProject(${JSON.stringify(path.slice(root.length))})`;
      return { contents: readFileSync(path, "utf8").replaceAll("import.meta.url", place), loader: "ts" };
    });
  },
};

/**
 * Writes FOLDER/tests/*.js, and FOLDER/tests.json, which lists them.
 *
 * @param {string} folder
 * @returns {Promise<number>} how many there are
 */
export async function bundleTests(folder) {
  const patterns = rooms.map((room) => `test/${room}/**/*.test.ts`);
  const tests = globSync(patterns, { cwd: root, ignore: "**/*.slow.test.ts" })
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }))
    // What needs no GPU is the same everywhere; ONNX Runtime is not in the kit.
    .filter(({ text }) => /\/gpu\.ts"|\/checks\.ts"/.test(text) && !text.includes("onnxruntime"))
    .map(({ path, text }) => ({
      path,
      script: `tests/${path.slice("test/".length, -".test.ts".length).replaceAll("/", "-")}`,
      readsProject: text.includes("import.meta.url"),
    }))
    .sort((a, b) => a.path.localeCompare(b.path));
  const { dependencies, optionalDependencies } = createRequire(import.meta.url)("../../package.json");
  const { packages: _, ...asBundle } = forNode;
  await build({
    ...asBundle,
    external: Object.keys({ ...dependencies, ...optionalDependencies }),
    sourcemap: false,
    plugins: [standIns, ...(forNode.plugins ?? [])],
    // Parts of vitest's are CommonJS.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
    entryPoints: {
      "run-file": join(machine, "run-file.mjs"),
      ...Object.fromEntries(tests.map(({ path, script }) => [script, path])),
    },
    outdir: folder,
  });
  writeFileSync(join(folder, "tests.json"), JSON.stringify(tests, null, 1));
  return tests.length;
}
