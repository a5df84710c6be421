// Which model the measurements select, and that a measurement runs the network in question.

import { expect, test } from "vitest";
import { Generator } from "../../src/nn/generator.ts";
import { chooseBySpeed, patience, secondsAPicture } from "../../src/pixelart/model-speed.ts";
import { openTestGpu } from "../gpu.ts";
import { randomWeights, smallResnet } from "../networks.ts";

async function choose(seconds: Record<string, number>) {
  const measured: string[] = [];
  const choice = await chooseBySpeed("good", "light", async (name) => {
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

test("a measurement runs the network on a picture with its margin, and returns a time", async () => {
  const gpu = await openTestGpu();
  const generator = await Generator.create(gpu, randomWeights(smallResnet));
  const sizes: string[] = [];
  const convert = generator.convert.bind(generator);
  generator.convert = (image, options) => {
    sizes.push(`${image.width} x ${image.height}`);
    return convert(image, options);
  };
  expect(await secondsAPicture(generator, 32)).toBeGreaterThan(0);
  expect(sizes).toEqual(Array(4).fill("128 x 128"));
  generator.release();
});
