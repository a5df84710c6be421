import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { runPipeline, type PipelineCounts } from "../../../src/cli/files/pipeline.ts";
import { UserError } from "../../../src/errors.ts";
import { Random } from "../../../src/random.ts";

const nameOf = (item: number) => `item ${item}`;
const range = (length: number) => Array.from({ length }, (_, i) => i);

test("random delays, skips and failures keep order and limits, and every item is accounted for", async () => {
  const random = new Random(5);
  for (let round = 0; round < 60; round++) {
    const items = range(random.below(25));
    const loadAhead = 1 + random.below(4);
    const saveBehind = 1 + random.below(4);
    const fate = items.map(() => ["fine", "fine", "fine", "skip", "load", "process", "save"][random.below(7)]);
    const pause = () => delay(random.below(3));
    const held = { loaded: 0, processing: 0, saving: 0 };
    const most = { loaded: 0, processing: 0, saving: 0 };
    const enter = (stage: keyof typeof held) => (most[stage] = Math.max(most[stage], ++held[stage]));
    const order: number[] = [];
    const saved: number[] = [];
    const progress: PipelineCounts[] = [];
    const result = await runPipeline({
      items,
      nameOf,
      loadAhead,
      saveBehind,
      skip: async (item) => {
        await pause();
        return fate[item] === "skip";
      },
      load: async (item) => {
        enter("loaded");
        await pause();
        if (fate[item] === "load") {
          held.loaded--;
          throw new Error("cannot load");
        }
        return { item };
      },
      process: async (loaded, item) => {
        expect(loaded.item).toBe(item);
        held.loaded--;
        enter("processing");
        order.push(item);
        await pause();
        held.processing--;
        if (fate[item] === "process") throw new UserError(`item ${item}: cannot process`);
        return { item };
      },
      save: async (processed, item) => {
        expect(processed.item).toBe(item);
        enter("saving");
        await pause();
        held.saving--;
        if (fate[item] === "save") throw new Error("cannot save");
        saved.push(item);
      },
      onProgress: (counts) => progress.push(counts),
    });
    const of = (...kinds: string[]) => items.filter((item) => kinds.includes(fate[item]));
    expect(held).toEqual({ loaded: 0, processing: 0, saving: 0 });
    expect(most.loaded).toBeLessThanOrEqual(loadAhead);
    expect(most.processing).toBeLessThanOrEqual(1);
    expect(most.saving).toBeLessThanOrEqual(saveBehind);
    expect(order).toEqual(of("fine", "process", "save"));
    expect(saved.sort((a, b) => a - b)).toEqual(of("fine"));
    expect(result).toEqual({
      total: items.length,
      saved: of("fine").length,
      skipped: of("skip").length,
      failed: of("load", "process", "save").length,
      failures: of("load", "process", "save").map((item) => ({ name: nameOf(item), reason: `cannot ${fate[item]}` })),
    });
    // One report per item, each counting one more.
    expect(progress.map((counts) => counts.saved + counts.skipped + counts.failed)).toEqual(items.map((i) => i + 1));
  }
});

test("the three stages overlap", async () => {
  const running = { load: false, process: false, save: false };
  let together = false;
  const stage = (name: keyof typeof running) => async () => {
    running[name] = true;
    await delay(5);
    together ||= running.load && running.process && running.save;
    running[name] = false;
  };
  await runPipeline({ items: range(12), nameOf, load: stage("load"), process: stage("process"), save: stage("save") });
  expect(together).toBe(true);
});

test("a slow save delays loading", async () => {
  let loaded = 0;
  let saved = 0;
  let mostAhead = 0;
  await runPipeline({
    items: range(30),
    nameOf,
    loadAhead: 2,
    saveBehind: 2,
    load: async () => {
      mostAhead = Math.max(mostAhead, ++loaded - saved);
    },
    process: async () => {},
    save: async () => {
      await delay(2);
      saved++;
    },
  });
  // Two being saved, one processed and waiting, two loaded.
  expect(mostAhead).toBeLessThanOrEqual(5);
});

describe("stopping", () => {
  test("an abort finishes items in process and in save, and starts nothing else", async () => {
    for (const abortAt of [0, 3, 9]) {
      const abort = new AbortController();
      const saved: number[] = [];
      let underWay = 0;
      const result = await runPipeline({
        items: range(10),
        nameOf,
        signal: abort.signal,
        load: async (item) => {
          expect(abort.signal.aborted).toBe(false);
          underWay++;
          await delay(1);
          underWay--;
          return item;
        },
        process: async (item) => {
          expect(abort.signal.aborted).toBe(false);
          if (item === abortAt) abort.abort();
          await delay(1);
          return item;
        },
        save: async (item) => {
          underWay++;
          await delay(3);
          underWay--;
          saved.push(item);
        },
      });
      expect(underWay).toBe(0);
      expect(saved).toEqual(range(abortAt + 1));
      expect(result).toMatchObject({ saved: abortAt + 1, failed: 0, total: 10 });
      expect(result.stopped).toBe(abortAt === 9 ? undefined : "aborted");
    }
  });

  test("an abort before the start starts nothing", async () => {
    const never = () => Promise.reject(new Error("must not run"));
    const result = await runPipeline({
      items: range(3),
      nameOf,
      signal: AbortSignal.abort(),
      load: never,
      process: never,
      save: never,
    });
    expect(result).toEqual({ total: 3, saved: 0, skipped: 0, failed: 0, failures: [], stopped: "aborted" });
  });

  test("a fatal error in any stage ends the run and is returned; other errors do not", async () => {
    class DeviceLost extends Error {}
    for (const stage of ["skip", "load", "process", "save"]) {
      const lost = new DeviceLost("the GPU is gone");
      const at = (name: string) => async (item: number) => {
        await delay(1);
        if (item === 2) throw new Error("a bad one");
        if (name === stage && item === 4) throw lost;
        return item;
      };
      const result = await runPipeline({
        items: range(50),
        nameOf,
        skip: async (item) => (await at("skip")(item)) < 0,
        load: at("load"),
        process: at("process"),
        save: async (item) => void (await at("save")(item)),
        isFatal: (error) => error instanceof DeviceLost,
      });
      expect(result.stopped).toEqual({ error: lost });
      expect(result.failures).toEqual([
        { name: "item 2", reason: "a bad one" },
        { name: "item 4", reason: "the GPU is gone" },
      ]);
      expect(result.saved).toBeGreaterThanOrEqual(3);
      expect(result.saved).toBeLessThan(12);
    }
  });
});

test("of several fatal errors, the first in the list is the reason", async () => {
  const result = await runPipeline({
    items: range(9),
    nameOf,
    load: async (item) => item,
    process: async (item) => item,
    save: async (item) => {
      await delay(item === 1 ? 10 : 1);
      if (item > 0) throw new Error(`${item} found no room`);
    },
    isFatal: () => true,
  });
  expect(result.stopped).toEqual({ error: new Error("1 found no room") });
});

test("a stage may throw synchronously, or throw something other than an error", async () => {
  const result = await runPipeline({
    items: range(3),
    nameOf,
    load: (item) => {
      if (item === 0) throw new Error("give a smaller `maxSize`");
      return Promise.resolve(item);
    },
    process: (item) => (item === 1 ? Promise.reject("a string") : Promise.resolve(item)),
    save: () => {
      throw new Error("no disk");
    },
  });
  expect(result.failures.map((failure) => failure.reason)).toEqual([
    "give a smaller --max-size",
    "a string",
    "no disk",
  ]);
});
