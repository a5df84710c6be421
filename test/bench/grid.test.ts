// The grid bench: its statistics, its ground truth, and other methods and programs.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { enlarge, kernels } from "../../bench/enlarge.ts";
import { consensus } from "../../bench/grid-methods/consensus.ts";
import { damaged, damages } from "../../bench/grid-methods/damage.ts";
import { pixelSnapper } from "../../bench/grid-methods/pixel-snapper.ts";
import { commandMethod, properPixelArt } from "../../bench/grid-methods/programs.ts";
import { unfake } from "../../bench/grid-methods/unfake.ts";
import { calibrationError, wilson } from "../../bench/statistics.ts";
import { testFolder } from "../folder.ts";
import { artOf } from "../pixelart/grid/damaged-art.ts";

const folder = testFolder("grid-test");
const names = ["ruin", "jungle", "cave", "bridge"] as const;

describe("statistics", () => {
  test("Wilson's interval has its published values", () => {
    // 81 of 263: Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    expect(wilson(81, 263).map((end) => end.toFixed(4))).toEqual(["0.2553", "0.3662"]);
    expect(wilson(0, 20)[0]).toBe(0);
    expect(wilson(1, 29)[1]).toBeCloseTo(0.1718, 4);
  });

  test("the calibration error is 0 if the confidence is right", () => {
    const said = (confidence: number, rights: number) =>
      Array.from({ length: 10 }, (_, i) => ({ confidence, right: i < rights }));
    expect(calibrationError([...said(0.8, 8), ...said(0.3, 3)])).toBeCloseTo(0, 9);
    expect(calibrationError([...said(0.9, 5), ...said(0.3, 3)])).toBeCloseTo(0.2, 9);
  });
});

describe("damages", () => {
  test("are the same in every run, and their truth fits the picture", async () => {
    const art = await artOf(...names);
    const told = ["nearest x5.33, cropped", "drift 3 %, x6", "x8, saved at half size", "noise 12, x4", "JPEG 90, x3"];
    for (const damage of damages.filter(({ name }) => told.includes(name))) {
      const { image, truth } = await damaged(art, damage, 5);
      expect((await damaged(art, damage, 5)).image.data, damage.name).toEqual(image.data);
      [image.width, image.height].forEach((side, axis) => {
        expect(Math.abs(truth.phase[axis])).toBeLessThanOrEqual(truth.cell[axis] / 2);
        const end = truth.phase[axis] + truth.size[axis] * truth.cell[axis];
        expect(Math.abs(end - side), damage.name).toBeLessThanOrEqual(truth.cell[axis]);
      });
    }
  });
});

describe("other methods", () => {
  test("find what they are known to find, and miss what they are known to miss", async () => {
    const art = await artOf(...names);
    const four = enlarge(art, kernels.nearest, { factor: [4, 4] });
    const fraction = enlarge(art, kernels.nearest, { factor: [5.33, 5.33] });
    expect(await consensus(four)).toMatchObject({ size: [64, 64] });
    expect(await consensus(fraction)).toMatchObject({ size: [64, 64] });
    expect(await unfake(four)).toMatchObject({ size: [64, 64] });
    expect((await unfake(fraction))?.size).not.toEqual([64, 64]);
    expect(await pixelSnapper(fraction)).toMatchObject({ size: [expect.any(Number), expect.any(Number)] });
  });

  test("may be any program that prints JSON", async () => {
    const image = await artOf(...names);
    const answers = {
      whole: { pictures: [{ verdict: "grid", size: [9, 8] }] },
      plain: { size: [7, 6] },
      none: { verdict: "none" },
    };
    for (const [name, answer] of Object.entries(answers)) {
      const script = join(folder, `${name}.mjs`);
      writeFileSync(
        script,
        `if (process.argv[2].endsWith(".png")) console.log(${JSON.stringify(JSON.stringify(answer))});`,
      );
      const { method, close } = await commandMethod(`${process.execPath} ${script} {file}`);
      const found = await method(image);
      expect(found?.size).toEqual(name === "whole" ? [9, 8] : name === "plain" ? [7, 6] : undefined);
      await close();
    }
    await expect(commandMethod("prog")).rejects.toThrow(/\{file\}/);
  });

  test("that are not installed are skipped", async () => {
    expect(await properPixelArt(join(folder, "no-python"))).toBeUndefined();
  });

  test.skipIf(process.platform === "win32")("that end without an answer are reported", async () => {
    const python = join(folder, "ending-python");
    writeFileSync(python, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    const { method, close } = (await properPixelArt(python))!;
    await expect(method(await artOf(...names))).rejects.toThrow("ended while proper-pixel-art was at work");
    await close();
  });

  test("are not shadowed by a script of the same name", () => {
    const scripts = new URL("../../bench/grid-methods/", import.meta.url);
    const found = readdirSync(scripts).filter((name) => name.endsWith(".py"));
    expect(found).toHaveLength(1);
    for (const script of found) {
      const imported = readFileSync(new URL(script, scripts), "utf8").matchAll(/^(?:import|from) (\w+)/gm);
      expect(Array.from(imported, ([, name]) => `${name}.py`)).not.toContain(script);
    }
  });
});
