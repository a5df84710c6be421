// The package's type declarations: one file per entry point, with what its exports name and nothing
// else of the engine.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * @param {string} folder gets node.d.ts and browser.d.ts
 */
export async function buildDeclarations(folder) {
  // One at a time; otherwise rollup would split off what the entry points share.
  for (const door of ["node", "browser"]) {
    const bundle = await rollup({
      input: join(root, `src/library/${door}.ts`),
      plugins: [dts({ tsconfig: join(root, "tsconfig.json") })],
    });
    await bundle.write({ file: join(folder, `${door}.d.ts`) });
    await bundle.close();
  }
}
