import { describe, expect, test } from "vitest";
import { lossLine, lossLog, metricsLog, RunLogs } from "../../../src/train/run/logs.ts";
import { lossNames, type Metrics } from "../../../src/train/step/metrics.ts";
import { Crash, MemoryStorage } from "./memory-storage.ts";

const picturesAnEpoch = 10;

/** A step of a run with batch size 1, ten pictures per epoch, all steps logged. */
const metricsAt = (step: number, changes: Partial<Metrics> = {}): Metrics => ({
  step,
  epoch: Math.ceil(step / picturesAnEpoch),
  iters: ((step - 1) % picturesAnEpoch) + 1,
  ...(Object.fromEntries(lossNames.map((name, index) => [name, step + index / 10])) as Record<
    (typeof lossNames)[number],
    number
  >),
  learningRate: 2e-4,
  seconds: 0.311,
  dataSeconds: 0,
  batchSize: 1,
  ...changes,
});

const start = { step: 0, epoch: 1, iters: 0 };
const time = new Date(2026, 10, 2, 9, 5, 7);
const steps = (storage: MemoryStorage) =>
  storage
    .text(metricsLog)
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line).step);
const lossLines = (storage: MemoryStorage) =>
  storage
    .text(lossLog)
    .split("\n")
    .filter((line) => line.startsWith("(epoch"));
const eventFiles = async (storage: MemoryStorage) => (await storage.list()).filter((name) => name.includes("tfevents"));

async function logSteps(storage: MemoryStorage, first: number, last: number): Promise<RunLogs> {
  const done = first - 1;
  const position = { step: done, epoch: Math.ceil(done / picturesAnEpoch), iters: ((done - 1) % picturesAnEpoch) + 1 };
  const logs = await RunLogs.open(storage, done === 0 ? start : position, time);
  for (let step = first; step <= last; step++) await logs.append(metricsAt(step), time);
  return logs;
}

describe("lines", () => {
  test("loss_log.txt is the reference's, to the space at the end of a line", async () => {
    const storage = new MemoryStorage();
    const logs = await RunLogs.open(storage, start, time);
    await logs.append(
      metricsAt(1, { D_A: 0.0644, G_A: NaN, cycle_A: Infinity, seconds: 0.65, dataSeconds: 0.028, batchSize: 2 }),
      time,
    );
    expect(storage.text(lossLog)).toBe(
      "================ Training Loss (Mon Nov  2 09:05:07 2026) ================\n" +
        "(epoch: 1, iters: 1, time: 0.311, data: 0.028) D_A: 0.064 G_A: nan cycle_A: inf idt_A: 1.300 " +
        "D_B: 1.400 G_B: 1.500 cycle_B: 1.600 idt_B: 1.700 \n",
    );
  });

  test("and the reference's readers parse it", () => {
    const line = lossLine(metricsAt(1234, { G_A: -0.5 }));
    const read = Object.fromEntries(
      [...line.matchAll(/(\w+): (-?[\d.]+)/g)].map(([, name, value]) => [name, Number(value)]),
    );
    expect(Object.keys(read)).toEqual(["epoch", "iters", "time", "data", ...lossNames]);
    expect(read).toMatchObject({ epoch: 124, iters: 4, time: 0.311, D_A: 1234, G_A: -0.5 });
  });

  test("losses of cells follow the reference's, where there are any", async () => {
    const storage = new MemoryStorage();
    const logs = await RunLogs.open(storage, start, time);
    await logs.append(metricsAt(1, { cell: 0.25, checker: NaN }), time);
    expect(storage.text(lossLog)).toMatch(/ idt_B: 1\.700 cell: 0\.250 checker: nan \n$/);
    expect(JSON.parse(storage.text(metricsLog))).toEqual({ ...metricsAt(1), cell: 0.25, checker: "NaN" });
    const [events] = await eventFiles(storage);
    expect(storage.text(events)).toContain("loss/cell");
    expect(storage.text(events)).not.toContain("loss/color");
  });

  test("metrics.jsonl is JSON, whatever the losses are", async () => {
    const storage = new MemoryStorage();
    const logs = await RunLogs.open(storage, start, time);
    await logs.append(metricsAt(1, { D_A: NaN, G_A: -Infinity }), time);
    expect(JSON.parse(storage.text(metricsLog))).toEqual({ ...metricsAt(1), D_A: "NaN", G_A: "-Infinity" });
  });
});

