import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { resolveShard, takeShard } from "../../../src/cli/files/shard.ts";
import { UserError } from "../../../src/errors.ts";

test("every item is in exactly one part, in order, and parts differ by at most one", () => {
  for (let length = 0; length < 40; length++) {
    const items = Array.from({ length }, (_, i) => i);
    for (let count = 1; count <= 12; count++) {
      const parts = Array.from({ length: count }, (_, i) => takeShard(items, resolveShard(`${i + 1}/${count}`, {})!));
      expect(parts.flat().sort((a, b) => a - b)).toEqual(items);
      const lengths = parts.map((part) => part.length);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      for (const part of parts) expect(part).toEqual([...part].sort((a, b) => a - b));
    }
  }
});

test("without option and cluster the list is not divided", () => {
  expect(resolveShard(undefined, {})).toBeUndefined();
  expect(
    resolveShard(undefined, { PIXELCYCLE_SHARDS: "", SLURM_ARRAY_TASK_ID: "", SLURM_JOB_ID: "7" }),
  ).toBeUndefined();
});

test("the option takes precedence over every environment", () => {
  const environment = { SLURM_ARRAY_TASK_ID: "nonsense", JOB_COMPLETION_INDEX: "3", PIXELCYCLE_SHARDS: "0" };
  expect(resolveShard("2/5", environment)).toEqual({ index: 2, count: 5, origin: "--shard" });
  expect(resolveShard("1/1", environment)).toMatchObject({ index: 1, count: 1 });
});

/** What Slurm sets for one task of --array=FIRST-LAST:STEP. */
function slurm(task: number, first: number, last: number, step: number, count: number) {
  return {
    SLURM_ARRAY_TASK_ID: `${task}`,
    SLURM_ARRAY_TASK_MIN: `${first}`,
    SLURM_ARRAY_TASK_MAX: `${last}`,
    SLURM_ARRAY_TASK_STEP: `${step}`,
    SLURM_ARRAY_TASK_COUNT: `${count}`,
  };
}

test("the tasks of any evenly spaced Slurm array are the parts 1 to N", () => {
  for (const [first, step, count] of [
    [0, 1, 4],
    [1, 1, 4],
    [10, 10, 4],
    [5, 3, 1],
  ]) {
    const last = first + step * (count - 1);
    const indices = Array.from({ length: count }, (_, i) => {
      const shard = resolveShard(undefined, slurm(first + step * i, first, last, step, count))!;
      expect(shard).toMatchObject({ count, origin: "SLURM_ARRAY_TASK_ID" });
      return shard.index;
    });
    expect(indices).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  }
  // --array=0-10:3 has the tasks 0, 3, 6 and 9; Slurm's maximum may be the 10 that was asked for.
  expect(resolveShard(undefined, slurm(9, 0, 10, 3, 4))).toMatchObject({ index: 4, count: 4 });
});

test("a repeated part of a larger array keeps its place if PIXELCYCLE_SHARDS gives the total", () => {
  const environment = { ...slurm(7, 7, 7, 1, 1), PIXELCYCLE_SHARDS: "100" };
  expect(resolveShard(undefined, environment)).toMatchObject({ index: 8, count: 100 });
});

test("the pods of an indexed Job are the parts", () => {
  const shards = [0, 1, 2].map((pod) =>
    resolveShard(undefined, { JOB_COMPLETION_INDEX: `${pod}`, PIXELCYCLE_SHARDS: "3" }),
  );
  expect(shards.map((shard) => [shard!.index, shard!.count])).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
});

