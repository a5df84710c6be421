// What the page compiles before it has a picture is all that the first one needs after the network.

import { expect, test } from "vitest";
import { compileGrid } from "../../demo/convert/worker/compile-grid.ts";
import { pixelate } from "../../src/pixelart/pixelate.ts";
import { openTestGpu } from "../gpu.ts";
import { randomPicture } from "../networks.ts";

test("art with the page's first settings needs no other kernel", async () => {
  const gpu = await openTestGpu();
  compileGrid(gpu);
  const { count } = gpu.pipelines;
  expect(count).toBeGreaterThan(5);
  const [drawn, source] = [randomPicture(60, 44), randomPicture(60, 44)];
  await pixelate(gpu, drawn, { cell: 4, scale: 4, keepColors: 1, clean: 0, colors: "auto", locked: [], source });
  expect(gpu.pipelines.count).toBe(count);
});
