// The dataset on generated pictures: which pictures form a pair, what is random, and that preparing
// ahead, caching and the order of requests change nothing.

import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import type { Image } from "../../../src/picture/image.ts";
import { crop, preprocess } from "../../../src/picture/preprocess.ts";
import { resizeBicubic } from "../../../src/picture/resize.ts";
import { Random } from "../../../src/random.ts";
import {
  Dataset,
  type Batch,
  type DatasetSettings,
  type PictureSource,
  type Side,
} from "../../../src/train/batches/dataset.ts";
import { streamOf } from "../../../src/train/batches/random-streams.ts";
import { recolor } from "../../../src/train/batches/recolor.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../../../src/train/options/options.ts";
import { preprocessOptions } from "../../../src/train/options/picture-options.ts";

interface Invented {
  width: number;
  height: number;
  /** Its header cannot be read. */
  headless?: boolean;
  /** Only its header can be read. */
  damaged?: boolean;
}

/**
 * Pictures of noise, different for every name. Loads are counted, and finish in an arbitrary order.
 */
class InventedPictures implements PictureSource {
  loads: string[] = [];
  loading = 0;
  mostLoading = 0;
  readonly pictures: Record<Side, Invented[]>;

  constructor(A: number | Invented[], B: number | Invented[]) {
    const list = (given: number | Invented[]) =>
      typeof given === "number" ? Array.from({ length: given }, () => ({ width: 20, height: 18 })) : given;
    this.pictures = { A: list(A), B: list(B) };
  }

  count(side: Side) {
    return this.pictures[side].length;
  }

  name(side: Side, index: number) {
    return `${side}${index}.png`;
  }

  async size(side: Side, index: number) {
    const { width, height, headless } = this.pictures[side][index];
    if (headless) throw new UserError(`${this.name(side, index)}: it is no picture.`);
    return { width, height };
  }

  async load(side: Side, index: number): Promise<Image> {
    const name = this.name(side, index);
    this.loads.push(name);
    this.mostLoading = Math.max(this.mostLoading, ++this.loading);
    await new Promise((resolve) => setTimeout(resolve, (index * 7 + this.loads.length) % 5));
    this.loading--;
    const { width, height, headless, damaged } = this.pictures[side][index];
    if (headless || damaged) throw new UserError(`${name}: it is damaged.`);
    const random = new Random(1000 * index + (side === "A" ? 0 : 1));
    const data = Uint8ClampedArray.from({ length: 4 * width * height }, () => random.bits() & 255);
    return { width, height, data, hasAlpha: false };
  }
}

const small: TrainingOptions = { ...defaultTrainingOptions, loadSize: 12, cropSize: 8, netD: "pixel", seed: 5 };

function open(source: PictureSource, changes: Partial<TrainingOptions> = {}, settings: DatasetSettings = {}) {
  const warnings: string[] = [];
  const onWarning = (sentence: string) => warnings.push(sentence);
  const dataset = Dataset.open(source, { ...small, ...changes }, { ...settings, onWarning });
  return dataset.then((dataset) => Object.assign(dataset, { warnings }));
}

async function epochOf(dataset: Dataset, epoch: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (let number = 0; number < dataset.batchesPerEpoch; number++) batches.push(await dataset.batch(epoch, number));
  return batches;
}

/** The contents of a batch, for comparison. */
function contentsOf({ realA, realB, namesA, namesB }: Batch) {
  const bytes = (images: readonly Image[]) => images.map(({ width, height, data }) => [width, height, ...data].join());
  return { namesA, namesB, A: bytes(realA), B: bytes(realB) };
}

test("colours under full transparency do not reach the networks", async () => {
  const batchWith = async (hidden: number) => {
    const source = new InventedPictures(1, 1);
    const load = source.load.bind(source);
    source.load = async (side, index) => {
      const image = await load(side, index);
      for (let i = 0; i < image.data.length; i += 12) image.data.set([hidden, hidden, hidden, 0], i);
      return { ...image, hasAlpha: true };
    };
    const { realA, realB } = await (await open(source)).batch(1, 0);
    return [realA[0].data, realB[0].data];
  };
  expect(await batchWith(0)).toEqual(await batchWith(200));
});

