import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { viteBundleText } from "./scripts/bundle-text.mjs";

/** `.wgsl` files are imported as text, as esbuild's text loader does for the bundles. */
const wgslAsText = {
  name: "wgsl-as-text",
  enforce: "pre" as const,
  load(id: string) {
    if (!id.endsWith(".wgsl")) return null;
    return `export default ${JSON.stringify(readFileSync(id, "utf8"))};`;
  },
};

export default defineConfig({
  plugins: [wgslAsText, viteBundleText],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: process.env.PIXELCYCLE_TEST_ALL ? [] : ["test/**/*.slow.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
