// Whole runs of the command line under real conditions: killed at any moment, interrupted, on a
// disk that fills up, with odd folders of pictures. A disturbed run must end with the same bytes as
// an undisturbed one.

import { spawnSync } from "node:child_process";
import { appendFileSync, truncateSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCheckpoint } from "../../../../src/formats/checkpoint/checkpoint.ts";
import { toFloat32 } from "../../../../src/formats/tensors/tensors.ts";
import { stateFiles } from "../../../../src/train/run/state-file.ts";
import { networkNames } from "../../../../src/train/step/networks.ts";
import { testFolder } from "../../../folder.ts";
import { buildCommandLine, type Running } from "../../command-line.ts";
import { lossesIn, networksIn, tinyOptions, writeDataset } from "./tiny-training.ts";

const minutes = 60_000;
const steps = 15;

const folder = testFolder("train-slow");
const at = (...names: string[]) => join(folder, ...names);
const pixelcycle = await buildCommandLine();
const data = await writeDataset(at("data"));

/** A run of the tiny options in `NAME` of a folder. */
function start(name: string, words: string[] = [], { dataroot = data, checkpoints = folder } = {}): Running {
  return pixelcycle([
    ...["train", "--dataroot", dataroot, "--checkpoints_dir", checkpoints, "--name", name],
    ...tinyOptions,
    ...words,
  ]);
}

/** @returns what was printed by a run that ended well */
async function finish(run: Running): Promise<string> {
  const { code, output } = await run.ended;
  expect(code, output).toBe(0);
  return output;
}

async function hasState(run: string): Promise<boolean> {
  const names = new Set(await readdir(run).catch(() => []));
  return [stateFiles.latest, stateFiles.previous, stateFiles.next].some((name) => names.has(name));
}

/** Checks that a run ends like the undisturbed one. */
async function expectUndisturbed(run: string, story: string): Promise<void> {
  const [expected, found] = [await networksIn(at("undisturbed")), await networksIn(run)];
  expect(Object.keys(found), story).toEqual(Object.keys(expected));
  for (const [name, bytes] of Object.entries(expected))
    expect(found[name].equals(bytes), `${name} ${story}`).toBe(true);
  expect(await lossesIn(run), story).toEqual(await lossesIn(at("undisturbed")));
}

let duration: number;
beforeAll(async () => {
  const began = performance.now();
  expect(await finish(start("undisturbed"))).toMatch(/Done: 15 steps\.\n$/);
  duration = performance.now() - began;
}, 5 * minutes);

describe("a run that is killed", () => {
  test(
    "at random moments, and continued each time, ends with the same bytes",
    async () => {
      const story: string[] = [];
      let killed = 0;
      for (let life = 0; life < 8; life++) {
        const run = start("killed", (await hasState(at("killed"))) ? ["--continue_train"] : []);
        // Some once it takes steps, where it writes most; others at any moment since its start, but
        // seldom so late that the run is over and the lives after this one have nothing left to
        // kill.
        const stepping = life % 2 === 0;
        const delay = Math.random() * (stepping ? duration / 20 : duration / 3);
        if (stepping) await run.until(/^epoch/m);
        await after(delay);
        run.kill("SIGKILL");
        const { signal, code, output } = await run.ended;
        story.push(`${stepping ? "after a step " : ""}${delay.toFixed(0)} ms: ${signal ?? code}`);
        if (signal === "SIGKILL") killed++;
        else expect(code, output).toBe(0);
      }
      expect(killed, story.join("; ")).toBeGreaterThan(1);
      await finish(start("killed", (await hasState(at("killed"))) ? ["--continue_train"] : []));
      await expectUndisturbed(at("killed"), `(killed: ${story.join("; ")})`);
    },
    10 * minutes,
  );
});

