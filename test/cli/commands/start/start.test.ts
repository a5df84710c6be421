// The training of `pixelcycle start` before it needs a GPU: existing files in its folder.

import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { trainSamples } from "../../../../src/cli/commands/start/training.ts";
import { UserError } from "../../../../src/errors.ts";
import { testFolder } from "../../../folder.ts";

const folder = testFolder("start");

/** An existing run's folder, beside which start writes. */
async function leave(name: string, files: Record<string, string>): Promise<string> {
  const run = join(folder, name, "training");
  await mkdir(run, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(run, file), text);
  return run;
}

const start = (name: string, dataroot: string) => trainSamples({ dataroot, out: join(folder, name) });

test("a run that start did not make stays unchanged, and start reports it", async () => {
  const theirs = { "train_opt.txt": "name: training\ndataroot: photos\n", "latest_net_G_A.pth": "weights" };
  for (const [name, files] of Object.entries({ theirs, bare: { "latest_net_G_A.pth": "weights" } })) {
    const run = await leave(name, files);
    await expect(start(name, "none")).rejects.toThrow(/already holds a run/);
    expect(await readdir(run)).toEqual(Object.keys(files).sort());
  }
});

test("the run of an earlier start is removed", async () => {
  const run = await leave("ours", {
    "train_opt.txt": "name: training\ndataroot: none\n",
    "latest_net_G_A.pth": "weights",
    "loss_log.txt": "losses",
  });
  // Without pictures it gets no further than that.
  await expect(start("ours", "none")).rejects.toThrow(UserError);
  expect(await readdir(run)).toEqual([]);
});