describe("pairs", () => {
  test("an epoch cycles through side A, as often as the larger side needs, in an order of its own", async () => {
    const dataset = await open(new InventedPictures(7, 3));
    expect([dataset.length, dataset.batchesPerEpoch]).toEqual([7, 7]);
    const shown = (await epochOf(dataset, 1)).flatMap(({ namesA }) => namesA);
    expect([...shown].sort()).toEqual(Array.from({ length: 7 }, (_, i) => `A${i}.png`));
    expect(shown).not.toEqual([...shown].sort());
    const second = (await epochOf(dataset, 2)).flatMap(({ namesA }) => namesA);
    expect(second).not.toEqual(shown);

    const wide = await open(new InventedPictures(2, 6));
    const rounds = (await epochOf(wide, 1)).flatMap(({ namesA }) => namesA);
    expect([...rounds].sort()).toEqual(["A0.png", "A0.png", "A0.png", "A1.png", "A1.png", "A1.png"]);
  });

  test("partners are chosen uniformly, and anew in every epoch", async () => {
    const dataset = await open(new InventedPictures(4, 4));
    const met = new Map<string, number>();
    for (let epoch = 1; epoch <= 100; epoch++) {
      for (const { namesA, namesB } of await epochOf(dataset, epoch)) {
        const pair = `${namesA} ${namesB}`;
        met.set(pair, (met.get(pair) ?? 0) + 1);
      }
    }
    expect(met.size).toBe(16);
    for (const times of met.values()) expect(Math.abs(times - 25)).toBeLessThan(18);
  });

  test("serial batches are in order on both sides", async () => {
    const dataset = await open(new InventedPictures(5, 2), { serialBatches: true, batchSize: 2 });
    const batches = await epochOf(dataset, 3);
    expect(batches.map(({ namesA, namesB }) => [...namesA, ...namesB].join(" "))).toEqual([
      "A0.png A1.png B0.png B1.png",
      "A2.png A3.png B0.png B1.png",
      "A4.png B0.png",
    ]);
  });

  test("recolor_B keeps the pairs and gives B the colours of its A, whatever the direction", async () => {
    const source = () => new InventedPictures(3, 3);
    const plain = await epochOf(await open(source()), 1);
    const recolored = await epochOf(await open(source(), { recolorB: true }), 1);
    const back = await epochOf(await open(source(), { recolorB: true, direction: "BtoA" }), 1);
    for (const [number, { realA, realB, ...names }] of plain.entries()) {
      const B = [recolor(realB[0], realA[0])];
      expect(B).not.toEqual(realB);
      expect(contentsOf(recolored[number])).toEqual(contentsOf({ ...names, realA, realB: B }));
      const exchanged = { namesA: names.namesB, namesB: names.namesA, realA: B, realB: realA };
      expect(contentsOf(back[number])).toEqual(contentsOf(exchanged));
    }
  });

  test("BtoA exchanges the sides after all random choices, and the channels with them", async () => {
    const changes = { inputNc: 1, outputNc: 3, lambdaIdentity: 0 };
    const forward = await open(new InventedPictures(3, 3), { ...changes, inputNc: 3, outputNc: 1 });
    const back = await open(new InventedPictures(3, 3), { ...changes, direction: "BtoA" });
    for (let number = 0; number < 3; number++) {
      const one = contentsOf(await forward.batch(1, number));
      const other = contentsOf(await back.batch(1, number));
      expect([other.namesA, other.A, other.namesB, other.B]).toEqual([one.namesB, one.B, one.namesA, one.A]);
    }
    const { realA, realB } = await back.batch(1, 0);
    const isGray = ({ data }: Image) => data.every((value, i) => i % 4 === 3 || value === data[i - (i % 4)]);
    expect([isGray(realA[0]), isGray(realB[0])]).toEqual([true, false]);
  });

  test("with cells, crops of B begin at the grid, at all of its places, and are not scaled", async () => {
    const size = { width: 32, height: 27 };
    const changes = { preprocess: "crop", cropSize: 16, cell: 4, noFlip: true, serialBatches: true };
    const source = new InventedPictures([size], [size]);
    const dataset = await open(source, changes);
    const [A, B] = [await source.load("A", 0), await source.load("B", 0)];
    const placesOf = (image: Image, part: Image) => {
      const places = [];
      for (let top = 0; top <= size.height - 16; top++)
        for (let left = 0; left <= size.width - 16; left++)
          if (Buffer.from(crop(image, left, top, 16, 16).data).equals(Buffer.from(part.data))) places.push([left, top]);
      return places.flat();
    };
    const seen = { A: new Set<string>(), B: new Set<string>() };
    for (let epoch = 1; epoch <= 100; epoch++) {
      const { realA, realB } = await dataset.batch(epoch, 0);
      seen.A.add(placesOf(A, realA[0]).join());
      seen.B.add(placesOf(B, realB[0]).join());
    }
    const places = [0, 4, 8, 12, 16].flatMap((left) => [0, 4, 8].map((top) => `${left},${top}`));
    expect([...seen.B].sort()).toEqual(places.sort());
    expect([...seen.A].some((place) => place.split(",").some((at) => Number(at) % 4 > 0))).toBe(true);
    // 27 is no multiple of 4: to leave pictures as they are scales them.
    const scaled = open(source, { ...changes, preprocess: "none" });
    await expect(scaled).rejects.toThrow("would be scaled to 32 x 28, but `cell` 4 needs whole cells");
    const small = open(source, { ...changes, cropSize: 28, upscaleSmall: true });
    await expect(small).rejects.toThrow("but `cell` 4 needs whole cells");
  });

  test("a picture is preprocessed as the reference does it, from a random stream of its own", async () => {
    for (const mode of ["resize_and_crop", "crop", "scale_width", "scale_width_and_crop", "none"]) {
      const source = new InventedPictures([{ width: 24, height: 16 }], [{ width: 12, height: 12 }]);
      const dataset = await open(source, { preprocess: mode, loadSize: 12 });
      const { realA, realB } = await dataset.batch(4, 0);
      const options = { ...small, preprocess: mode };
      const expected = async (side: Side) =>
        preprocess(
          await source.load(side, 0),
          preprocessOptions(options, side),
          streamOf(options.seed, "picture", 4, 0, side === "A" ? 0 : 1),
        );
      expect(realA[0]).toEqual(await expected("A"));
      expect(realB[0]).toEqual(await expected("B"));
    }
  });
});