describe("incomplete information is an error", () => {
  for (const option of [
    "",
    "1",
    "0/4",
    "5/4",
    "1/0",
    "-1/4",
    "1/-4",
    "1.5/4",
    "1/4 ",
    "a/b",
    "1/4/5",
    "1/9999999999",
    "auto/4",
  ]) {
    test(`--shard "${option}"`, () => {
      expect(() => resolveShard(option, {})).toThrow(UserError);
      expect(() => resolveShard(option, {})).toThrow(/--shard/);
    });
  }
  const environments: [string, Record<string, string>, RegExp][] = [
    ["a pod without the number of parts", { JOB_COMPLETION_INDEX: "3" }, /set PIXELCYCLE_SHARDS .*--shard 1\/1/],
    ["a pod beyond the number of parts", { JOB_COMPLETION_INDEX: "3", PIXELCYCLE_SHARDS: "3" }, /part 4 of 3/],
    ["a number of parts without a place", { PIXELCYCLE_SHARDS: "3" }, /--shard I\/N/],
    [
      "a number of parts that is none",
      { JOB_COMPLETION_INDEX: "0", PIXELCYCLE_SHARDS: "many" },
      /PIXELCYCLE_SHARDS .*"many"/,
    ],
    ["no parts at all", { JOB_COMPLETION_INDEX: "0", PIXELCYCLE_SHARDS: "0" }, /part 1 of 0/],
    ["a Slurm task that is no number", { SLURM_ARRAY_TASK_ID: "x" }, /SLURM_ARRAY_TASK_ID/],
    ["a Slurm task without its array", { SLURM_ARRAY_TASK_ID: "3" }, /not evenly spaced/],
    ["an uneven Slurm array", slurm(1, 1, 7, 1, 3), /not evenly spaced.*--array=0-99/],
    ["a Slurm task between the steps", slurm(2, 0, 6, 3, 3), /not evenly spaced/],
    ["a Slurm step of 0", slurm(0, 0, 0, 0, 1), /not evenly spaced/],
    ["a Slurm task below its array", slurm(0, 1, 3, 1, 3), /part 0 of 3/],
  ];
  for (const [name, environment, message] of environments) {
    test(name, () => {
      expect(() => resolveShard(undefined, environment)).toThrow(message);
      expect(() => resolveShard(undefined, environment)).toThrow(UserError);
    });
  }
});

describe("the job files in docs/jobs", () => {
  const jobFile = (name: string) => fileURLToPath(new URL(`../../../docs/jobs/${name}`, import.meta.url));

  test("Slurm: every task of the array gets its own part of the same whole", () => {
    const script = readFileSync(jobFile("slurm.sh"), "utf8");
    const last = Number(/^#SBATCH --array=0-(\d+)$/m.exec(script)![1]);
    // One script replaces srun and pixelcycle and prints its arguments.
    const folder = mkdtempSync(join(tmpdir(), "pixelcycle-jobs-"));
    writeFileSync(
      join(folder, "srun"),
      '#!/bin/sh\necho "$PIXELCYCLE_SHARDS"; for argument; do echo "$argument"; done\n',
      { mode: 0o755 },
    );
    const environment = { PATH: `${folder}:${process.env.PATH}`, SLURM_ARRAY_TASK_ID: "3" };
    const shown = execFileSync("bash", [jobFile("slurm.sh"), "my photos", "art"], {
      env: environment,
      encoding: "utf8",
    });
    rmSync(folder, { recursive: true });
    const [shards, ...command] = shown.trim().split("\n");
    expect(command).toEqual(["pixelcycle", "convert", "my photos", "--out", "art", "--skip-existing"]);
    expect(resolveShard(undefined, { ...environment, PIXELCYCLE_SHARDS: shards })).toMatchObject({
      index: 4,
      count: last + 1,
    });
  });

  test("Kubernetes: the number of parts is the number of completions", () => {
    const job = readFileSync(jobFile("kubernetes.yaml"), "utf8");
    const completions = /completions: (\d+)/.exec(job)![1];
    const shards = /PIXELCYCLE_SHARDS\s+value: "(\d+)"/.exec(job)![1];
    expect(shards).toBe(completions);
    expect(job).toContain("completionMode: Indexed");
  });
});
