// What a pixel artist would tidy is tidied, byte for byte as in the twin, and nothing else is.

import { describe, expect, test } from "vitest";
import { vector, type TensorType } from "../../../src/kernels/core/operation.ts";
import { cleanCells } from "../../../src/kernels/pixelart/clean.ts";
import { cones } from "../../../src/kernels/pixelart/oklab.ts";
import { openTestGpu, runOperation, someValues } from "../../gpu.ts";

const gpu = await openTestGpu();

/** By letter; `-` is fully transparent. */
const colours: Record<string, number> = {
  ".": 0xffc0b090,
  ",": 0xffb8a888,
  "#": 0xff201018,
  o: 0xff60a040,
  "-": 0x00123456,
};

async function clean(shape: number[], values: ArrayLike<number>, strength: number, bindingBytes?: number) {
  const types: TensorType[] = [{ layout: "pixels", shape }, vector(cones.length)];
  const traits = bindingBytes ? { bindingBytes } : {};
  return [...(await runOperation(gpu, cleanCells, types, [values, cones], { strength }, traits)).data];
}

async function cleaned(rows: string[], strength = 1): Promise<string[]> {
  const shape = [1, rows.length, rows[0].length];
  const cells = await clean(
    shape,
    [...rows.join("")].map((letter) => colours[letter]),
    strength,
  );
  const letters = cells.map((cell) => Object.keys(colours).find((letter) => colours[letter] === cell) ?? "?");
  return rows.map((row, y) => letters.slice(y * row.length, (y + 1) * row.length).join(""));
}

test.each([0.2, 1])("equals its twin exactly, and in bands: strength %f", async (strength) => {
  const shape = [2, 40, 251];
  const values = someValues({ layout: "pixels", shape }, 7).map((random, i) => {
    const [x, y] = [i % 251, Math.floor(i / 251)];
    // On one side, walls with a bump on either side in every fifth row, so that a band needs all
    // its neighbours.
    if (x < 100) return colours[x % 20 < 9 + Number(y % 5 === 2) && x % 20 > 3 - Number(y % 5 === 0) ? "#" : "."];
    const pick = random >>> 28;
    return Object.values(colours)[pick < 9 ? 0 : pick < 12 ? 2 : pick < 14 ? 3 : pick < 15 ? 1 : 4];
  });
  const twin = cleanCells.reference(
    [
      { shape, data: values },
      { shape: [cones.length], data: Float64Array.from(cones) },
    ],
    { strength },
  );
  const whole = await clean(shape, values, strength);
  expect(whole).toEqual([...twin.data]);
  expect(whole.filter((cell, i) => cell !== values[i]).length).toBeGreaterThan(20);
  // The table of cones takes 12 KiB, and a band may take the same.
  expect(await clean(shape, values, strength, 12288)).toEqual(whole);
});

describe("strays", () => {
  const lawn = (letter: string) => ["......", "......", `...${letter}..`, "......"];

  test("that hardly differ are removed; eyes and highlights stay at low strength", async () => {
    expect(await cleaned(lawn(","), 0.2)).toEqual(lawn("."));
    expect(await cleaned(lawn("#"), 0.5)).toEqual(lawn("#"));
    expect(await cleaned(lawn("#"), 1)).toEqual(lawn("#"));
    expect(await cleaned(lawn("o"), 1)).toEqual(lawn("."));
    expect(await cleaned(lawn("o"), 0.3)).toEqual(lawn("o"));
  });

  test("do not include pairs, checkerboards, and cells on transparency", async () => {
    for (const art of [
      ["......", ".,,...", "......", "..,...", "...,..", "......"],
      [".,.,.,", ",.,.,.", ".,.,.,"],
      ["-----", "--.--", "-----"],
    ])
      expect(await cleaned(art)).toEqual(art);
  });

  test("keep their alpha", async () => {
    const values = Array(9).fill(colours["."]);
    values[4] = 0x80b8a888;
    expect((await clean([1, 3, 3], values, 1))[4]).toBe(0x80c0b090);
  });
});

describe("jagged outlines", () => {
  test("lose a doubled step, in any direction", async () => {
    const doubled = ["#........", "##.......", ".##......", "..##.....", "...##....", "....#####", "........."];
    const mirrored = (rows: string[]) => rows.map((row) => [...row].reverse().join(""));
    const result = await cleaned(doubled);
    for (const [y, row] of result.slice(0, 5).entries()) expect(row.match(/#/g)!.length, `row ${y}`).toBe(1);
    expect(await cleaned(mirrored(doubled))).toEqual(mirrored(result));
  });

  test("do not include the corners of a frame", async () => {
    const frame = [".......", ".#####.", ".#...#.", ".#...#.", ".#...#.", ".#####.", "......."];
    expect(await cleaned(frame)).toEqual(frame);
  });

  test("lose a bump on a straight edge and a gap in it, on every side", async () => {
    const flat = [".......", ".......", ".......", "#######", "#######", "#######"];
    const turned = (rows: string[]) => [...rows[0]].map((_, x) => rows.map((row) => row[x]).join(""));
    const bump = flat.with(2, "...#...");
    const gap = flat.with(3, "###.###");
    for (const art of [bump, gap]) {
      expect(await cleaned(art)).toEqual(flat);
      expect(await cleaned(art.toReversed())).toEqual(flat.toReversed());
      expect(await cleaned(turned(art))).toEqual(turned(flat));
      expect(await cleaned(turned(art.toReversed()))).toEqual(turned(flat.toReversed()));
      expect(await cleaned(art, 0.2)).toEqual(art);
    }
  });

  test("do not include battlements", async () => {
    const walls = [".........", "#.#.#.#.#", "#########", "#########"];
    expect(await cleaned(walls)).toEqual(walls);
  });
});
