// The tar of crops that the bench of many pictures audits.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeCrops } from "../../bench/audit/crops.ts";
import { pixelsOf } from "../../src/picture/image.ts";
import { decodeImage, encodePng } from "../../src/platform/pictures/images.node.ts";
import { listSources, SourceReader } from "../../src/platform/pictures/picture-sources.node.ts";
import { testFolder } from "../folder.ts";
import { artOf } from "../pixelart/grid/damaged-art.ts";

const folder = testFolder("crops");

test("the crops differ from each other, have captions, and are the same in every run", async () => {
  writeFileSync(join(folder, "art.png"), await encodePng(await artOf("ruin", "jungle", "cave", "bridge")));
  const [tar, again] = ["crops.tar", "again.tar"].map((name) => join(folder, name));
  for (const path of [tar, again]) await writeCrops(folder, 40, path);
  expect(readFileSync(again).equals(readFileSync(tar))).toBe(true);
  const { pictures } = await listSources([tar]);
  const reader = new SourceReader();
  const images = await Promise.all(pictures.map(async (picture) => decodeImage(await reader.read(picture))));
  expect((await reader.about(pictures[39]))?.text).toBe("picture 000039");
  await reader.close();
  expect(new Set(images.map((image) => Buffer.from(pixelsOf(image).buffer).toString("base64"))).size).toBe(40);
  expect(images.map(({ width }) => width).filter((width) => width === 64)).toHaveLength(5);
});
