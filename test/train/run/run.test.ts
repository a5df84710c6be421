// Whole runs of tiny networks: the same bytes every time, whatever happens in between.

import { setTimeout as after } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { traitsOf } from "../../../src/autograd/program.ts";
import { UserError } from "../../../src/errors.ts";
import { readCheckpoint } from "../../../src/formats/checkpoint/checkpoint.ts";
import { Gpu } from "../../../src/gpu/gpu.ts";
import { identify } from "../../../src/nn/identify.ts";
import type { Image } from "../../../src/picture/image.ts";
import { Dataset, type PictureSource } from "../../../src/train/batches/dataset.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../../../src/train/options/options.ts";
import { fromSeed } from "../../../src/train/run/beginning.ts";
import { metricsLog } from "../../../src/train/run/logs.ts";
import { TrainingRun } from "../../../src/train/run/run.ts";
import { loadState, type TrainingState } from "../../../src/train/run/state-file.ts";
import type { Storage } from "../../../src/train/run/storage.ts";
import type { RunSurroundings } from "../../../src/train/run/surroundings.ts";
import type { Metrics } from "../../../src/train/step/metrics.ts";
import { networkNames } from "../../../src/train/step/networks.ts";
import { webGpu } from "../../gpu.ts";
import { randomPicture } from "../../networks.ts";
import { poisonPool } from "../../poison.ts";

const options: TrainingOptions = {
  ...defaultTrainingOptions,
  netG: "resnet_6blocks",
  netD: "pixel",
  ngf: 2,
  ndf: 2,
  loadSize: 18,
  cropSize: 16,
  poolSize: 3,
  nEpochs: 2,
  nEpochsDecay: 1,
  seed: 5,
  printFreq: 1,
  displayFreq: 4,
  saveEpochFreq: 2,
  saveLatestFreq: 1e9,
};

/** Five pictures of one kind and three of the other, so an epoch is five steps. */
const source: PictureSource = {
  count: (side) => (side === "A" ? 5 : 3),
  name: (side, index) => `${side}${index}`,
  size: async () => ({ width: 20, height: 22 }),
  async load(side, index) {
    const { data, ...rest } = randomPicture(20, 22);
    return {
      ...rest,
      data: data.map((byte, i) => (i % 4 === 3 ? 255 : (byte * (index + 2) + (side === "A" ? 0 : 90)) % 256)),
    };
  },
};

/** A disk in memory. */
class MemoryStorage implements Storage {
  readonly place = "memory";
  readonly files = new Map<string, Uint8Array>();
  /** The error of the next writes, while set. */
  failing: ((name: string) => boolean) | undefined;
  async read(name: string) {
    return this.files.get(name) ?? null;
  }
  async write(name: string, data: Uint8Array | string) {
    if (this.failing?.(name)) throw new UserError(`${name}: the disk is full.`);
    this.files.set(name, typeof data === "string" ? new TextEncoder().encode(data) : data.slice());
  }
  async append(name: string, data: Uint8Array | string) {
    const added = typeof data === "string" ? new TextEncoder().encode(data) : data;
    await this.write(name, Uint8Array.from([...(this.files.get(name) ?? []), ...added]));
  }
  async rename(from: string, to: string) {
    this.files.set(to, this.files.get(from)!);
    this.files.delete(from);
  }
  async remove(name: string) {
    this.files.delete(name);
  }
  async list() {
    return [...this.files.keys()].sort();
  }
}

const opened: Gpu[] = [];
afterAll(() => opened.forEach((gpu) => gpu.device.destroy()));

let lasting: Promise<Gpu> | undefined;

/** One device for all runs that do not lose theirs: another one compiles every kernel again. */
function openGpu(): Promise<Gpu> {
  return (lasting ??= openAnother().then((gpu) => {
    const { close } = gpu;
    gpu.close = () => {}; // a run's end is not the device's
    void gpu.lost.then(() => {
      lasting = undefined;
      gpu.close = close;
    });
    return gpu;
  }));
}

