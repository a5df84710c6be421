// The page's state of a run, event by event, with a fake worker.

import { beforeEach, describe, expect, test } from "vitest";
import type { Progress, RunListing, TrainingApi, TrainingEvent } from "../../demo/train/api.ts";
import { TrainingSession } from "../../demo/train/session.ts";
import { UserError } from "../../src/errors.ts";
import { defaultTrainingOptions } from "../../src/train/options/options.ts";
import { LossHistory } from "../../src/train/run/history.ts";
import { lossNames, type Metrics } from "../../src/train/step/metrics.ts";

/** A run that continues until the test ends it. */
interface OpenRun {
  readonly name: string;
  readonly tell: (event: TrainingEvent) => void;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
}

let runs: RunListing[];
let opened: OpenRun[];
let asked: unknown[][];
let refusal: Error | null;
let time: number;
/** The progress of copying that was shown meanwhile. */
let copied: unknown;
let session: TrainingSession;

function follow(name: string, tell: (event: TrainingEvent) => void): Promise<void> {
  return new Promise((end, fail) => opened.push({ name, tell, end, fail }));
}

/** Records requests, and answers with `result` or fails if the test says so. */
function noting<Result>(method: string, result: Result) {
  return async (...what: unknown[]): Promise<Result> => {
    asked.push([method, ...what]);
    if (refusal) throw refusal;
    return result;
  };
}

const file = new File(["run"], "run-1.zip");

function fakeWorker(): TrainingApi {
  return {
    adapter: noting("adapter", { name: "a GPU", vendor: "", architecture: "", driver: "", software: false }),
    cost: noting("cost", { flops: 1e9, memoryBytes: 1e6, parameters: 1, seconds: null, refusal: null }),
    runs: async () => [...runs],
    begin: (name, _options, _pictures, onEvent) => follow(name, onEvent),
    continue: (name, onEvent) => follow(name, onEvent),
    pause: noting("pause", undefined),
    resume: noting("resume", undefined),
    stepOnce: noting("stepOnce", undefined),
    stop: noting("stop", undefined),
    adjust: noting("adjust", undefined),
    exportRun: noting("exportRun", file),
    importRun: noting("importRun", "run-1-2"),
    givePictures: async (name, _pictures, onEvent) => {
      await noting("givePictures", undefined)(name);
      onEvent({ kind: "copying", done: 1, of: 2 });
      copied = session.copying.value;
    },
    removeRun: noting("removeRun", undefined),
    exportGenerator: noting("exportGenerator", file),
    loseDevice: noting("loseDevice", undefined),
  };
}

beforeEach(() => {
  runs = [];
  opened = [];
  asked = [];
  refusal = null;
  time = 1_000_000;
  session = new TrainingSession(fakeWorker(), () => time);
});

const listing = (changes: Partial<RunListing> = {}): RunListing => ({
  name: "run-1",
  step: 40,
  steps: 100,
  epoch: 1,
  epochs: 2,
  options: defaultTrainingOptions,
  saved: 5,
  bytes: 1e6,
  busy: false,
  problem: null,
  lacksPictures: false,
  ...changes,
});

function progressAt(step: number): Progress {
  const losses = Object.fromEntries(lossNames.map((name) => [name, 1])) as Pick<Metrics, (typeof lossNames)[number]>;
  const metrics = {
    ...losses,
    step,
    epoch: 1,
    iters: step,
    learningRate: 2e-4,
    seconds: 1,
    dataSeconds: 0,
    batchSize: 1,
  };
  const place = { step, steps: 100, epoch: 1, epochs: 2 };
  return { metrics, ...place, imagesPerSecond: 1, gigaflops: 5, secondsLeft: 60, memoryBytes: 1e6, warnings: [] };
}

