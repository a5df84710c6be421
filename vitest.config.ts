import { defineConfig } from "vitest/config";
import { viteBundleText } from "./scripts/bundle-text.mjs";
import { viteShaderTexts } from "./scripts/shader-texts.mjs";

const exclude = process.env.PIXELCYCLE_TEST_ALL ? [] : ["test/**/*.slow.test.ts"];

/** Folders whose tests change nothing outside themselves, so their files can share a process. */
const sharing = [
  "autograd",
  "bench",
  "charts",
  "dataset",
  "formats",
  "gpu",
  "kernels",
  "nn",
  "picture",
  "pixelart",
  "train",
];
const shared = sharing.map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  plugins: [viteShaderTexts, viteBundleText],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    projects: [
      { extends: true, test: { name: "shared", include: shared, exclude, isolate: false } },
      { extends: true, test: { name: "apart", include: ["test/**/*.test.ts"], exclude: [...exclude, ...shared] } },
    ],
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
