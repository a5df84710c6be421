// `import script from "./x.browser.ts?bundle"` imports a browser script as text: bundled with its
// packages, minified, and preceded by their licences. The pages that the command line writes get
// their scripts this way. There is one plugin for esbuild and one for vitest.

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const suffix = "?bundle";

/** @param {string} path of the script */
async function bundleText(path) {
  const { outputFiles, metafile } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: "iife",
    target: "es2022",
    loader: { ".css": "text" },
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "warning",
  });
  const packages = Object.keys(metafile.inputs).map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]);
  const licences = [...new Set(packages)]
    .map((folder) => folder && resolve(folder, "LICENSE"))
    .filter((file) => file !== undefined && existsSync(file))
    .map((file) => `/*!\n${readFileSync(/** @type {string} */ (file), "utf8").trim()}\n*/\n`);
  return licences.join("") + outputFiles[0].text;
}

/** @type {import("esbuild").Plugin} */
export const esbuildBundleText = {
  name: "bundle-text",
  setup(builder) {
    builder.onResolve({ filter: /\?bundle$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.slice(0, -suffix.length)),
      namespace: "bundle-text",
    }));
    builder.onLoad({ filter: /./, namespace: "bundle-text" }, async ({ path }) => ({
      contents: await bundleText(path),
      loader: "text",
    }));
  },
};

export const viteBundleText = {
  name: "bundle-text",
  enforce: /** @type {const} */ ("pre"),
  /** @param {string} id */
  async load(id) {
    if (!id.endsWith(suffix)) return null;
    return `export default ${JSON.stringify(await bundleText(id.slice(0, -suffix.length)))};`;
  },
};
