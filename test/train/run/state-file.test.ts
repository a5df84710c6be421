import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { readSafetensors } from "../../../src/formats/tensors/safetensors.ts";
import { float32Tensor } from "../../../src/formats/tensors/tensors.ts";
import { Random } from "../../../src/random.ts";
import { defaultTrainingOptions } from "../../../src/train/options/options.ts";
import {
  decodeState,
  encodeState,
  headerBytes,
  loadState,
  recordIn,
  saveState,
  stateFiles,
  type TrainingState,
} from "../../../src/train/run/state-file.ts";
import { Crash, MemoryStorage } from "./memory-storage.ts";

/** A small state that differs for every step. */
function stateAt(step: number): TrainingState {
  const random = new Random(step);
  const bits = (count: number) => new Float32Array(Uint32Array.from({ length: count }, () => random.bits()).buffer);
  return {
    record: {
      step,
      epoch: 3,
      iters: 17,
      pictures: 117,
      epochLoss: { steps: 17, sum: 0.1 + 0.7 },
      dataset: "0a1b",
      batchesTracked: { G_A: 3, G_B: 3, D_A: 3, D_B: 3 },
      plateau: { factor: 0.2, best: Infinity, epochsWithoutProgress: 2 },
      optimizerSteps: { generators: step, discriminators: step - 1 },
      options: { ...defaultTrainingOptions, lr: 0.1 + 0.2 },
    },
    tensors: [
      float32Tensor("G_A.model.1.weight", [2, 3], bits(6)),
      float32Tensor("G_A.model.1.bias", [2], bits(2)),
      float32Tensor("pool_A.0", [1, 1, 2, 2], bits(4)),
      float32Tensor("adam.empty", [0], bits(0)),
    ],
  };
}

/** As plain values, so that views of different buffers compare equal. */
const plain = ({ record, tensors }: TrainingState) => ({
  record,
  tensors: tensors.map(({ data, ...rest }) => ({ ...rest, data: [...data] })),
});

