import { defineConfig } from "vitest/config";
import { viteBundleText } from "./scripts/bundle-text.mjs";
import { viteShaderTexts } from "./scripts/shader-texts.mjs";

export default defineConfig({
  plugins: [viteShaderTexts, viteBundleText],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: process.env.PIXELCYCLE_TEST_ALL ? [] : ["test/**/*.slow.test.ts"],
    globalSetup: "test/global-setup.ts",
    setupFiles: "test/setup.ts",
    // What was measured on this machine must not decide which kernels the tests run.
    env: { PIXELCYCLE_TUNE: "off" },
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