describe("a batch depends on its number alone", () => {
  const source = () =>
    new InventedPictures(
      [
        { width: 20, height: 20 },
        { width: 9, height: 30, damaged: true },
        ...Array(11).fill({ width: 16, height: 12 }),
      ],
      [...Array(12).fill({ width: 30, height: 14 }), { width: 9, height: 30, damaged: true }],
    );
  const options = { batchSize: 3, preprocess: "crop" };
  const numbers = Array.from({ length: 15 }, (_, i) => [1 + Math.floor(i / 5), i % 5] as const);
  const plain = async () => {
    const dataset = await open(source(), { ...options, numThreads: 0 }, { cacheBytes: 0 });
    return Promise.all(numbers.map(async ([epoch, number]) => contentsOf(await dataset.batch(epoch, number))));
  };

  test("however much is prepared ahead or kept, and in whatever order it is asked for", async () => {
    const expected = await plain();
    const random = new Random(3);
    for (const numThreads of [0, 1, 4, 32]) {
      for (const cacheBytes of [0, 3000, 1e9]) {
        const dataset = await open(source(), { ...options, numThreads }, { cacheBytes });
        for (let ask = 0; ask < 12; ask++) {
          const which = random.below(numbers.length);
          expect(contentsOf(await dataset.batch(...numbers[which]))).toEqual(expected[which]);
        }
        const inOrder = [];
        for (const number of numbers) inOrder.push(contentsOf(await dataset.batch(...number)));
        expect(inOrder).toEqual(expected);
        dataset.close();
      }
    }
  });

  test("a run that is resumed in the middle sees what it would have seen", async () => {
    const expected = await plain();
    for (const from of [1, 4, 5, 11]) {
      const dataset = await open(source(), options);
      for (let i = from; i < numbers.length; i++) {
        expect(contentsOf(await dataset.batch(...numbers[i]))).toEqual(expected[i]);
      }
    }
  });

  test("another seed gives another batch", async () => {
    const [one, same, other] = await Promise.all([5, 5, 6].map((seed) => open(source(), { ...options, seed })));
    const all = async (dataset: Dataset) => (await epochOf(dataset, 1)).map(contentsOf);
    expect(await all(same)).toEqual(await all(one));
    expect(await all(other)).not.toEqual(await all(one));
  });

  test("there is none outside an epoch", async () => {
    const dataset = await open(source(), options);
    for (const [epoch, number] of [
      [0, 0],
      [1, -1],
      [1, 5],
      [1.5, 0],
      [1, 0.5],
      [NaN, 0],
    ]) {
      await expect(dataset.batch(epoch, number)).rejects.toThrow(RangeError);
    }
  });
});

