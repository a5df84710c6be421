// What is kept about an adapter's kernels: it survives everything that can happen to a file.

import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { ChoiceCache, type CacheStorage } from "../../src/tuning/cache.ts";
import { chooseKernels, knownChoices } from "../../src/tuning/choose.ts";
import { kernelTexts } from "../../src/tuning/kernel-texts.ts";
import type { Measurement } from "../../src/tuning/measure.ts";
import { hardware } from "../devices.ts";

const { software, subgroupSize, ...limits } = hardware;

/** As much of a device as a cache reads. */
function deviceWith(adapter: Partial<Gpu["adapter"]> = {}): Gpu {
  const described = { name: "a card", vendor: "v", architecture: "a", driver: "1.0", software, ...adapter };
  return {
    adapter: described,
    limits,
    subgroupSize,
    features: new Set(["subgroups"]),
    choices: new Map(),
  } as unknown as Gpu;
}

class MemoryCache implements CacheStorage {
  readonly place = "memory";
  readonly files = new Map<string, Uint8Array>();
  failure: UserError | undefined;
  async read(name: string) {
    if (this.failure) throw this.failure;
    return this.files.get(name) ?? null;
  }
  async write(name: string, text: string) {
    if (this.failure) throw this.failure;
    this.files.set(name, new TextEncoder().encode(text));
  }
}

const measured = (layer: string, chosen = "fast"): Measurement => ({
  ...{ layer, byRule: "usual", chosen },
  seconds: { usual: 0.002, [chosen]: 0.001 },
  refused: { odd: "it is wrong" },
});

async function filled(...added: Measurement[]) {
  const storage = new MemoryCache();
  const cache = await ChoiceCache.of(deviceWith(), storage);
  await cache.add(added);
  return { storage, cache, name: [...storage.files.keys()][0] };
}

describe("a cache", () => {
  test("returns what was added, the newest of a layer", async () => {
    const { storage, cache } = await filled(measured("a"), measured("b"));
    await cache.add([measured("b", "faster"), measured("c")]);
    const { measurements, flaw } = await (await ChoiceCache.of(deviceWith(), storage)).read();
    expect(flaw).toBeUndefined();
    expect([...measurements.values()]).toEqual([measured("a"), measured("b", "faster"), measured("c")]);
    expect(storage.files.size).toBe(1);
  });

  test("keeps what two processes found", async () => {
    const { storage, cache } = await filled(measured("a"));
    const other = await ChoiceCache.of(deviceWith(), storage);
    await other.read();
    await cache.add([measured("b")]);
    await other.add([measured("c")]);
    expect([...(await cache.read()).measurements.keys()]).toEqual(["a", "b", "c"]);
  });

  test("belongs to one adapter with one driver", async () => {
    const { storage, name } = await filled(measured("a"));
    for (const other of [{ driver: "1.1" }, { name: "another card" }, { architecture: "b" }, { software: true }]) {
      const cache = await ChoiceCache.of(deviceWith(other), storage);
      expect(await cache.read()).toEqual({ measurements: new Map() });
      expect(cache.name).not.toBe(name);
      // A file that was renamed or copied is recognised too.
      storage.files.set(cache.name, storage.files.get(name)!);
      expect((await cache.read()).flaw).toBe("it belongs to another adapter");
    }
  });

  test("belongs to the text of the kernels", async () => {
    const { storage, cache, name } = await filled(measured("a"));
    const text = new TextDecoder().decode(storage.files.get(name));
    await storage.write(
      name,
      text.replace(/"kernels": "\w/, (start) => start.slice(0, -1) + "x"),
    );
    expect(await cache.read()).toEqual({ measurements: new Map(), flaw: expect.stringMatching(/another version/) });
    await cache.add([measured("b")]);
    expect([...(await cache.read()).measurements.keys()]).toEqual(["b"]);
  });

  test("that is damaged anywhere, or foreign, is used never or rightly, and replaced", async () => {
    const { storage, cache, name } = await filled(measured("a"));
    const whole = storage.files.get(name)!;
    const damaged = [
      ...Array.from({ length: 40 }, (_, i) => whole.slice(0, Math.floor((i * whole.length) / 40))),
      ...Array.from({ length: 200 }, (_, i) =>
        whole.map((byte, at) => (at === (i * 7) % whole.length ? byte ^ 0x15 : byte)),
      ),
      ...["null", "[]", "{}", '{"format":1}', "\u0000", JSON.stringify({ format: "other", measurements: [] })].map(
        (text) => new TextEncoder().encode(text),
      ),
    ];
    for (const bytes of damaged) {
      storage.files.set(name, bytes);
      const { measurements, flaw } = await cache.read();
      if (flaw !== undefined) expect(measurements.size).toBe(0);
      for (const { chosen, seconds } of measurements.values()) {
        expect(typeof chosen).toBe("string");
        expect(Object.values(seconds).every((time) => typeof time === "number")).toBe(true);
      }
      await cache.add([measured("b")]);
      expect((await cache.read()).measurements.get("b")).toEqual(measured("b"));
    }
  });
});

test("the text of every kernel that can be chosen is part of a cache", () => {
  const texts = kernelTexts(hardware);
  expect(texts.length).toBeGreaterThan(20);
  for (const start of ["Winograd\n", "tiled 8x2 in 16x16 deep 2\n", "broadcast 1x4 in 32x1\n"])
    expect(texts.some((text) => text.startsWith(start) && text.includes("@compute"))).toBe(true);
  expect(kernelTexts({ ...hardware, subgroupSize: 8 })).not.toEqual(texts);
});

describe("choosing", () => {
  const forMode = (mode: "auto" | "on" | "off", storage: CacheStorage, heard: string[] = []) => ({
    ...{ mode, storage },
    say: (sentence: string) => void heard.push(sentence),
  });

  test("uses what is known, unless it is switched off", async () => {
    const { storage } = await filled(measured("a"), measured("b", "usual"));
    const choices = new Map([
      ["a", "fast"],
      ["b", "usual"],
    ]);
    expect(await knownChoices(deviceWith(), forMode("auto", storage))).toEqual(choices);
    expect(await knownChoices(deviceWith(), forMode("off", storage))).toEqual(new Map());
    expect(await chooseKernels(deviceWith(), [], forMode("off", storage))).toBeUndefined();
  });

  test("without a plan's layers leaves them to the rules", async () => {
    const { storage } = await filled(measured("a"));
    expect(
      await chooseKernels({ ...deviceWith(), buffers: { trim() {} } } as unknown as Gpu, [], forMode("auto", storage)),
    ).toBeUndefined();
  });

  test("goes on without a cache that cannot be read, and says so", async () => {
    const { storage, cache, name } = await filled(measured("a"));
    const heard: string[] = [];
    storage.failure = new UserError("memory: it is locked.");
    expect(await knownChoices(deviceWith(), forMode("auto", storage, heard))).toEqual(new Map());
    storage.failure = undefined;
    storage.files.set(name, new Uint8Array(3));
    expect(await knownChoices(deviceWith(), forMode("auto", storage, heard))).toEqual(new Map());
    expect(heard).toEqual([
      "What is known about this adapter's kernels cannot be read: memory: it is locked.",
      `${cache.place} is not used: it is damaged, or not a file of pixelcycle.`,
    ]);
  });
});