/** Lets pending promises settle. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("a run", () => {
  test("is followed from its first event to its last", async () => {
    const ended = session.begin("run-1", defaultTrainingOptions, "samples");
    expect(session.current.value).toEqual({ name: "run-1", options: defaultTrainingOptions });
    expect(session.activity.value).toBe("opening");
    const [run] = opened;
    run.tell({ kind: "copying", done: 3, of: 96 });
    expect(session.copying.value).toEqual({ done: 3, of: 96 });
    run.tell({ kind: "activity", activity: "compiling" });
    expect(session.copying.value).toBeNull();
    run.tell({ kind: "activity", activity: "training", sentence: "Here it goes." });
    run.tell({ kind: "message", sentence: "sky.jpg is enlarged." });
    expect(session.messages.value).toEqual([
      { time, sentence: "Here it goes." },
      { time, sentence: "sky.jpg is enlarged." },
    ]);
    run.tell({ kind: "progress", progress: progressAt(1) });
    expect(session.progress.value?.step).toBe(1);

    const history = new LossHistory();
    history.add(progressAt(1).metrics);
    run.tell({ kind: "history", history: history.columns() });
    expect(session.history.value.losses.cycle_A).toEqual([1]);

    const picture = { width: 1, height: 1, data: new Uint8ClampedArray(4) };
    run.tell({ kind: "pictures", step: 1, pictures: { real_A: picture, fake_B: picture } });
    const later = { ...picture };
    run.tell({ kind: "pictures", step: 5, pictures: { fake_B: later } });
    expect(session.pictures.value.real_A).toBe(picture);
    expect(session.pictures.value.fake_B).toBe(later);
    expect(session.picturesStep.value).toBe(5);

    run.tell({ kind: "saved", step: 5, time: 7 });
    expect(session.saved.value).toEqual({ step: 5, time: 7 });
    runs = [listing()];
    run.tell({ kind: "activity", activity: "finished" });
    run.end();
    await ended;
    expect(session.isUnderWay).toBe(false);
    expect(session.current.value?.name).toBe("run-1");
    expect(session.runs.value).toEqual(runs);

    await session.leave();
    expect(session.current.value).toBeNull();
  });

  test("leaves no state for the next one", async () => {
    const first = session.begin("run-1", defaultTrainingOptions, "samples");
    opened[0].tell({ kind: "progress", progress: progressAt(9) });
    opened[0].tell({ kind: "saved", step: 9, time });
    opened[0].tell({ kind: "message", sentence: "It was said." });
    opened[0].tell({ kind: "activity", activity: "failed", sentence: "It went wrong." });
    opened[0].end();
    await first;
    expect(session.trouble.value).toBe("It went wrong.");
    void session.continue(listing({ name: "run-2" }));
    expect(session.trouble.value).toBeNull();
    expect(session.progress.value).toBeNull();
    expect(session.saved.value).toBeNull();
    expect(session.messages.value).toEqual([]);
    expect(session.history.value.step).toEqual([]);
  });

  test("that ends before its first step returns to the start, with the reason", async () => {
    const ended = session.begin("run-1", defaultTrainingOptions, "samples");
    opened[0].fail(new UserError("The storage is full: make room and begin again."));
    await ended;
    expect(session.current.value).toBeNull();
    expect(session.trouble.value).toBe("The storage is full: make room and begin again.");
  });

  test("that fails later stays, and can continue from its saved state", async () => {
    const ended = session.begin("run-1", { ...defaultTrainingOptions, lr: 1e-3 }, "samples");
    opened[0].tell({ kind: "progress", progress: progressAt(50) });
    opened[0].fail(new UserError("The device was lost."));
    await ended;
    expect(session.activity.value).toBe("failed");
    expect(session.current.value?.name).toBe("run-1");
    runs = [listing({ options: { ...defaultTrainingOptions, lr: 5e-4 } })];
    void session.continueCurrent();
    await settled();
    expect(opened).toHaveLength(2);
    expect(session.current.value?.options.lr).toBe(5e-4);
    expect(session.trouble.value).toBeNull();
  });

  test("that was never saved cannot continue, and the page says so", async () => {
    const ended = session.begin("run-1", defaultTrainingOptions, "samples");
    opened[0].tell({ kind: "progress", progress: progressAt(1) });
    opened[0].tell({ kind: "activity", activity: "failed" });
    opened[0].end();
    await ended;
    await session.continueCurrent();
    expect(opened).toHaveLength(1);
    expect(session.trouble.value).toMatch(/never saved/);
  });
});

describe("a request", () => {
  test("reaches the worker, and its refusal is shown unchanged", async () => {
    void session.begin("run-1", defaultTrainingOptions, "samples");
    await session.pause();
    await session.stepOnce();
    await session.resume();
    refusal = new UserError("Another tab trains this run.");
    await session.stop();
    expect(asked.map(([method]) => method)).toEqual(["pause", "stepOnce", "resume", "stop"]);
    expect(session.trouble.value).toBe("Another tab trains this run.");
  });

  test("for a list of runs may fail, and a new run can still start", async () => {
    const broken = new TrainingSession({
      ...fakeWorker(),
      runs: () => Promise.reject(new UserError("This browser keeps no files for pages.")),
    });
    await broken.open();
    expect(broken.runs.value).toEqual([]);
    expect(broken.trouble.value).toBe("This browser keeps no files for pages.");
  });

  test("at the opening shows the same one of two failures, whichever comes first", async () => {
    const after = (milliseconds: number, sentence: string) =>
      new Promise<never>((_, fail) => setTimeout(() => fail(new UserError(sentence)), milliseconds));
    for (const [first, second] of [
      [1, 6],
      [6, 1],
    ]) {
      const broken = new TrainingSession({
        ...fakeWorker(),
        adapter: () => after(first, "There is no adapter."),
        runs: () => after(second, "This browser keeps no files for pages."),
      });
      await broken.open();
      expect(broken.trouble.value).toBe("There is no adapter.");
    }
  });

  test("distinguishes our defects from the visitor's mistakes", async () => {
    refusal = new TypeError("x is undefined");
    await session.pause();
    expect(session.trouble.value).toMatch(/^Something went wrong in this page.*x is undefined/);
  });

  test("from a slider sends only its last value", async () => {
    void session.begin("run-1", defaultTrainingOptions, "samples");
    for (let lr = 1; lr <= 100; lr++) void session.adjust({ lr: lr / 1000 });
    void session.adjust({ learning: "generators" });
    await settled();
    expect(asked).toEqual([
      ["adjust", { lr: 0.001 }],
      ["adjust", { lr: 0.1, learning: "generators" }],
    ]);
    expect(session.current.value?.options).toMatchObject({ lr: 0.1, learning: "generators" });
    await session.adjust({ lr: 0.2 });
    expect(asked.at(-1)).toEqual(["adjust", { lr: 0.2 }]);
  });

  test("that takes a while shows a message meanwhile, and its failure afterwards", async () => {
    const packed = session.exportRun("run-1");
    expect(session.busy.value).toBe("Packing the run");
    expect(await packed).toBe(file);
    expect(session.busy.value).toBeNull();
    refusal = new UserError("run.zip is no run: it has no state.");
    expect(await session.importRun(file)).toBeUndefined();
    expect(session.busy.value).toBeNull();
    expect(session.trouble.value).toBe("run.zip is no run: it has no state.");
  });
});

test("pictures are copied into a run that has none, and the progress disappears afterwards", async () => {
  await session.givePictures("run-1", "samples");
  expect(asked).toEqual([["givePictures", "run-1"]]);
  expect(copied).toEqual({ done: 1, of: 2 });
  expect(session.copying.value).toBeNull();
  expect(session.busy.value).toBeNull();
});

describe("closing the tab", () => {
  test("needs confirmation only if more than a few seconds would be lost", async () => {
    expect(session.wouldLoseWork).toBe(false);
    void session.begin("run-1", defaultTrainingOptions, "samples");
    time += 60_000;
    expect(session.wouldLoseWork).toBe(false); // no step is done
    opened[0].tell({ kind: "activity", activity: "training" });
    opened[0].tell({ kind: "progress", progress: progressAt(10) });
    expect(session.wouldLoseWork).toBe(true);
    opened[0].tell({ kind: "saved", step: 10, time });
    time += 60_000;
    expect(session.wouldLoseWork).toBe(false); // paused at what is saved
    opened[0].tell({ kind: "progress", progress: progressAt(11) });
    expect(session.wouldLoseWork).toBe(true);
    opened[0].tell({ kind: "saved", step: 10, time: time - 5000 });
    expect(session.wouldLoseWork).toBe(false);
    time += 60_000;
    opened[0].tell({ kind: "activity", activity: "stopped" });
    expect(session.wouldLoseWork).toBe(false);
  });
});
