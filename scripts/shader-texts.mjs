// `import texts from "…/shaders?texts"` imports every WGSL file of that folder as text, by its
// relative path without the extension. So a new shader needs no entry in any list. There is one
// plugin for esbuild and one for vitest.

import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { globSync } from "tinyglobby";

const suffix = "?texts";

/**
 * A module that imports each file separately, so that a bundle contains its text only once, even if
 * other modules import it.
 *
 * @param {string} folder
 * @param {string} prefix the path from the module to the files
 */
function moduleOf(folder, prefix) {
  const names = globSync("**/*.wgsl", { cwd: folder })
    .map((file) => file.slice(0, -".wgsl".length))
    .sort();
  const imports = names.map((name, i) => `import text${i} from ${JSON.stringify(`${prefix}${name}.wgsl`)};`);
  const entries = names.map((name, i) => `  ${JSON.stringify(name)}: text${i},`);
  return [...imports, "export default {", ...entries, "};"].join("\n");
}

/** @type {import("esbuild").Plugin} */
export const esbuildShaderTexts = {
  name: "shader-texts",
  setup(builder) {
    builder.onResolve({ filter: /\?texts$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.slice(0, -suffix.length)),
      namespace: "shader-texts",
    }));
    builder.onLoad({ filter: /./, namespace: "shader-texts" }, ({ path }) => ({
      contents: moduleOf(path, "./"),
      resolveDir: path,
      watchDirs: [path],
    }));
  },
};

/** This plugin also loads the files themselves, which esbuild does with its text loader. */
export const viteShaderTexts = {
  name: "shader-texts",
  enforce: /** @type {const} */ ("pre"),
  /**
   * @param {string} specifier
   * @param {string | undefined} importer
   */
  resolveId(specifier, importer) {
    if (!specifier.endsWith(suffix) || importer === undefined) return null;
    return resolve(dirname(importer), specifier.slice(0, -suffix.length)) + suffix;
  },
  /** @param {string} id */
  load(id) {
    if (id.endsWith(suffix)) {
      const folder = id.slice(0, -suffix.length);
      return moduleOf(folder, `./${basename(folder)}/`);
    }
    if (id.endsWith(".wgsl") && existsSync(id)) return `export default ${JSON.stringify(readFileSync(id, "utf8"))};`;
    return null;
  },
};
