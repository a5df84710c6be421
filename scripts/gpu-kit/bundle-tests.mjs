// Bundles the tests that need a GPU so that they run without vitest: each file separately,
// including vitest's runner and its `expect`. The packages that npm installs with the program are
// not bundled. Tests find their files relative to their place in the project; when bundled, they
// use `urlInProject` for that.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { globSync } from "tinyglobby";
import { forNode } from "../bundles.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const machine = fileURLToPath(new URL("machine/", import.meta.url));

/** The rooms whose tests need a GPU and the project's own files, and nothing else. */
const rooms = ["gpu", "kernels", "autograd", "nn", "train", "pixelart"];

/** The replacement for the vitest that tests import, built from its parts that need no Vite. */
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
 * The tests of the kit, with their texts. Those without a GPU give the same results everywhere; ONNX
 * Runtime is not in the kit.
 */
export function testsOfKit() {
  const patterns = rooms.map((room) => `test/${room}/**/*.test.ts`);
  return globSync(patterns, { cwd: root, ignore: "**/*.slow.test.ts" })
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }))
    .filter(({ text }) => /\/gpu\.ts"|\/checks\.ts"/.test(text) && !text.includes("onnxruntime"));
}

/**
 * Writes FOLDER/tests/*.js, and FOLDER/tests.json, which lists them.
 *
 * @param {string} folder
 * @returns {Promise<number>} the number of files
 */
export async function bundleTests(folder) {
  const tests = testsOfKit()
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
    // Parts of vitest are CommonJS.
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
