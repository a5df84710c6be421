// Loads exported sets with the libraries that trainers use, if Python has them: `datasets`,
// `webdataset`, and readers of TOML and YAML for the configurations.

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { exportDataset } from "../../../../src/cli/commands/dataset/export/export.ts";
import { defaultExportOptions } from "../../../../src/cli/commands/dataset/export/options.ts";
import type { Trainer } from "../../../../src/dataset/export/loading.ts";
import { encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { testFolder } from "../../../folder.ts";
import { artOf } from "../../../pixelart/grid/damaged-art.ts";
import { python, pythonHas } from "../../../python.ts";

const folder = testFolder("loaders");
const input = join(folder, "art");

beforeAll(async () => {
  mkdirSync(input);
  const art = await artOf("ruin", "jungle", "cave", "bridge");
  for (const name of ["a", "b", "c"]) {
    writeFileSync(join(input, `${name}.png`), await encodePng(art));
    writeFileSync(join(input, `${name}.txt`), `picture ${name}`);
  }
});

/**
 * Exports the set, and runs Python on it: `out` is the folder, `cells(image)` whether all cells are
 * of one color.
 */
async function loaded(trainer: Trainer, script: string): Promise<unknown> {
  const out = join(folder, trainer);
  await exportDataset({ ...defaultExportOptions, quiet: true, input, out, trainer, size: 512 });
  const lines = [
    "import glob, json, os, sys",
    "os.environ['HF_HUB_OFFLINE'] = '1'",
    `os.environ['HF_HOME'] = ${JSON.stringify(join(folder, "hf"))}`,
    `out = ${JSON.stringify(out)}`,
    "def cells(image):",
    "  return all(len(image.crop((x, y, x + 8, y + 8)).getcolors()) == 1 for x in range(0, 512, 8) for y in range(0, 512, 8))",
    script,
  ];
  const { status, stdout, stderr } = spawnSync(python, ["-c", lines.join("\n")], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as unknown;
}

const all = {
  size: [512, 512],
  whole: true,
  texts: ["picture a, pixel art", "picture b, pixel art", "picture c, pixel art"],
};

describe.skipIf(!pythonHas("datasets"))("datasets (skipped if Python lacks it)", () => {
  const script = (load: string) => `
from datasets import load_dataset
rows = list(load_dataset(${load}, split="train"))
images = [row.get("image") or row["png"] for row in rows]
texts = [row.get("text") or row["txt"] for row in rows]
print(json.dumps({"size": images[0].size, "whole": all(map(cells, images)), "texts": texts}))`;

  test.each([
    ["imagefolder", '"imagefolder", data_dir=out'],
    ["imagefolder", "out"],
    ["diffusers", '"imagefolder", data_dir=out'],
    ["webdataset", '"webdataset", data_files=sorted(glob.glob(out + "/*.tar"))'],
  ] as const)("%s by load_dataset(%s)", async (trainer, load) => {
    expect(await loaded(trainer, script(load))).toEqual(all);
  });
});

test.skipIf(!pythonHas("webdataset"))("webdataset (skipped if Python lacks it)", async () => {
  const script = `
import webdataset
shards = sorted(glob.glob(out + "/pixelart-*.tar"))
rows = list(webdataset.WebDataset(shards, shardshuffle=False).decode("pil").to_tuple("png", "txt", "json"))
print(json.dumps({"size": rows[0][0].size, "whole": all(cells(row[0]) for row in rows), "texts": [row[1] for row in rows]}))`;
  expect(await loaded("webdataset", script)).toEqual(all);
});

test.skipIf(!pythonHas("toml"))(
  "kohya's configuration is read by kohya's reader (skipped if Python lacks it)",
  async () => {
    const script = `import toml; print(json.dumps(toml.load(out + "/kohya.toml")))`;
    expect(await loaded("kohya", script)).toMatchObject({
      datasets: [
        {
          resolution: 512,
          enable_bucket: true,
          bucket_no_upscale: false,
          subsets: [
            { image_dir: join(folder, "kohya", "images"), resize_interpolation: "nearest", random_crop: false },
          ],
        },
      ],
    });
  },
);

test.skipIf(!pythonHas("yaml"))(
  "ai-toolkit's configuration is read (skipped if Python lacks a YAML reader)",
  async () => {
    const script = `import yaml; print(json.dumps(yaml.safe_load(open(out + "/ai-toolkit.yaml"))))`;
    const datasets = [
      { folder_path: join(folder, "ai-toolkit", "images"), caption_ext: "txt", resolution: [512], buckets: true },
    ];
    expect(await loaded("ai-toolkit", script)).toMatchObject({ config: { process: [{ datasets }] } });
  },
);
