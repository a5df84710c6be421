// Which model the measurements select, and that a measurement runs the network in question.

import { expect, test, vi } from "vitest";
import { Generator } from "../../src/nn/generator.ts";
import { chooseBySpeed, patience, secondsAPicture } from "../../src/pixelart/model-speed.ts";
import { openTestGpu } from "../gpu.ts";
import { randomWeights, smallResnet } from "../networks.ts";

async function choose(seconds: Record<string, number>, software = false) {
  const measured: string[] = [];
  const choice = await chooseBySpeed("good", "light", software, async (name) => {
    measured.push(name);
    return seconds[name];
  });
  return { ...choice, measured };
}

test("takes the better model if it is fast enough, without loading the lighter one", async () => {
  expect(await choose({ good: patience, light: 0 })).toEqual({
    name: "good",
    sentence: "good: about 1.0 s per picture here.",
    measured: ["good"],
  });
  expect((await choose({ good: 0.0149 })).sentence).toBe("good: about 0.01 s per picture here.");
});

test("takes the lighter one if a picture would take too long, and says why", async () => {
  expect(await choose({ good: 1.4, light: 0.52 })).toEqual({
    name: "light",
    sentence: "light: about 0.5 s per picture here, where good would take 1.4 s.",
    measured: ["good", "light"],
  });
});

test("takes the better one if the lighter is no faster", async () => {
  for (const light of [1.4, 3]) {
    const { name, sentence } = await choose({ good: 1.4, light });
    expect([name, sentence]).toEqual(["good", "good: about 1.4 s per picture here, and light is no faster."]);
  }
});

test("on a software adapter, takes the lighter one without loading the better one if even that is slow", async () => {
  expect(await choose({ light: 1.4 }, true)).toEqual({
    name: "light",
    sentence: "light: about 1.4 s per picture here, and good would take longer.",
    measured: ["light"],
  });
  expect(await choose({ light: 0.4, good: patience }, true)).toEqual({
    name: "good",
    sentence: "good: about 1.0 s per picture here.",
    measured: ["light", "good"],
  });
  expect((await choose({ light: 0.4, good: 1.4 }, true)).name).toBe("light");
});

test.each([
  ["the fastest of three runs after the first", [900, 7, 5, 6], 5],
  ["a run that is clearly too slow, and none after it", [900, 700], 700],
])("a measurement returns the time of %s, with margins", async (_which, milliseconds, counted) => {
  const gpu = await openTestGpu();
  const generator = await Generator.create(gpu, randomWeights(smallResnet));
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
  const left = [...milliseconds];
  const sizes: string[] = [];
  generator.convert = (image, { margin = 0 } = {}) => {
    sizes.push(`${image.width + 2 * margin} x ${image.height + 2 * margin}`);
    now += left.shift()!;
    return Promise.resolve(image);
  };
  const trials = (448 * 352) / (128 * 128);
  expect(await secondsAPicture(generator, 32)).toBeCloseTo((trials * counted) / 1000);
  clock.mockRestore();
  expect(sizes).toEqual(milliseconds.map(() => "128 x 128"));
  generator.release();
});
