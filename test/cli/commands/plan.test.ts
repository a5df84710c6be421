// `pixelcycle plan`: the table adds up, and the JSON agrees with it.

import { Command } from "commander";
import { afterEach, describe, expect, test, vi } from "vitest";
import { registerPlan, plannedShape } from "../../../src/cli/commands/plan/command.ts";
import type { StepPlanJson } from "../../../src/cli/commands/plan/text.ts";
import { UserError } from "../../../src/errors.ts";
import { defaultTrainingOptions } from "../../../src/train/options/options.ts";

afterEach(() => void vi.restoreAllMocks());

/** What it prints. */
async function plan(...argv: string[]): Promise<string> {
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  const program = new Command("pixelcycle").exitOverride();
  registerPlan(program);
  await program.parseAsync(["plan", ...argv], { from: "user" });
  return lines.join("\n");
}

const small = ["--netG", "resnet_6blocks", "--ngf=16", "--ndf", "16", "--crop_size", "64", "--load-size", "70"];

describe("pixelcycle plan", () => {
  test("prints a step's work and memory, and the same as JSON and nothing else", async () => {
    const text = await plan("--max_steps", "inf", ...small);
    const json = JSON.parse(await plan("--max_steps", "inf", "--json", ...small)) as StepPlanJson;
    const computed = json.nodes.filter(({ phase }) => phase !== "given");

    expect(text).toContain("resnet_6blocks, ngf 16, with basic, ndf 16, norm instance: 64x64, batches of 1");
    expect(json.options).toMatchObject({ ngf: 16, cropSize: 64, loadSize: 70, maxSteps: "inf" });
    expect(json.shape).toEqual({ count: 1, A: [64, 64], B: [64, 64] });

    const rows = [...text.matchAll(/^(\w+) +(\d+) +(\d+) +([\d.]+) +([\d.]+) % +([\d.]+)$/gm)].map(([, ...row]) => row);
    expect(rows.map(([operation]) => operation).sort()).toEqual(
      [...new Set(computed.map(({ operation }) => operation))].sort(),
    );
    const column = (i: number) => rows.reduce((sum, row) => sum + Number(row[i]), 0);
    expect(column(1)).toBe(computed.length);
    expect(column(2)).toBe(json.launches);
    expect(column(4)).toBeCloseTo(100, 0);
    const flops = json.nodes.reduce((sum, node) => sum + node.flops, 0);
    expect(text).toContain(`FLOPs      ${(flops / 1e9).toFixed(3)} GFLOP`);

    const bytes = json.slots.reduce((sum, bytes) => sum + bytes, json.keptBytes);
    expect(text).toContain(`memory     ${(bytes / 1e6).toFixed(1)} MB at most`);
    const megabytes = (name: string) => Number(new RegExp(`${name} ([\\d.]+) MB`).exec(text)![1]);
    const kept = ["weights", "gradients", "moments", "pools"].reduce((sum, name) => sum + megabytes(name), 0);
    expect(kept).toBeCloseTo(json.keptBytes / 1e6, 0);
    // Two halves of two passes of a generator with 11 activations behind norms; a discriminator has
    // 3, and passes four times.
    expect(text).toContain(
      "fused      112 activations, each computed with the norm before it, 56 of them in the backward pass",
    );
    expect(text).toContain("recomputed 56 norms");
  });

  test("refuses what train refuses, and sizes that depend on the pictures", async () => {
    await expect(plan("--ngf", "0")).rejects.toThrow("--ngf");
    await expect(plan("--crop_size", "30")).rejects.toThrow("`cropSize` does not fit");
    await expect(plan("--preprocess", "scale_width")).rejects.toThrow(/scale_width picture sizes differ/);
    expect(() => plannedShape({ ...defaultTrainingOptions, preprocess: "none" })).toThrow(UserError);
    expect(plannedShape({ ...defaultTrainingOptions, preprocess: "resize", batchSize: 3 })).toEqual({
      count: 3,
      A: [286, 286],
      B: [286, 286],
    });
  });
});