describe("a state's bytes", () => {
  test("of version 1, which had no optimisers that rest, continue as they would have", async () => {
    const { record, tensors } = stateAt(7);
    const old = { ...record, optimizerSteps: undefined, options: { ...record.options, learning: undefined } };
    const bytes = Buffer.from(await encodeState({ record: old as never, tensors }));
    const text = bytes.toString("latin1");
    expect(text).not.toMatch(/learning"|optimizerSteps/);
    const resealedBytes = await resealed(Buffer.from(text.replace('"version":"2"', '"version":"1"'), "latin1"));
    expect((await decodeState(resealedBytes)).record).toEqual({
      ...record,
      optimizerSteps: { generators: 7, discriminators: 7 },
    });
  });

  test("restore every bit, infinities included", async () => {
    const state = stateAt(1);
    expect(plain(await decodeState(await encodeState(state)))).toEqual(plain(state));
  });

  test("begin with the record, which can be read by itself", async () => {
    const bytes = await encodeState(stateAt(4));
    expect(recordIn(bytes.subarray(0, headerBytes))).toEqual(stateAt(4).record);
    for (const length of [0, 7, 8, 100, 700]) expect(recordIn(bytes.subarray(0, length))).toBeUndefined();
    expect(recordIn(new TextEncoder().encode("something else entirely"))).toBeUndefined();
  });

  test("are the same for the same state, and a safetensors file for other tools", async () => {
    const bytes = await encodeState(stateAt(2));
    expect(await encodeState(stateAt(2))).toEqual(bytes);
    const { tensors, metadata } = readSafetensors(bytes);
    expect(tensors.map(({ name }) => name)).toEqual(stateAt(2).tensors.map(({ name }) => name));
    expect(metadata.format).toBe("pixelcycle-state");
  });

  test("may lie anywhere in a Buffer, and are not written to", async () => {
    const bytes = await encodeState(stateAt(3));
    const buffer = Buffer.concat([Buffer.from([1, 2, 3]), bytes]).subarray(3);
    await decodeState(buffer);
    expect(Buffer.from(bytes).equals(buffer)).toBe(true);
  });

  test("are refused with any one bit flipped", async () => {
    const bytes = await encodeState(stateAt(4));
    for (let at = 0; at < bytes.length; at++) {
      const broken = bytes.slice();
      broken[at] ^= 1 << (at % 8);
      await expect(decodeState(broken), `byte ${at}`).rejects.toThrow(UserError);
    }
  });

  test("are refused when cut off anywhere, or longer than they were", async () => {
    const bytes = await encodeState(stateAt(5));
    for (let length = 0; length < bytes.length; length++) {
      await expect(decodeState(bytes.slice(0, length)), `${length} bytes`).rejects.toThrow(UserError);
    }
    await expect(decodeState(Buffer.concat([bytes, Buffer.alloc(1)]))).rejects.toThrow(/checksum/);
  });

  test("are checked in all their pieces", async () => {
    const large = new Float32Array(5_000_000).fill(1); // 20 MB: two pieces
    const bytes = await encodeState({ ...stateAt(6), tensors: [float32Tensor("large", [large.length], large)] });
    await decodeState(bytes);
    bytes[bytes.length - 1] ^= 1;
    await expect(decodeState(bytes)).rejects.toThrow(/checksum/);
  });
});

describe("saving", () => {
  test("an empty storage gives no state, and no error", async () => {
    expect(await loadState(new MemoryStorage())).toBeNull();
  });

  test("keeps the last two", async () => {
    const storage = new MemoryStorage();
    for (const step of [1, 2, 3]) await saveState(storage, stateAt(step));
    expect(await storage.list()).toEqual([stateFiles.latest, stateFiles.previous]);
    expect((await loadState(storage))?.state.record.step).toBe(3);
    storage.files.delete(stateFiles.latest);
    expect(await loadState(storage)).toMatchObject({ state: { record: { step: 2 } }, warnings: [] });
  });

  for (const crashesAfterwards of [false, true]) {
    test(`a crash ${crashesAfterwards ? "after" : "before"} any change leaves a good state, and the run can go on saving`, async () => {
      for (let changes = 0; ; changes++) {
        const storage = new MemoryStorage();
        await saveState(storage, stateAt(1));
        await saveState(storage, stateAt(2));
        Object.assign(storage, { changesLeft: changes, crashesAfterwards });
        const crashed = await saveState(storage, stateAt(3)).then(
          () => false,
          (error: unknown) => error instanceof Crash,
        );
        const survivor = storage.survivor();
        const loaded = await loadState(survivor);
        expect(loaded!.warnings).toEqual([]);
        expect([2, 3]).toContain(loaded!.state.record.step);
        expect(plain(loaded!.state)).toEqual(plain(stateAt(loaded!.state.record.step)));

        await saveState(survivor, stateAt(4));
        expect((await loadState(survivor))!.state.record.step).toBe(4);
        expect(await survivor.list()).toEqual([stateFiles.latest, stateFiles.previous]);
        survivor.files.get(stateFiles.latest)![100] ^= 1;
        expect((await loadState(survivor))!.state.record.step).toBeGreaterThanOrEqual(2);
        if (!crashed) {
          expect(changes).toBeGreaterThanOrEqual(3);
          return;
        }
      }
    });
  }

  test("the first save may die too", async () => {
    const storage = new MemoryStorage();
    storage.changesLeft = 1;
    await expect(saveState(storage, stateAt(1))).rejects.toThrow(Crash);
    expect((await loadState(storage.survivor()))!.state.record.step).toBe(1);
  });
});

describe("loading", () => {
  async function twoStates(): Promise<MemoryStorage> {
    const storage = new MemoryStorage();
    for (const step of [1, 2]) await saveState(storage, stateAt(step));
    return storage;
  }

  test.each([
    ["torn", (bytes: Uint8Array) => bytes.slice(0, 300), /cut off or damaged/],
    ["empty", () => new Uint8Array(), /empty/],
    ["foreign", () => new TextEncoder().encode("GIF89a".padEnd(500)), /not a state that pixelcycle saved/],
    ["full of zeros", (bytes: Uint8Array) => new Uint8Array(bytes.length), /not a state/],
  ])("a file that is %s is named and moved aside, and the previous one is used", async (_, damage, reason) => {
    const storage = await twoStates();
    const damaged = damage(storage.files.get(stateFiles.latest)!);
    storage.files.set(stateFiles.latest, damaged);
    const { state, warnings } = (await loadState(storage))!;
    expect(plain(state)).toEqual(plain(stateAt(1)));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(reason);
    expect(warnings[0]).toMatch(
      /^checkpoints\/run\/latest_state\.safetensors: it .*continues from previous.*step 1\.$/,
    );
    expect(storage.files.get(stateFiles.damaged)).toEqual(damaged);

    await saveState(storage, stateAt(3)); // the damaged file must not have become the previous state
    storage.files.delete(stateFiles.latest);
    expect((await loadState(storage))!.state.record.step).toBe(1);
  });

  test("if none is good, all are named", async () => {
    const storage = await twoStates();
    for (const bytes of storage.files.values()) bytes[bytes.length - 1] ^= 4;
    const failed = loadState(storage);
    await expect(failed).rejects.toThrow(UserError);
    await expect(failed).rejects.toThrow(/latest_state.*damaged.*previous_state.*damaged.*`init`/);
    expect(await storage.list()).toEqual([stateFiles.latest, stateFiles.previous]);
  });

  test("a newer pixelcycle's state is not skipped in favour of an older one", async () => {
    const storage = await twoStates();
    const newer = new TextDecoder("latin1").decode(storage.files.get(stateFiles.latest));
    expect(newer).toContain('"version":"2"');
    storage.files.set(
      stateFiles.latest,
      await resealed(Buffer.from(newer.replace('"version":"2"', '"version":"3"'), "latin1")),
    );
    await expect(loadState(storage)).rejects.toThrow(/latest_state.*newer version of pixelcycle/);
    expect(await storage.list()).toEqual([stateFiles.latest, stateFiles.previous]);
  });
});

/**
 * The file with its digest recomputed, by Node's own hash and a second implementation of the rule.
 */
async function resealed(file: Buffer): Promise<Uint8Array> {
  const { createHash } = await import("node:crypto");
  const start = file.indexOf('"sha256":"') + '"sha256":"'.length;
  file.fill("0", start, start + 64);
  const piece = createHash("sha256").update(file).digest();
  file.write(createHash("sha256").update(piece).digest("hex"), start, "latin1");
  return file;
}
