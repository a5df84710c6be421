// Two processes with one run's folder, and a run whose terminal is closed.

import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderStorage } from "../../../../src/platform/training/storage.node.ts";
import { loadState } from "../../../../src/train/run/state-file.ts";
import { testFolder } from "../../../folder.ts";
import { buildCommandLine } from "../../command-line.ts";
import { lossesIn, tinyOptions, writeDataset } from "./tiny-training.ts";

const folder = testFolder("train-lock");
const pixelcycle = await buildCommandLine();
const data = await writeDataset(join(folder, "data"));

const start = (name: string, ...words: string[]) =>
  pixelcycle([
    ...["train", "--dataroot", data, "--checkpoints_dir", folder, "--name", name],
    ...tinyOptions,
    ...["--no_html", "--n_epochs", "100000", ...words],
  ]);

const locksIn = async (run: string) => (await readdir(run)).filter((name) => name.startsWith(".lock-"));

test("an active run excludes other processes until it ends, however it ends", async () => {
  const run = join(folder, "mine");
  const first = start("mine");
  await first.until(/step 2\//);
  for (const words of [[], ["--continue_train"]]) {
    const { code, output } = await start("mine", ...words).ended;
    expect(code).toBe(1);
    expect(output).toMatch(
      /mine is in use: the process \d+ has been training there since \d{4}-.* another --name\.\n$/,
    );
  }
  expect(await locksIn(run)).toHaveLength(1);
  // Readers are not excluded, and a copy is not locked.
  expect(await pixelcycle(["info", join(run, "latest_net_G_A.pth")]).ended).toMatchObject({ code: 0 });
  // An incomplete file exists only for a moment.
  await cp(run, join(folder, "copy"), { recursive: true, filter: (source) => !source.endsWith(".tmp") });
  const copy = start("copy", "--continue_train");
  await copy.until(/^epoch/m);
  copy.kill("SIGKILL");
  await copy.ended;

  first.hangUp();
  expect(await first.ended).toMatchObject({ code: 130 });
  expect(await locksIn(run)).toEqual([]);
  const { state } = (await loadState(folderStorage(run)))!;
  expect(await lossesIn(run)).toHaveLength(state.record.step);

  // The killed process has left its lock, which excludes nobody.
  expect(await locksIn(join(folder, "copy"))).toHaveLength(1);
  const again = start("copy", "--continue_train", "--max_steps", "1");
  expect((await again.ended).output).not.toContain("in use");
  expect(await locksIn(join(folder, "copy"))).toEqual([]);
}, 60_000);
