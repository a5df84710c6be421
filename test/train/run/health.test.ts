import { describe, expect, test } from "vitest";
import { blankImage, type Image } from "../../../src/picture/image.ts";
import { Random } from "../../../src/random.ts";
import { HealthWatch, nonFiniteWarning, type Translation } from "../../../src/train/run/health.ts";
import { lossNames, type Losses } from "../../../src/train/step/metrics.ts";

const lossesWith = (changes: Partial<Losses>): Losses => ({
  ...(Object.fromEntries(lossNames.map((name) => [name, 0.3])) as Losses),
  ...changes,
});

describe("a discriminator at zero", () => {
  /** Logs every `distance` steps up to `last`. */
  function feed(watch: HealthWatch, first: number, last: number, distance: number, loss: (step: number) => number) {
    const said: [step: number, warning: string][] = [];
    for (let step = first; step <= last; step += distance) {
      for (const warning of watch.addLosses(step, lossesWith({ D_A: loss(step) }))) said.push([step, warning]);
    }
    return said;
  }

  test.each([1, 10, 100, 400])("is reported once, after 2,000 steps, when every %i-th is logged", (distance) => {
    const watch = new HealthWatch("lsgan");
    const said = feed(watch, distance, 50_000, distance, () => 0.005);
    expect(said).toHaveLength(1);
    const [[step, warning]] = said;
    expect(step).toBeGreaterThanOrEqual(2000);
    expect(step).toBeLessThanOrEqual(2000 + 2 * distance);
    expect(warning).toMatch(/^D_A has been near zero for some 2,000 steps: .*G_A .* pictures of B.*`lr`/);
    expect(watch.warnings).toEqual([warning]);
  });

  test("is reported again only after it was over", () => {
    const watch = new HealthWatch("vanilla");
    expect(feed(watch, 100, 10_000, 100, () => 0.01)).toHaveLength(1);
    expect(feed(watch, 10_100, 20_000, 100, () => 0.03)).toHaveLength(0);
    expect(watch.warnings).toHaveLength(1);
    expect(feed(watch, 20_100, 40_000, 100, () => 0.25)).toHaveLength(0);
    expect(watch.warnings).toHaveLength(0);
    expect(feed(watch, 40_100, 90_000, 100, () => 0.01)).toHaveLength(1);
  });

  test("is not reported in a healthy run: noise, dips, a first victory", () => {
    const random = new Random(1);
    const noisy = feed(new HealthWatch("lsgan"), 100, 200_000, 100, () => 0.3 * random.uniform() ** 3);
    expect(noisy).toEqual([]);
    const early = feed(new HealthWatch("lsgan"), 1, 20_000, 1, (step) => (step < 500 ? 0.001 : 0.2));
    expect(early).toEqual([]);
    const dip = feed(new HealthWatch("lsgan"), 100, 50_000, 100, (step) => (step > 20_000 && step < 23_000 ? 0 : 0.2));
    expect(dip).toEqual([]);
  });

  test("is reported for D_B as well, not for wgangp, and ignores losses that are not finite", () => {
    const watch = new HealthWatch("lsgan");
    const said: string[] = [];
    for (let step = 100; step < 10_000; step += 100) {
      said.push(...watch.addLosses(step, lossesWith({ D_B: step === 300 ? NaN : 0 })));
    }
    expect(said).toEqual([expect.stringMatching(/^D_B .*G_B .* pictures of A/)]);
    expect(feed(new HealthWatch("wgangp"), 100, 50_000, 100, () => -3)).toEqual([]);
  });

  test("is not reported at once in a run resumed at a high step", () => {
    const said = feed(new HealthWatch("lsgan"), 300_100, 310_000, 100, () => 0);
    expect(said.map(([step]) => step)).toEqual([302_100]);
  });
});