describe("a run that is resumed", () => {
  test.each([0, 1, 9, 10, 11, 25, 30])("at step %i has each step once in every log", async (resumed) => {
    const storage = new MemoryStorage();
    await logSteps(storage, 1, 30);
    const undisturbed = { metrics: storage.text(metricsLog), lines: lossLines(storage) };

    const logs = await logSteps(storage, resumed + 1, 30);
    expect(storage.text(metricsLog)).toBe(undisturbed.metrics);
    expect(lossLines(storage)).toEqual(undisturbed.lines);
    expect(storage.text(lossLog).split("Training Loss")).toHaveLength(3);
    expect(logs.history.columns().step).toEqual(steps(storage));
  });

  test("tells TensorBoard where it continues, in a file that sorts after the others", async () => {
    const storage = new MemoryStorage();
    for (const resumed of [0, 5, 5]) await logSteps(storage, resumed + 1, 10);
    const names = await eventFiles(storage);
    const second = Math.floor(time.getTime() / 1000);
    expect(names).toEqual([0, 1, 2].map((later) => `events.out.tfevents.${second + later}.pixelcycle`));
    const startEvent = storage.files.get(names[1])!.subarray(40 + 12); // after the record of the version and its own length
    expect([...startEvent.subarray(9, 11)]).toEqual([2 << 3, 6]); // after the time: field 2, step 6 is the first that counts
  });

  test("at a position in the middle of a log's gaps", async () => {
    const storage = new MemoryStorage();
    const logs = await RunLogs.open(storage, start, time);
    for (const step of [4, 8, 12, 16]) await logs.append(metricsAt(step), time);
    await RunLogs.open(storage, { step: 14, epoch: 2, iters: 4 }, time);
    expect(steps(storage)).toEqual([4, 8, 12]);
    expect(lossLines(storage)).toHaveLength(3);
    await RunLogs.open(storage, { step: 10, epoch: 2, iters: 0 }, time); // the end of epoch 1, told as the start of 2
    expect(lossLines(storage)).toHaveLength(2);
  });

  test("loses no more than the line being written, whenever it dies", async () => {
    for (let changes = 0; changes < 20; changes++) {
      const storage = new MemoryStorage();
      Object.assign(storage, { changesLeft: changes, crashesAfterwards: changes % 2 === 0 });
      await expect(logSteps(storage, 1, 30)).rejects.toThrow(Crash);
      const survivor = storage.survivor();
      const last = survivor.files.has(metricsLog) ? (steps(survivor).at(-1) ?? 0) : 0;
      await logSteps(survivor, last + 1, 30);
      expect(steps(survivor)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
      const lines = lossLines(survivor);
      expect(new Set(lines).size).toBe(lines.length);
      expect(lines.length).toBeGreaterThanOrEqual(29);
    }
  });

  test("drops a line that was cut off, and invalid lines", async () => {
    const storage = new MemoryStorage();
    await logSteps(storage, 1, 3);
    const [first, ...rest] = storage.text(metricsLog).split("\n");
    const torn = lossLine(metricsAt(4)).slice(0, 40);
    await storage.write(
      metricsLog,
      [first, "\0\0\0\0", "null", "[1]", ...rest.slice(0, 2), '{"step":4,"ep'].join("\n"),
    );
    await storage.append(lossLog, torn);
    await logSteps(storage, 4, 5);
    expect(steps(storage)).toEqual([1, 2, 3, 4, 5]);
    expect(lossLines(storage)).toEqual([1, 2, 3, 4, 5].map((step) => lossLine(metricsAt(step))));
  });
});
