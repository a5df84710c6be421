// If a size were ever chosen that a trainer resizes, nothing would be written: every picture is
// verified.

import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { exportDataset } from "../../../../src/cli/commands/dataset/export/export.ts";
import { defaultExportOptions } from "../../../../src/cli/commands/dataset/export/options.ts";
import { encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { testFolder } from "../../../folder.ts";
import { artOf } from "../../../pixelart/grid/damaged-art.ts";

vi.mock("../../../../src/dataset/export/buckets.ts", () => ({ bucketsOf: () => [{ width: 1000, height: 1000 }] }));

const folder = testFolder("proof");

test("a picture that the trainer would resize is refused by name", async () => {
  const [input, out] = [join(folder, "art"), join(folder, "set")];
  mkdirSync(input);
  writeFileSync(join(input, "a.png"), await encodePng(await artOf("ruin", "jungle", "cave", "bridge")));
  const options = { input, out, trainer: "onetrainer", cell: 8, quiet: true } as const;
  const { exported, failures } = await exportDataset({ ...defaultExportOptions, ...options });
  expect(exported).toBe(0);
  expect(failures).toEqual([
    {
      name: "a.png",
      reason:
        "it would not be loaded unchanged: onetrainer resizes it from 1000 x 1000 to 1024 x 1024 pixels (bilinear), so its cells are no longer whole.",
    },
  ]);
  expect(readdirSync(join(out, "images"))).toEqual([]);
});