describe("preparing ahead", () => {
  const settle = () => new Promise((resolve) => setTimeout(resolve, 150));

  test("reads at most numThreads pictures at a time, past the epoch's end, and no more than it may", async () => {
    const source = new InventedPictures(20, 20);
    const dataset = await open(source, { numThreads: 3, serialBatches: true }, { cacheBytes: 0 });
    await dataset.batch(1, 18);
    await settle();
    expect(source.mostLoading).toBe(3);
    // The requested batch and six prepared ones, of two pictures each.
    expect(source.loads.length).toBe(14);
    await dataset.batch(1, 19);
    expect(dataset.lastWait).toBeLessThan(5);
    await dataset.batch(2, 0);
    expect(dataset.lastWait).toBeLessThan(5);
  });

  test("without threads nothing is read before it is asked for", async () => {
    const source = new InventedPictures(4, 4);
    const dataset = await open(source, { numThreads: 0 });
    await dataset.batch(1, 0);
    await settle();
    expect(source.loads.length).toBe(2);
    expect(dataset.lastWait).toBeGreaterThan(0);
  });

  test("pictures that are kept are read once; those past the budget every time", async () => {
    const scaledBytes = 4 * 12 * 12;
    for (const [kept, loads] of [
      [8, 8],
      [4, 4 + 3 * 4],
      [0, 3 * 8],
    ]) {
      const source = new InventedPictures(4, 4);
      const dataset = await open(source, { numThreads: 0, serialBatches: true }, { cacheBytes: kept * scaledBytes });
      for (const epoch of [1, 2, 3]) await epochOf(dataset, epoch);
      expect(source.loads.length).toBe(loads);
    }
  });

  test("after close nothing is read and nothing is reported", async () => {
    const source = new InventedPictures(30, 30);
    const dataset = await open(source, { numThreads: 2 });
    source.pictures.A.forEach((picture) => (picture.damaged = true));
    await dataset.batch(1, 0).catch(() => {});
    dataset.close();
    const { length } = source.loads;
    const told = dataset.warnings.length;
    await settle();
    expect(source.loads.length).toBe(length);
    expect(dataset.warnings.length).toBe(told);
  });
});

