// The training of `pixelcycle start`, a few steps of it.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { trainSamples, trainingSteps } from "../../../../src/cli/commands/start/training.ts";
import { writeReport } from "../../../../src/cli/pages/report.ts";
import { lossNames } from "../../../../src/train/step/metrics.ts";
import { testFolder } from "../../../folder.ts";

const folder = testFolder("start-slow");
const dataroot = fileURLToPath(new URL("../../../../samples/train", import.meta.url));

test(
  "trains on the bundled set and returns what the page shows; a second run replaces the first",
  async () => {
    expect(trainingSteps).toBeLessThanOrEqual(48); // an epoch of the set
    const first = (await trainSamples({ dataroot, out: folder, steps: 2 }))!;
    expect(first.history.step).toEqual([1, 2]);
    for (const name of lossNames) expect(first.history.losses[name].every((loss) => loss! > 0)).toBe(true);
    expect(first.introduction).toMatch(/from \d+\.\d to \d+\.\d for photos, and from \d+\.\d to \d+\.\d for pixel art/);
    expect(first.samples.map((row) => row.map(({ caption }) => caption))).toEqual([
      ["a photo", "translated to pixel art", "and back to a photo"],
      ["pixel art", "translated to a photo", "and back to pixel art"],
    ]);
    expect(first.facts.Speed).toMatch(/^[\d.]+ GFLOP\/s$/);

    const page = join(folder, "index.html");
    await writeReport(page, { title: "", introduction: "", facts: {}, pairs: [], training: first });
    expect((await readFile(page, "utf8")).match(/<img src="data:image\/png/g)).toHaveLength(6);

    const second = (await trainSamples({ dataroot, out: folder, steps: 2 }))!;
    expect(second.history).toEqual(first.history);
  },
  10 * 60_000,
);

test("returns nothing if interrupted before its second step", async () => {
  const signal = AbortSignal.abort();
  expect(await trainSamples({ dataroot, out: join(folder, "early"), signal })).toBeUndefined();
});