async function openAnother(): Promise<Gpu> {
  const gpu = poisonPool(await Gpu.open(webGpu));
  opened.push(gpu);
  return gpu;
}

async function train(
  changes: Partial<TrainingOptions> = {},
  around: Partial<RunSurroundings> & { storage?: MemoryStorage } = {},
  start?: TrainingState,
) {
  const all = { ...options, ...changes };
  const storage = around.storage ?? new MemoryStorage();
  const dataset = await Dataset.open(source, all);
  try {
    const end = await TrainingRun.train(all, start ?? fromSeed(all), {
      dataset,
      openGpu,
      encodePng: async ({ data }: Image) => new Uint8Array(data),
      patience: [0, 0, 0],
      ...around,
      storage,
    });
    return { end, storage };
  } finally {
    dataset.close();
  }
}

/** Everything that the end of a run consists of. */
function result(storage: MemoryStorage): Record<string, Uint8Array> {
  const names = [...storage.files.keys()].filter((name) => /\.pth$|^latest_state/.test(name));
  return Object.fromEntries(names.sort().map((name) => [name, storage.files.get(name)!]));
}

/** The files of two runs' ends that differ; vitest would show megabytes of differences. */
function differing(one: MemoryStorage, other: MemoryStorage): string[] {
  const [a, b] = [result(one), result(other)];
  return Object.keys({ ...a, ...b }).filter((name) => !a[name] || !b[name] || Buffer.compare(a[name], b[name]) !== 0);
}

/** Does it when the result is first needed. */
function lazily<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}

function metricsOf(storage: MemoryStorage): Metrics[] {
  const text = new TextDecoder().decode(storage.files.get(metricsLog));
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const undisturbed = await train();

describe("a run", () => {
  test("ends after its last epoch, with all files written", () => {
    const { end, storage } = undisturbed;
    expect(end).toEqual({ step: 15, finished: true });
    expect([...storage.files.keys()]).toEqual(
      expect.arrayContaining(["latest_net_G_A.pth", "2_net_D_B.pth", "loss_log.txt", "web/images/epoch001_fake_B.png"]),
    );
    expect(metricsOf(storage).map(({ step }) => step)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    expect(metricsOf(storage).map(({ epoch }) => epoch)).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3]);
    const { tensors } = readCheckpoint(storage.files.get("latest_net_G_A.pth")!);
    expect(identify(tensors).architecture).toMatchObject({ kind: "resnet", blocks: 6, ngf: 2, norm: "instance" });
  });

  test("gives the same bytes again, and others from another seed", async () => {
    const shown: number[] = [];
    const again = await train({}, { onStep: ({ metrics, view }) => shown.push(view.step - metrics.step) });
    // The place shown with a step's losses is that step, however many have been started since.
    expect(shown).toEqual(Array(15).fill(0));
    expect(result(again.storage)).toEqual(result(undisturbed.storage));
    const other = await train({ seed: 6, maxSteps: 1 });
    expect(metricsOf(other.storage)[0].D_A).not.toBe(metricsOf(undisturbed.storage)[0].D_A);
  });
});

test("samples are shown at an epoch's last step too", async () => {
  const { storage } = await train({ displayFreq: 5, maxSteps: 6 });
  expect([...storage.files.keys()]).toContain("web/images/epoch001_fake_B.png");
});

