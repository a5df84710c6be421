// A run that is paused, stepped and adjusted: its result depends only on what was done at which
// step.

import { afterAll, describe, expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { Gpu } from "../../../src/gpu/gpu.ts";
import { Dataset, type PictureSource } from "../../../src/train/batches/dataset.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../../../src/train/options/options.ts";
import { fromSeed } from "../../../src/train/run/beginning.ts";
import { RunControl, type Adjustment } from "../../../src/train/run/control.ts";
import { TrainingRun } from "../../../src/train/run/run.ts";
import { loadState, type TrainingState } from "../../../src/train/run/state-file.ts";
import type { RunSurroundings, StepReport } from "../../../src/train/run/surroundings.ts";
import { webGpu } from "../../gpu.ts";
import { randomPicture } from "../../networks.ts";
import { poisonPool } from "../../poison.ts";
import { slowTest } from "../../slow.ts";
import { MemoryStorage } from "./memory-storage.ts";

const options: TrainingOptions = {
  ...defaultTrainingOptions,
  netG: "resnet_6blocks",
  netD: "pixel",
  ngf: 2,
  ndf: 2,
  loadSize: 18,
  cropSize: 16,
  poolSize: 3,
  maxSteps: 8,
  seed: 5,
  printFreq: 1,
  displayFreq: 1e9,
  saveLatestFreq: 1e9,
  noHtml: true,
};

const source: PictureSource = {
  count: (side) => (side === "A" ? 5 : 3),
  name: (side, index) => `${side}${index}`,
  size: async () => ({ width: 20, height: 22 }),
  async load(side, index) {
    const { data, ...rest } = randomPicture(20, 22);
    const factor = side === "A" ? index + 2 : index + 9;
    return { ...rest, data: data.map((byte, i) => (i % 4 === 3 ? 255 : (byte * factor) % 256)) };
  },
};

const opened: Gpu[] = [];
async function openGpu(): Promise<Gpu> {
  const gpu = poisonPool(await Gpu.open(webGpu));
  opened.push(gpu);
  return gpu;
}
afterAll(() => opened.forEach((gpu) => gpu.close()));

interface Run {
  readonly storage: MemoryStorage;
  readonly end: ReturnType<typeof TrainingRun.train>;
}

function begin(around: Partial<RunSurroundings>, storage = new MemoryStorage(), start?: TrainingState): Run {
  const begun = start ?? fromSeed(options);
  const end = (async () => {
    const dataset = await Dataset.open(source, options);
    try {
      const surroundings = { dataset, openGpu, encodePng: async () => new Uint8Array(), patience: [0, 0, 0] };
      return await TrainingRun.train(begun.record.options, begun, { ...surroundings, ...around, storage });
    } finally {
      dataset.close();
    }
  })();
  return { storage, end };
}

/** Trains to the end, with an adjustment after the step. */
async function adjusted(
  after: number,
  adjustment: Adjustment,
  around: Partial<RunSurroundings> = {},
): Promise<MemoryStorage> {
  const control = new RunControl();
  const { storage, end } = begin({ ...around, control });
  await control.pause();
  for (let step = 0; step < after; step++) await control.stepOnce();
  control.adjust(adjustment);
  control.resume();
  expect(await end).toEqual({ step: 8, finished: true });
  return storage;
}

/** Everything that the end of a run consists of. */
function result({ files }: MemoryStorage): [string, Uint8Array][] {
  return [...files].filter(([name]) => /\.pth$|^latest_state/.test(name)).sort();
}

const stateOf = async (storage: MemoryStorage) => (await loadState(storage))!.state;
const change: Adjustment = { lr: 3e-3, learning: "generators" };
const undisturbed = begin({});
const changed = await adjusted(3, change);
await undisturbed.end;

describe("a run that is paused", () => {
  test("rests where requested, saved, and continues to the same bytes", async () => {
    const control = new RunControl();
    const steps: number[] = [];
    const saved: number[] = [];
    const { storage, end } = begin({
      control,
      onStep: ({ metrics }) => {
        steps.push(metrics.step);
        if (metrics.step === 2) void control.pause();
      },
      onSaved: (step) => saved.push(step),
    });
    await new Promise<void>((resolve) => {
      const poll = setInterval(() => saved.length > 1 && (clearInterval(poll), resolve()), 5);
    });
    // One more may have been in flight.
    const rested = steps.at(-1)!;
    expect(rested).toBeLessThanOrEqual(4);
    expect(saved).toEqual([0, rested]);
    expect((await stateOf(storage)).record.step).toBe(rested);
    await control.stepOnce();
    expect(steps.at(-1)).toBe(rested + 1);
    expect((await stateOf(storage)).record.step).toBe(rested + 1);
    control.resume();
    expect(await end).toEqual({ step: 8, finished: true });
    expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(result(storage)).toEqual(result(undisturbed.storage));
  });

  test("can be stopped, and nobody waits for it afterwards", async () => {
    const control = new RunControl();
    const controller = new AbortController();
    const { storage, end } = begin({ control, signal: controller.signal });
    await control.pause();
    controller.abort();
    expect(await end).toEqual({ step: 0, finished: false });
    await control.pause();
    await control.stepOnce();
    const second = begin({}, storage, await stateOf(storage));
    await second.end;
    expect(result(storage)).toEqual(result(undisturbed.storage));
  });

  test("survives the loss of its device, and takes one step per request", async () => {
    const control = new RunControl();
    let view: StepReport["view"] | undefined;
    const steps: number[] = [];
    const { storage, end } = begin({
      control,
      onStep: (report) => {
        ({ view } = report);
        steps.push(report.metrics.step);
      },
    });
    await control.pause();
    await control.stepOnce();
    view!.gpu.simulateLoss("while it rests");
    await control.stepOnce();
    expect(steps).toEqual([1, 2]);
    control.resume();
    await end;
    expect(result(storage)).toEqual(result(undisturbed.storage));
  });
});

describe("a run that is adjusted", () => {
  test("ends in another state, and keeps the adjustment", async () => {
    const { record, tensors } = await stateOf(changed);
    expect(record.options).toEqual({ ...options, ...change });
    expect(record.optimizerSteps).toEqual({ generators: 8, discriminators: 3 });
    const before = await stateOf(undisturbed.storage);
    expect(before.record.optimizerSteps).toEqual({ generators: 8, discriminators: 8 });
    expect(tensors).not.toEqual(before.tensors);
  });

  test("and stopped right after continues to the same bytes", async () => {
    const control = new RunControl();
    const controller = new AbortController();
    const { storage, end } = begin({ control, signal: controller.signal });
    await control.pause();
    for (let step = 0; step < 3; step++) await control.stepOnce();
    control.adjust(change);
    await control.pause();
    controller.abort();
    await end;
    const state = await stateOf(storage);
    expect(state.record).toMatchObject({ step: 3, options: change });
    await begin({}, storage, state).end;
    expect(result(storage)).toEqual(result(changed));
  });

  slowTest("and killed at any time continues from the disk to the same bytes", async () => {
    const disks: MemoryStorage[] = [];
    const control = new RunControl();
    const { storage, end } = begin({ control, onStep: () => disks.push(storage.survivor()) });
    await control.pause();
    for (let step = 0; step < 3; step++) await control.stepOnce();
    control.adjust(change);
    control.resume();
    await end;
    expect(result(storage)).toEqual(result(changed));
    for (const disk of [disks[3], disks[6]]) {
      const state = await stateOf(disk);
      expect(state.record.step).toBe(3);
      await begin({}, disk, state).end;
      expect(result(disk)).toEqual(result(changed));
    }
  });

  slowTest("and loses its device does not go back before the adjustment", async () => {
    const lost = new Set([5, 7]);
    const storage = await adjusted(3, change, {
      onStep: ({ metrics, view }) => {
        if (lost.delete(metrics.step)) view.gpu.simulateLoss("afterwards");
      },
    });
    expect(lost.size).toBe(0);
    expect(result(storage)).toEqual(result(changed));
  });

  test("to train one side alone keeps the other byte for byte", async () => {
    const { tensors } = await stateOf(changed);
    const control = new RunControl();
    const controller = new AbortController();
    const { storage, end } = begin({ control, signal: controller.signal });
    await control.pause();
    for (let step = 0; step < 3; step++) await control.stepOnce();
    controller.abort();
    await end;
    const then = new Map((await stateOf(storage)).tensors.map((tensor) => [tensor.name, tensor.data]));
    const discriminators = tensors.filter(({ name }) => name.includes("D_"));
    const generators = tensors.filter(({ name }) => /^G_.*weight$/.test(name));
    expect(discriminators.length).toBeGreaterThan(10);
    expect(generators.length).toBeGreaterThan(10);
    for (const { name, data } of discriminators) expect([...data], name).toEqual([...then.get(name)!]);
    for (const { name, data } of generators) expect([...data], name).not.toEqual([...then.get(name)!]);
  });

  test.each([{ lr: 0 }, { lr: NaN }, { lr: Infinity }, { learning: "nobody" as "both" }])("not to %j", (adjustment) => {
    expect(() => new RunControl().adjust(adjustment)).toThrow(UserError);
  });
});

test("resuming before it rests ends the wait", async () => {
  const control = new RunControl();
  const rest = control.pause();
  control.resume();
  await rest;
  expect(control.atRest).toBe(false);
});

test("pictures are shown when it rests and ends, and in between no more often than asked", async () => {
  const control = new RunControl();
  const shown: number[] = [];
  const live = { interval: 0, show: (step: number) => void shown.push(step) };
  const { end } = begin({ control, live });
  await control.pause();
  await control.stepOnce();
  expect(shown).toEqual([1]);
  control.resume();
  await end;
  expect(shown).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);

  const seldom: number[] = [];
  await begin({ live: { interval: 1e9, show: (step) => void seldom.push(step) } }).end;
  expect(seldom).toEqual([8]);
});