describe("bad pictures", () => {
  const twenty = (...bad: Invented[]) => [...bad, ...Array.from({ length: 20 }, () => ({ width: 20, height: 18 }))];

  test("are replaced by the next readable one, each with one warning", async () => {
    const bad = { width: 20, height: 18, damaged: true };
    const dataset = await open(new InventedPictures(twenty(bad, { ...bad, headless: true }), 1));
    for (const epoch of [1, 2]) {
      const shown = (await epochOf(dataset, epoch)).flatMap(({ namesA }) => namesA);
      expect(shown.filter((name) => name === "A2.png").length).toBe(3);
      expect(new Set(shown).size).toBe(20);
    }
    const told = dataset.warnings.filter((warning) => warning.includes("next picture"));
    expect(told.sort()).toEqual([
      "A0.png: it is damaged. The next picture is used instead.",
      "A1.png: it is no picture. The next picture is used instead.",
    ]);
  });

  test("are reported in the order of the batches, however long each takes to be found", async () => {
    const orders = [];
    for (const delayOf of [(index: number) => 3 * index, (index: number) => 12 - 3 * index]) {
      const bad = { width: 20, height: 18, damaged: true };
      const source = new InventedPictures(twenty(bad, bad, bad, bad), 1);
      const { load } = source;
      source.load = async (side, index) => {
        if (index < 4) await new Promise((resolve) => setTimeout(resolve, delayOf(index)));
        return load.call(source, side, index);
      };
      const dataset = await open(source, { batchSize: 6, numThreads: 8 });
      await epochOf(dataset, 1);
      expect(dataset.warnings.filter((warning) => warning.includes("next picture")).length).toBe(4);
      orders.push(dataset.warnings);
    }
    expect(orders[0]).toEqual(orders[1]);
  });

  test("the last is replaced by the first", async () => {
    const pictures = [...twenty(), { width: 20, height: 18, damaged: true }];
    const dataset = await open(new InventedPictures(pictures, pictures), { serialBatches: true });
    const { namesA, namesB, realA } = await dataset.batch(1, 20);
    expect([namesA, namesB, realA[0].width]).toEqual([["A0.png"], ["B0.png"], 8]);
  });

  test("more than a tenth that cannot be read are refused by name", async () => {
    const headless = (count: number) => Array(count).fill({ width: 20, height: 18, headless: true });
    const refused = new InventedPictures(4, twenty(...headless(3)));
    await expect(open(refused)).rejects.toThrow(/^3 of the 23 pictures of side B cannot be read.*\n  B0.png: it is/);
    await expect(open(new InventedPictures(headless(1), 4))).rejects.toThrow(
      "1 of the 1 pictures of side A cannot be read",
    );
    await expect(open(new InventedPictures(headless(30), 4))).rejects.toThrow(/A9.png: .*\n  and 20 more$/);
    expect((await open(new InventedPictures(twenty(...headless(2)), 4))).warnings.length).toBe(2);
  });

  test("when none can be read any more, the run ends in a sentence", async () => {
    const dataset = await open(new InventedPictures(Array(3).fill({ width: 20, height: 18, damaged: true }), 2));
    await expect(dataset.batch(1, 0)).rejects.toThrow("None of the 3 pictures of side A can still be read.");
    await expect(dataset.batch(1, 0)).rejects.toThrow(UserError);
  });

  test("a defect of the source does not count as a bad picture, and the next request tries again", async () => {
    const source = new InventedPictures(2, 2);
    const { load } = source;
    source.load = () => Promise.reject(new RangeError("out of memory"));
    const dataset = await open(source);
    await expect(dataset.batch(1, 0)).rejects.toThrow("out of memory");
    source.load = load;
    expect((await dataset.batch(1, 0)).realA.length).toBe(1);
  });

  test("one picture is enough to train on, with a warning", async () => {
    const dataset = await open(new InventedPictures(1, 3));
    expect(dataset.length).toBe(3);
    expect(dataset.warnings).toEqual([expect.stringMatching(/^A0.png is the only picture of side A/)]);
    await expect(open(new InventedPictures(0, 3))).rejects.toThrow("Side A has no pictures.");
  });
});