test("with losses of cells and B recoloured, a run that was stopped continues to the same bytes", async () => {
  const changes = {
    preprocess: "crop",
    cell: 4,
    lambdaColor: 2,
    lambdaCell: 10,
    lambdaChecker: 6,
    recolorB: true,
    maxSteps: 4,
  };
  const whole = await train(changes);
  const controller = new AbortController();
  const onStep: RunSurroundings["onStep"] = ({ metrics }) => metrics.step === 1 && controller.abort();
  const first = await train(changes, { signal: controller.signal, onStep });
  expect(first.end.step).toBeLessThan(4);
  const { state } = (await loadState(first.storage))!;
  const second = await train(changes, { storage: first.storage }, state);
  expect(result(second.storage)).toEqual(result(whole.storage));
  const losses = ({ step, color, cell, checker }: Partial<Metrics>) => [step, color, cell, checker];
  expect(metricsOf(second.storage).map(losses)).toEqual(metricsOf(whole.storage).map(losses));
  expect(metricsOf(whole.storage).every(({ color, cell, checker }) => Math.min(color!, cell!, checker!) > 0)).toBe(
    true,
  );
});

describe("a run that was stopped", () => {
  test.each([1, 5, 8])("continues after step %i to the same bytes", async (stop) => {
    const controller = new AbortController();
    const first = await train(
      {},
      {
        signal: controller.signal,
        onStep: ({ metrics }) => metrics.step === stop && controller.abort(),
      },
    );
    expect(first.end.finished).toBe(false);
    expect(first.end.step).toBeLessThan(15);
    const { state } = (await loadState(first.storage))!;
    expect(state.record.step).toBe(first.end.step);
    const second = await train({}, { storage: first.storage }, state);
    expect(second.end).toEqual({ step: 15, finished: true });
    expect(result(second.storage)).toEqual(result(undisturbed.storage));
    expect(metricsOf(second.storage).map(({ step }) => step)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
  });

  test("warns when it continues with other pictures", async () => {
    const first = await train({ maxSteps: 1 });
    const { state } = (await loadState(first.storage))!;
    const messages: string[] = [];
    const onMessage = (sentence: string) => messages.push(sentence);
    await train({ maxSteps: 2 }, { storage: first.storage, onMessage }, state);
    expect(messages).toEqual([]);
    const changed = { ...state, record: { ...state.record, dataset: "another" } };
    await train({ maxSteps: 3 }, { storage: first.storage, onMessage }, changed);
    expect(messages.join()).toContain("have changed since the run started");
  });

  test("without any warning continues from what was on the disk", async () => {
    // As after SIGKILL: only what was on the disk at some moment is left.
    const disks: Map<string, Uint8Array>[] = [];
    const storage = new MemoryStorage();
    await train({ saveLatestFreq: 4 }, { storage, onStep: () => disks.push(new Map(storage.files)) });
    for (const files of [disks[6], disks[12]]) {
      const disk = new MemoryStorage();
      files.forEach((bytes, name) => disk.files.set(name, bytes));
      const { state } = (await loadState(disk))!;
      expect(state.record.step).toBeLessThan(15);
      const { storage: ended } = await train({ saveLatestFreq: 4 }, { storage: disk }, state);
      for (const name of ["latest_net_G_A.pth", "latest_net_D_B.pth"]) {
        expect(ended.files.get(name)).toEqual(storage.files.get(name));
      }
    }
  });
});

describe("a run whose kernels were measured", () => {
  const changes = { maxSteps: 3 };
  /** As if every layer had another fastest kernel than the rules choose. */
  const chooseKernels: RunSurroundings["chooseKernels"] = async (gpu, plans) => {
    const choices = new Map<string, string>();
    for (const { tensor } of plans.flatMap(({ nodes }) => nodes)) {
      const { origin, type } = tensor;
      if (origin.kind !== "computed" || !origin.operation.variants) continue;
      const inputs = origin.inputs.map(({ type }) => type);
      const { layer } = origin.operation.variants(traitsOf(gpu), inputs, type, origin.attributes);
      choices.set(layer, "registers 1x1 in 8x8");
    }
    return choices;
  };
  /** A device whose cache says something else by now. */
  const openOther = async () => Object.assign(await openGpu(), { choices: otherChoices });
  const otherChoices = new Map<string, string>();

  const ruled = lazily(() => train(changes));
  const whole = lazily(() => train(changes, { chooseKernels }));

  test("continues with the same kernels to the same bytes, whatever would be chosen then", async () => {
    expect(differing((await whole()).storage, (await ruled()).storage)).not.toEqual([]);
    const first = await train({ ...changes, maxSteps: 2 }, { chooseKernels });
    const { state } = (await loadState(first.storage))!;
    for (const layer of Object.keys(state.record.choices!)) otherChoices.set(layer, "registers 4x1 in 64x1");
    expect(otherChoices.size).toBeGreaterThan(20);
    const around = { storage: first.storage, openGpu: openOther, chooseKernels: async () => otherChoices };
    await train(changes, around, state);
    expect(differing(first.storage, (await whole()).storage)).toEqual([]);
  });

  test("keeps them when its device is lost", async () => {
    let measured = 0;
    const { storage } = await train(changes, {
      openGpu: openOther,
      intervals: { copy: 0, save: 1e9 },
      chooseKernels: (...given) => (measured++ > 0 ? Promise.resolve(otherChoices) : chooseKernels(...given)),
      onStep: ({ metrics, view }) => metrics.step === 2 && view.gpu.simulateLoss("the driver was reset"),
    });
    expect(measured).toBe(1);
    expect(differing(storage, (await whole()).storage)).toEqual([]);
  });

  test("is not measured while it goes on by the rules", async () => {
    const first = await train({ ...changes, maxSteps: 2 });
    const { state } = (await loadState(first.storage))!;
    expect(state.record).not.toHaveProperty("choices");
    await train(changes, { storage: first.storage, openGpu: openOther, chooseKernels }, state);
    expect(differing(first.storage, (await ruled()).storage)).toEqual([]);
  });

  test("begins without choices if the measurement was aborted, and is measured when it begins again", async () => {
    const controller = new AbortController();
    const aborted: RunSurroundings["chooseKernels"] = async () => void controller.abort();
    const first = await train(changes, { chooseKernels: aborted, signal: controller.signal });
    expect(first.end).toEqual({ step: 0, finished: false });
    const { state } = (await loadState(first.storage))!;
    await train({ maxSteps: 1 }, { storage: first.storage, chooseKernels }, state);
    expect((await loadState(first.storage))!.state.record.choices).toBeDefined();
  });
});

test("a state is saved only after the networks that are kept with it", async () => {
  const disks: MemoryStorage[] = [];
  class Recorder extends MemoryStorage {
    override async rename(from: string, to: string) {
      await super.rename(from, to);
      const disk = new MemoryStorage();
      this.files.forEach((bytes, name) => disk.files.set(name, bytes));
      disks.push(disk);
    }
  }
  await train({ saveEpochFreq: 1, saveLatestFreq: 5, saveByIter: true, maxSteps: 11 }, { storage: new Recorder() });
  const steps = new Set<number>();
  for (const disk of disks) {
    const { step } = (await loadState(disk))!.state.record;
    steps.add(step);
    const kept = [1, 2].flatMap((epoch) => (step >= 5 * epoch ? [String(epoch), `iter_${5 * epoch}`] : []));
    const wanted = kept.flatMap((label) => networkNames.map((name) => `${label}_net_${name}.pth`));
    expect([...disk.files.keys()]).toEqual(expect.arrayContaining(wanted));
  }
  expect([...steps]).toEqual([0, 5, 10, 11]);
});

describe("a run whose device is lost", () => {
  const losses: [string, (gpu: Gpu) => void][] = [
    ["destroyed", (gpu) => gpu.device.destroy()],
    ["unknown", (gpu) => gpu.simulateLoss("the driver was reset")],
  ];
  test.each(losses)("(%s) at several steps continues to the same bytes", async (reason, lose) => {
    const messages: string[] = [];
    const at = new Set([1, 2, 7, 15]);
    const { end, storage } = await train(
      {},
      {
        intervals: { copy: 0, save: 1e9 },
        onMessage: (sentence) => messages.push(sentence),
        onStep: ({ metrics, view }) => {
          if (at.delete(metrics.step)) lose(view.gpu);
        },
      },
    );
    expect(end).toEqual({ step: 15, finished: true });
    expect(result(storage)).toEqual(result(undisturbed.storage));
    expect(metricsOf(storage).map(({ step }) => step)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    const told = messages.filter((sentence) => sentence.includes("lost"));
    expect(told).toHaveLength(4);
    told.forEach((sentence) => expect(sentence).toContain(reason));
  });

  test("at any moment, in the middle of steps and saves, continues to the same bytes", async () => {
    let device: Gpu | undefined;
    let losses = 0;
    const controller = new AbortController();
    const attack = (async () => {
      for (const milliseconds of [30, 400, 170, 610, 90, 340]) {
        await after(milliseconds);
        if (controller.signal.aborted) return;
        if (device) losses++;
        device?.simulateLoss("at some moment");
        device = undefined;
      }
    })();
    const { storage } = await train(
      {},
      {
        patience: Array(20).fill(0),
        openGpu: async () => (device = await openGpu()),
      },
    );
    controller.abort();
    await attack;
    expect(losses).toBeGreaterThan(0);
    expect(result(storage)).toEqual(result(undisturbed.storage));
  });

  test("gives up when no device lasts, with the last good state saved", async () => {
    const storage = new MemoryStorage();
    const run = train(
      {},
      {
        storage,
        intervals: { copy: 0, save: 1e9 },
        openGpu: async () => {
          const gpu = await openGpu();
          void after(1).then(() => gpu.simulateLoss("again"));
          return gpu;
        },
      },
    );
    await expect(run).rejects.toThrow(/lost 4 times.*`continueTrain`/s);
  });
});

describe("a run that goes wrong", () => {
  test("stops at the first loss that is not finite, with the state before it saved", async () => {
    const storage = new MemoryStorage();
    // A learning rate that makes the weights overflow within a few steps.
    const run = train({ lr: 1e36 }, { storage, onStep: () => {} });
    await expect(run).rejects.toThrow(/no longer finite at step \d+.*`lr`.*is saved/s);
    const { state } = (await loadState(storage))!;
    const last = metricsOf(storage).at(-1)?.step ?? 0;
    expect(state.record.step).toBe(last);
  });

  test("goes on while the disk is full, says so, and saves when there is room", async () => {
    const storage = new MemoryStorage();
    const messages: string[] = [];
    const { end } = await train(
      { saveLatestFreq: 5 },
      {
        storage,
        onMessage: (sentence) => messages.push(sentence),
        onStep: ({ metrics }) => {
          storage.failing = metrics.step > 3 && metrics.step < 12 ? () => true : undefined;
        },
      },
    );
    expect(end.finished).toBe(true);
    expect(messages.join("\n")).toMatch(/state could not be written.*the disk is full/s);
    for (const name of ["latest_net_G_A.pth", "latest_net_D_B.pth"]) {
      expect(storage.files.get(name)).toEqual(undisturbed.storage.files.get(name));
    }
  });

  test("says at its end that nothing is on the disk", async () => {
    const storage = new MemoryStorage();
    storage.failing = (name) => name.includes("state");
    const message = await train({ maxSteps: 1 }, { storage }).catch((error: Error) => error.message);
    expect(message).toMatch(/could not be saved: none is on the disk\. Free some space and start the run again\.$/);
  });

  test("says at its end that the last state is not on the disk", async () => {
    const storage = new MemoryStorage();
    const run = train(
      { maxSteps: 3 },
      {
        storage,
        onStep: () => (storage.failing = (name) => name.includes("state")),
      },
    );
    await expect(run).rejects.toThrow(/could not be saved: the last on the disk is of step 0/);
    expect((await loadState(storage))!.state.record.step).toBe(0);
  });
});
