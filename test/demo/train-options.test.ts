// Presets and the form of all options: the presets can be trained and match their descriptions, and
// the form reads values like the command line.

import { describe, expect, test, vi } from "vitest";
import type { StepCost } from "../../demo/train/api.ts";
import { NewRun } from "../../demo/train/start/new-run.ts";
import { changedNames, draftsOf, fields, readDrafts } from "../../demo/train/start/options-form.ts";
import { presetOf, presets, proposedPreset, stepsOf } from "../../demo/train/start/presets.ts";
import { costText, learningRateText } from "../../demo/train/words.ts";
import { checkTrainingOptions, defaultTrainingOptions, type TrainingOptions } from "../../src/train/options/options.ts";
import { planStep } from "../../src/train/step/plan.ts";
import { largeHardware } from "../devices.ts";

function costOf(options: TrainingOptions) {
  const side = [options.cropSize, options.cropSize] as const;
  const { plan, keptBytes } = planStep(options, { count: options.batchSize, A: side, B: side }, largeHardware);
  return { flops: plan.flops, bytes: plan.bytes + keptBytes };
}

describe("the presets", () => {
  test("can be trained, and their form reads back unchanged", () => {
    for (const { options } of presets) {
      expect(() => checkTrainingOptions(options)).not.toThrow();
      expect(readDrafts(draftsOf(options), options)).toEqual({ options, problems: {}, conflict: null });
    }
  });

  test("cost what their descriptions say, from cheap to expensive", () => {
    const costs = presets.map(({ options }) => costOf(options));
    const [tiny, , large, paper] = costs;
    for (let i = 1; i < costs.length; i++) expect(costs[i].flops).toBeGreaterThan(3 * costs[i - 1].flops);
    expect(tiny.flops).toBeLessThan(10e9); // a second, for a processor that does 10 GFLOP/s
    expect(tiny.bytes).toBeLessThan(64e6);
    expect(large.flops / paper.flops).toBeLessThan(1 / 3);
  });

  test("name the sizes that they have", () => {
    for (const { words, options } of presets) {
      expect(words).toContain(String(options.cropSize));
    }
    expect(presetOf("paper").options).toEqual(defaultTrainingOptions);
    expect(presetOf("paper").words).toMatch(/ResNet with 9 blocks and 64 filters, 200 epochs/);
    expect(2 * presetOf("small").options.ngf).toBe(defaultTrainingOptions.ngf);
    expect(2 * presetOf("large").options.ngf).toBe(defaultTrainingOptions.ngf);
  });

  test("propose one that finishes overnight", () => {
    const taking = (seconds: Record<string, number | null>) =>
      proposedPreset(({ name }) => seconds[name] ?? null, false);
    expect(taking({ tiny: 60, small: 600, large: 7200, paper: 90_000 })).toBe("large");
    expect(taking({ tiny: 60, small: 600, large: 7200, paper: 20_000 })).toBe("paper");
    expect(taking({ tiny: 1e6, small: 1e7, large: 1e8, paper: 1e9 })).toBe("tiny");
    expect(taking({ tiny: 60, small: 600, large: null, paper: null })).toBe("small");
    expect(proposedPreset(() => null, true)).toBe("tiny");
    expect(proposedPreset(() => null, false)).toBe("small");
  });
});

test.each([
  [{}, { A: 48, B: 30 }, 200 * 48],
  [{ batchSize: 5, nEpochs: 1, nEpochsDecay: 1 }, { A: 48, B: 49 }, 20],
  [{ maxDatasetSize: 10, nEpochs: 3, nEpochsDecay: 0, epochCount: 2 }, { A: 48, B: 49 }, 20],
  [{ maxSteps: 7 }, { A: 1000, B: 1 }, 7],
])("%o on %o has the right number of steps", (changes, counts, steps) => {
  expect(stepsOf({ ...defaultTrainingOptions, ...changes }, counts)).toBe(steps);
});

describe("the form", () => {
  const base = presetOf("tiny").options;
  const typed = (changes: object) => readDrafts({ ...draftsOf(base), ...changes }, base);

  test("has one field for every training option", () => {
    const keys = fields.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(keys)).toEqual(new Set(Object.keys(defaultTrainingOptions)));
  });

  test("reads numbers as the command line does", () => {
    expect(typed({ lr: "2e-5", maxSteps: " inf ", seed: "+7", noFlip: true }).options).toMatchObject({
      lr: 2e-5,
      maxSteps: Infinity,
      seed: 7,
      noFlip: true,
    });
  });

  test("reports the problem of each field", () => {
    const { options, problems } = typed({ ngf: "0", lr: "fast", cropSize: "", beta1: "1" });
    expect(options).toBeNull();
    expect(problems).toEqual({
      ngf: "ngf must be a whole number from 1, not 0.",
      lr: 'lr must be a number above 0, not "fast".',
      cropSize: 'crop_size must be a whole number from 1, not "".',
      beta1: "beta1 must be a number from 0 and below 1, not 1.",
    });
  });

  test("reports conflicts", () => {
    const { options, problems, conflict } = typed({ cropSize: "66" });
    expect(options).toBeNull();
    expect(problems).toEqual({});
    expect(conflict).toMatch(/multiples of 4/);
  });

  test("lists changes from the preset, by the reference's names", () => {
    expect(changedNames(draftsOf(base), base)).toEqual([]);
    expect(changedNames(draftsOf({ ...base, nLayersD: 2, lr: 1 }), base)).toEqual(["n_layers_D", "lr"]);
  });
});