describe("sizes", () => {
  test("a picture that is smaller than the crop is refused by name before the run", async () => {
    const one = new InventedPictures(
      [
        { width: 20, height: 7 },
        { width: 20, height: 18 },
      ],
      2,
    );
    await expect(open(one, { preprocess: "crop" })).rejects.toThrow(
      /^A0.png \(20 x 7 pixels\) is smaller than the crop: give `upscaleSmall` .* `cropSize` of less than 8/,
    );
    const many = new InventedPictures(Array(12).fill({ width: 7, height: 7 }), 2);
    await expect(open(many, { preprocess: "crop" })).rejects.toThrow(
      /^12 pictures .*\n  A0.png .*\n(.*\n)+  and 2 more$/,
    );
    expect((await open(one, { preprocess: "resize_and_crop" })).warnings).toEqual([]);
  });

  test("or is enlarged so that its shorter side is the crop", async () => {
    const pictures = [
      { width: 3, height: 5 },
      { width: 20, height: 7 },
      { width: 8, height: 8 },
      { width: 30, height: 9 },
    ];
    const source = new InventedPictures(pictures, 4);
    const options = { preprocess: "crop", upscaleSmall: true, serialBatches: true, noFlip: true };
    const dataset = await open(source, options);
    expect(dataset.warnings).toEqual(["2 of the 4 pictures of side A are smaller than the crop and are enlarged."]);
    for (const [index, width, height] of [
      [0, 8, 13],
      [1, 23, 8],
      [2, 8, 8],
      [3, 30, 9],
    ]) {
      const { realA } = await dataset.batch(1, index);
      const enlarged = resizeBicubic(await source.load("A", index), width, height);
      const random = streamOf(5, "picture", 1, index, 0);
      expect(realA[0]).toEqual(preprocess(enlarged, preprocessOptions({ ...small, ...options }, "A"), random));
    }
  });

  test("pictures that are not cropped must suit the networks' sizes", async () => {
    const scaled = new InventedPictures([{ width: 24, height: 18 }], 1);
    await expect(open(scaled, { preprocess: "scale_width", loadSize: 12 })).rejects.toThrow(
      /^A0.png reaches the networks with 12 x 9 pixels, but resnet_9blocks .* multiples of 4 at their size: give `preprocess`/,
    );
    const unet = new InventedPictures(
      [
        { width: 128, height: 256 },
        { width: 256, height: 200 },
      ],
      1,
    );
    await expect(open(unet, { preprocess: "none", netG: "unet_128" })).rejects.toThrow(
      /A1.png reaches .* 256 x 200 pixels/,
    );
    const tiny = new InventedPictures([{ width: 2, height: 40 }], 1);
    await expect(open(tiny, { preprocess: "none" })).rejects.toThrow("A0.png (2 x 40 pixels) is too small");
  });

  test("pictures of different sizes cannot form a batch, and are refused before the run", async () => {
    const source = () =>
      new InventedPictures(
        [
          { width: 20, height: 16 },
          { width: 16, height: 24 },
        ],
        2,
      );
    await expect(open(source(), { preprocess: "none", batchSize: 2 })).rejects.toThrow(
      "A0.png (20 x 16) and A1.png (16 x 24) differ in size, so they cannot be in one batch",
    );
    const single = await open(source(), { preprocess: "none", serialBatches: true });
    const sizes = (await epochOf(single, 1)).map(({ realA }) => [realA[0].width, realA[0].height]);
    expect(sizes).toEqual([
      [20, 16],
      [16, 24],
    ]);
  });

  test("a picture that was replaced before it is read ends the run with its name", async () => {
    const source = new InventedPictures(3, 3);
    const dataset = await open(source, { preprocess: "crop" });
    source.pictures.A.forEach((picture) => (picture.width = 5));
    await expect(dataset.batch(1, 0)).rejects.toThrow(/^A\d.png \(5 x 18 pixels\) is smaller than the crop/);
  });
});