describe("translations", () => {
  /** A smooth random picture, of another size each time. */
  function scene(seed: number): Image {
    const random = new Random(seed);
    const image = blankImage(20 + random.below(50), 20 + random.below(50));
    const waves = Array.from({ length: 4 }, () => Array.from({ length: 3 }, () => 6 * random.uniform()));
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < image.width; x++) {
        for (let channel = 0; channel < 3; channel++) {
          const value = waves.reduce(
            (sum, [a, b, c]) => sum + Math.sin((a * x) / image.width + (b * y) / image.height + c + channel),
            0,
          );
          image.data[4 * (y * image.width + x) + channel] = 127 + 30 * value;
        }
      }
    }
    return image;
  }
  const changed = (image: Image, change: (value: number, index: number) => number): Image => ({
    ...image,
    data: image.data.map((value, index) => (index % 4 === 3 ? 255 : change(value, index))),
  });

  function feed(
    watch: HealthWatch,
    translate: (real: Image) => Image,
    count = 20,
    generator: "A" | "B" = "A",
  ): string[] {
    const translations = Array.from({ length: count }, (_, seed): Translation => {
      const real = scene(seed + 1);
      return { generator, real, fake: translate(real) };
    });
    return translations.flatMap((translation) => watch.addTranslation(translation));
  }

  test.each([
    ["the same", (real: Image) => real],
    ["paler", (real: Image) => changed(real, (value) => 90 + value / 4)],
    ["posterised", (real: Image) => changed(real, (value) => 64 * Math.round(value / 64))],
  ])("that depend on their input, such as one that is %s, give no warning", (_, translate) => {
    expect(feed(new HealthWatch("lsgan"), translate)).toEqual([]);
  });

  test("that do not are reported as collapsed, once, after eight", () => {
    const watch = new HealthWatch("lsgan");
    const same = scene(1000);
    const almost = (): Image => changed(same, (value, index) => value + (index % 3));
    expect(feed(watch, almost, 7)).toEqual([]);
    expect(feed(watch, almost, 20)).toEqual([expect.stringMatching(/^G_A makes nearly the same picture .*`seed`/)]);
    expect(feed(watch, (real) => real, 20)).toEqual([]);
    expect(watch.warnings).toEqual([]);
  });

  test("of pictures that are all alike give no warning", () => {
    const watch = new HealthWatch("lsgan");
    const [real, fake] = [scene(1), scene(2)];
    const said = Array.from({ length: 20 }, () => watch.addTranslation({ generator: "B", real, fake }));
    expect(said.flat().filter((warning) => warning.includes("collapsed"))).toEqual([]);
  });

  test("that are negatives are reported, and not when they are flat", () => {
    const watch = new HealthWatch("lsgan");
    expect(feed(watch, (real) => changed(real, (value) => 255 - value), 20, "B")).toEqual([
      expect.stringMatching(/^G_B turns bright into dark .*`lambdaIdentity`/),
    ]);
    const flat = feed(new HealthWatch("lsgan"), (real) => changed(real, () => 128));
    expect(flat).toEqual([expect.stringContaining("collapsed")]);
  });

  test("may be smaller than what they are compared by", () => {
    const tiny = (seed: number): Image => ({ ...blankImage(3, 2), data: new Uint8ClampedArray(24).fill(20 * seed) });
    const watch = new HealthWatch("lsgan");
    for (let seed = 0; seed < 12; seed++) watch.addTranslation({ generator: "A", real: tiny(seed), fake: tiny(seed) });
    expect(watch.warnings).toEqual([]);
  });
});

test("losses that are not finite are named, with what to try", () => {
  expect(nonFiniteWarning(5, lossesWith({}))).toBeNull();
  expect(nonFiniteWarning(7, lossesWith({ G_A: NaN }))).toMatch(/^G_A is no longer finite at step 7: .*`lr`/);
  expect(nonFiniteWarning(7, lossesWith({ G_A: NaN, D_B: -Infinity }))).toMatch(/^G_A, D_B are no longer finite/);
  const all = Object.fromEntries(lossNames.map((name) => [name, NaN])) as Losses;
  expect(nonFiniteWarning(7, all)).toMatch(/^All losses are/);
});