describe("a new run", () => {
  const cost: StepCost = { flops: 6e9, memoryBytes: 4e7, parameters: 1, seconds: 0.5, refusal: null };
  const photo = (name: string) => new File([""], name);

  test("names unsupported pictures", () => {
    const run = new NewRun({ cost: async () => cost });
    run.addFiles("B", [photo("a.jpg"), photo("IMG_1.HEIC"), photo("notes.txt")]);
    expect(run.unread.value.B).toEqual(["1 HEIC file left out: IMG_1.HEIC; convert it to JPEG or PNG first."]);
    expect(run.leftOut.value.B).toBe(1);
    run.clearFiles("B");
    expect(run.unread.value.B).toEqual([]);
  });

  test("says what is missing, one thing after another", () => {
    const run = new NewRun({ cost: async () => cost });
    run.source.value = "own";
    expect(run.missing.value).toMatch(/both sides/);
    run.addFiles("A", [photo("a.jpg"), photo("notes.txt"), photo("B.PNG")]);
    expect(run.counts.value).toEqual({ A: 2, B: 0 });
    expect(run.leftOut.value.A).toBe(1);
    expect(run.missing.value).toMatch(/side B/);
    run.addFiles("B", [photo("c.webp")]);
    expect(run.missing.value).toMatch(/name/);
    run.name.value = "one";
    expect(run.missing.value).toBeNull();
    run.setOption("ngf", "many");
    expect(run.missing.value).toBe('ngf must be a whole number from 1, not "many".');
    run.choosePreset("tiny");
    expect(run.missing.value).toBeNull();
    expect(run.pictures).toEqual({ A: [photo("a.jpg"), photo("B.PNG")], B: [photo("c.webp")] });
  });

  test("proposes a free name, and keeps a given one", () => {
    const run = new NewRun({ cost: async () => cost });
    const named = (name: string) => ({ name }) as never;
    run.proposeName([named("run-1"), named("run-3")]);
    expect(run.name.value).toBe("run-2");
    run.name.value = "mine";
    run.proposeName([named("run-1")]);
    expect(run.name.value).toBe("mine");
    run.proposeName([named("mine")]);
    expect(run.name.value).toBe("run-1");
  });

  test("proposes a preset by its time, unless the visitor chose one meanwhile", async () => {
    const seconds = async ({ cropSize }: TrainingOptions) => ({ ...cost, seconds: cropSize > 200 ? 1000 : 0.1 });
    const run = new NewRun({ cost: seconds });
    run.samples.value = { A: ["a"], B: ["b"] };
    await run.plan(false);
    expect(run.preset.value).toBe("small");
    expect(run.seconds(presetOf("tiny").options)).toBeCloseTo(0.1 * 40);
    run.source.value = "own";
    expect(run.seconds(presetOf("tiny").options)).toBeNull(); // of no pictures
    const chosen = new NewRun({ cost: seconds });
    chosen.samples.value = { A: ["a"], B: ["b"] };
    chosen.choosePreset("large");
    await chosen.plan(false);
    expect(chosen.preset.value).toBe("large");
  });

  test("knows times once the adapter is measured, and then proposes again", async () => {
    vi.useFakeTimers();
    let asked = 0;
    const run = new NewRun({
      cost: async ({ cropSize }) => ({ ...cost, seconds: asked++ < 6 ? null : cropSize > 200 ? 1000 : 0.01 }),
    });
    run.samples.value = { A: ["a"], B: ["b"] };
    const planned = run.plan(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(run.preset.value).toBe("tiny");
    await vi.advanceTimersByTimeAsync(60_000);
    await planned;
    vi.useRealTimers();
    expect(run.preset.value).toBe("small");
    expect(run.seconds(presetOf("large").options)).toBe(200 * 1000);
  });

  test("cannot start if the adapter refuses it, and says why", async () => {
    const run = new NewRun({ cost: async () => ({ ...cost, refusal: "It does not fit." }) });
    run.name.value = "one";
    await run.plan(true);
    expect(run.preset.value).toBe("tiny");
    expect(run.missing.value).toBe("It does not fit.");
    expect(run.seconds(presetOf("tiny").options)).toBeNull();
  });
});

test("costs and learning rates are formatted", () => {
  expect(costText({ flops: 5.8058e9, memoryBytes: 42.55e6, parameters: 1, seconds: 0.6, refusal: null })).toBe(
    "5.81 GFLOP per step · 0.6 s here · 42.5 MB of GPU memory",
  );
  expect([2e-4, 2.5e-5, 1e-6, 0.01].map(learningRateText)).toEqual(["0.0002", "2.5e-5", "1e-6", "0.01"]);
});