describe("a run that is interrupted", () => {
  test(
    "saves, says how to continue, and continues",
    async () => {
      const run = start("interrupted");
      await run.until(/step 3\//);
      run.kill("SIGINT");
      const { code, output } = await run.ended;
      expect(code, output).toBe(130);
      const [, stopped] = /Stopped after (\d+) steps.*--continue_train/.exec(output)!;
      expect(await lossesIn(at("interrupted"))).toHaveLength(Number(stopped));
      expect(Number(stopped)).toBeLessThan(steps);
      expect(await finish(start("interrupted", ["--continue_train"]))).toContain(`Continuing from step ${stopped},`);
      await expectUndisturbed(at("interrupted"), "(interrupted)");
    },
    5 * minutes,
  );

  test(
    "twice exits immediately",
    async () => {
      const run = start("impatient");
      await run.until(/The run is in/); // and for a while it compiles its kernels
      run.kill("SIGINT");
      await run.until(/Press Ctrl-C again/);
      run.kill("SIGINT");
      expect(await run.ended).toMatchObject({ signal: "SIGINT" });
    },
    5 * minutes,
  );
});

describe("a run whose state is damaged", () => {
  test(
    "reports it, continues from the previous state, and ends with the same bytes",
    async () => {
      await cp(at("undisturbed"), at("torn"), { recursive: true });
      const latest = at("torn", stateFiles.latest);
      truncateSync(latest, (await stat(latest)).size - 1000);
      const output = await finish(start("torn", ["--continue_train"]));
      expect(output).toMatch(
        /latest_state\.safetensors: it is cut off or damaged.*continues from previous_state\S*, step 14/,
      );
      await expectUndisturbed(at("torn"), "(torn)");
    },
    5 * minutes,
  );
});

describe("pictures", () => {
  test(
    "one on each side are enough, with a warning",
    async () => {
      const dataroot = await writeDataset(at("pair"), { A: 1, B: 1 });
      const output = await finish(start("pair-run", ["--max_steps", "2"], { dataroot }));
      expect(output).toMatch(
        /trainA.0\.png is the only picture of side A.*trainB.0\.png is the only picture of side B/s,
      );
      expect(output).toMatch(/Done: 2 steps\.\n$/);
    },
    5 * minutes,
  );

  test(
    "smaller than the crop are enlarged if requested",
    async () => {
      const words = ["--preprocess", "crop", "--crop_size", "24", "--upscale-small", "--max_steps", "1"];
      expect(await finish(start("enlarged", words))).toMatch(/5 of the 5 pictures of side A.*are enlarged/);
    },
    5 * minutes,
  );

  test(
    "that cannot be read are named once and replaced by others",
    async () => {
      const dataroot = await writeDataset(at("spoilt"), { A: 12, B: 12 });
      await writeFile(join(dataroot, "trainA", "3.png"), "no picture");
      const whole = join(dataroot, "trainB", "5.png");
      await writeFile(whole, (await readFile(whole)).subarray(0, -300)); // a good header, and no end
      const output = await finish(start("spoilt-run", ["--max_steps", "12", "--serial_batches"], { dataroot }));
      expect(output).toMatch(/Done: 12 steps\.\n$/);
      for (const name of ["trainA/3.png", "trainB/5.png"]) expect(output.split(name), name).toHaveLength(2);
    },
    5 * minutes,
  );
});

describe("options", () => {
  test(
    "--init starts from the weights of a folder, and --verbose shows the networks",
    async () => {
      // A rate so small that the weights do not change.
      const words = ["--init", at("undisturbed"), "--lr", "1e-30", "--max_steps", "1", "--verbose"];
      const output = await finish(start("from-weights", words));
      expect(output).toMatch(/^D_B: pixel \(ndf 2, instance norm\), .*\n {2}net\.0\.weight \[2, 3, 1, 1\]$/m);
      for (const name of networkNames) {
        const read = async (run: string) => {
          const { tensors } = readCheckpoint(await readFile(at(run, `latest_net_${name}.pth`)));
          return tensors.map((tensor) => toFloat32(tensor));
        };
        expect(await read("from-weights")).toEqual(await read("undisturbed"));
      }
      const [{ step, epoch }] = (await lossesIn(at("from-weights"))) as { step: number; epoch: number }[];
      expect({ step, epoch }).toEqual({ step: 1, epoch: 1 });
    },
    5 * minutes,
  );

  test(
    "from the file of a run repeat it to the same bytes",
    async () => {
      const config = at("undisturbed", "train_opt.txt");
      await finish(pixelcycle(["train", "--config", config, "--name", "again"]));
      await expectUndisturbed(at("again"), "(again)");
    },
    5 * minutes,
  );
});

/** A disk of its own, which only root can have. */
const disk = at("disk");
await mkdir(disk);
const mounted =
  process.platform === "linux" &&
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], { stdio: "ignore" }).status === 0;
afterAll(() => void (mounted && spawnSync("umount", ["-l", disk], { stdio: "ignore" })));

describe.skipIf(!mounted)("a disk that fills up", () => {
  test(
    "does not stop the run or damage a state; once there is room it continues to the same bytes",
    async () => {
      const run = start("full", [], { checkpoints: disk });
      await run.until(/step 3\//);
      const filler = join(disk, "filler");
      let over = false;
      const filling = (async () => {
        while (!over) {
          fillUp(filler);
          await after(20);
        }
      })();
      const { code, output } = await run.ended;
      over = true;
      await filling;
      expect(code, output).toBe(1);
      expect(output).toMatch(/The state could not be written: .*the disk is full.*Training continues/);
      const [, saved] = /could not be saved: the last on the disk is of step (\d+)/.exec(output)!;

      const stuck = await start("full", ["--continue_train"], { checkpoints: disk }).ended;
      expect(stuck).toMatchObject({ code: 1 });
      expect(stuck.output).toMatch(/the disk is full\. Free some space there and continue/);

      await rm(filler);
      const rest = await finish(start("full", ["--continue_train"], { checkpoints: disk }));
      expect(rest).toContain(`Continuing from step ${saved},`);
      await expectUndisturbed(join(disk, "full"), "(full)");
    },
    10 * minutes,
  );
});

function fillUp(file: string): void {
  for (let size = 2 ** 20; size >= 1; size = Math.floor(size / 2)) {
    try {
      appendFileSync(file, new Uint8Array(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
}
