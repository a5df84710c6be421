// How our sources are bundled, for Node and for browsers.

import { fileURLToPath } from "node:url";
import { esbuildBundleText } from "./bundle-text.mjs";
import { esbuildShaderTexts } from "./shader-texts.mjs";

/** @type {import("esbuild").BuildOptions} */
const common = {
  absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
  bundle: true,
  format: "esm",
  loader: { ".wgsl": "text" },
  plugins: [esbuildBundleText, esbuildShaderTexts],
  sourcemap: true,
  logLevel: "warning",
};

/** @type {import("esbuild").BuildOptions} */
export const forNode = {
  ...common,
  platform: "node",
  target: "node20.19",
  packages: "external",
  // Split, so that a command loads only what it needs: `info` loads neither sharp nor Dawn.
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
};

/** @type {import("esbuild").BuildOptions} */
export const forBrowsers = { ...common, platform: "browser", target: "es2022" };
