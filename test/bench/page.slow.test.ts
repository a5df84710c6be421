// A forward pass in a page, as `npm run bench:peers -- --page swiftshader` runs it: ours and ONNX
// Runtime Web compute the same. tfjs takes part where the bench has installed it.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { race } from "../../bench/contenders.ts";
import { forwardInPage, forwardTolerance, pictureDifference } from "../../bench/forward.ts";
import { resnetOf } from "../../bench/options.ts";
import { forBrowsers } from "../../scripts/bundles.mjs";
import { testFolder } from "../folder.ts";

const folder = fileURLToPath(new URL("../../bench/peers/", import.meta.url));
const hasTfjs = existsSync(`${folder}node_modules/@tensorflow`);

test("every contender has our output", { timeout: 300_000 }, async () => {
  const ours = join(testFolder("page"), "ours.js");
  await build({ ...forBrowsers, entryPoints: ["bench/page/ours.ts"], outfile: ours });
  const against = hasTfjs ? (["tfjs", "onnxruntime"] as const) : (["onnxruntime"] as const);
  const opponents = { folder, against, python: undefined };
  const { contenders, close } = await forwardInPage(opponents, ours, resnetOf(4, 1), 16, "swiftshader");
  try {
    const results = await race(contenders, 1);
    expect(results.map(({ name }) => name.split(/[ ,]/)[0])).toEqual([
      "pixelcycle",
      ...against.map((name) => (name === "tfjs" ? name : "ONNX")),
    ]);
    const [{ first }] = results;
    for (const result of results)
      expect(pictureDifference(result.first.output, first.output)).toBeLessThan(forwardTolerance);
  } finally {
    await close();
  }
});
