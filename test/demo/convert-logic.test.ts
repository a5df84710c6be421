// The logic of the Convert view that needs no browser: names, the queue and its time left, work
// that follows a slider, frame sizes, the palette, and sentences about a picture's own grid.

import { setTimeout as wait } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { cameraSizes, nextCameraSize } from "../../demo/convert/camera-size.ts";
import { findingSentence } from "../../demo/convert/grid-words.ts";
import { latestOnly } from "../../demo/convert/latest.ts";
import { artName, artNames, numberedNames } from "../../demo/convert/names.ts";
import * as palette from "../../demo/convert/palette-choice.ts";
import { makeQueue, type QueueProgress } from "../../demo/convert/queue.ts";

describe("names", () => {
  test.each([
    ["photo.jpg", "photo.png"],
    ["a.b.webp", "a.b.png"],
    ["photo", "photo.png"],
    [".hidden", ".hidden.png"],
    ["photo.", "photo.png"],
    ["写真.JPEG", "写真.png"],
  ])("%s becomes %s", (source, name) => expect(artName(source)).toBe(name));

  test("that would collide keep their extension, as on the command line", () => {
    expect(artNames(["a.jpg", "a.png", "b.jpg"])).toEqual(["a.jpg.png", "a.png.png", "b.png"]);
  });

  test("of frames are in the order of their numbers as text, too", () => {
    const names = numberedNames("a.walk.gif", 11);
    expect([names.length, names[0], names[10]]).toEqual([11, "a.walk-01.png", "a.walk-11.png"]);
    expect([...names].sort()).toEqual(names);
  });

  test("differ for sources with equal names, also if only case differs", () => {
    const sources = ["a.jpg", "a.jpg", "A.JPG", "a.jpg-2.png", "a.jpg-2", "b", "b.png.x", "b.png", "b.png-2"];
    const names = artNames(sources);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(sources.length);
    expect(names.every((name) => name.endsWith(".png"))).toBe(true);
  });
});

/** Work that completes when the test says so. */
function fakeWork() {
  const begun: string[] = [];
  const ends: [string, string][] = [];
  const reports: (QueueProgress | undefined)[] = [];
  let time = 0;
  let current: { share: (value: number) => void; resolve: () => void; reject: (error: Error) => void } | undefined;
  const queue = makeQueue<string>({
    work: (_, share, signal) =>
      new Promise<void>((resolve, reject) => {
        current = { share, resolve, reject };
        signal.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
      }),
    onBegin: (item) => begun.push(item),
    onShare: () => undefined,
    onEnd: (item, end) => ends.push([item, typeof end === "string" ? end : (end.error as Error).message]),
    onProgress: (progress) => reports.push(progress),
    now: () => time,
  });
  const settle = async (how: (work: NonNullable<typeof current>) => void) => {
    how(current!);
    await wait(0);
  };
  return {
    queue,
    begun,
    ends,
    last: () => reports.at(-1)!,
    pass: (milliseconds: number) => (time += milliseconds),
    share: (value: number) => current!.share(value),
    finish: () => settle(({ resolve }) => resolve()),
    fail: (message: string) => settle(({ reject }) => reject(new Error(message))),
  };
}

describe("the queue", () => {
  test("processes one item after another, and a failure does not stop it", async () => {
    const { queue, begun, ends, finish, fail } = fakeWork();
    queue.add(["a", "b", "c"]);
    expect(begun).toEqual(["a"]);
    await finish();
    await fail("b is broken");
    await finish();
    expect(begun).toEqual(["a", "b", "c"]);
    expect(ends).toEqual([
      ["a", "done"],
      ["b", "b is broken"],
      ["c", "done"],
    ]);
  });

  test("predicts the time left from the time so far, including partial progress", async () => {
    const { queue, last, pass, share, finish } = fakeWork();
    queue.add(["a", "b", "c", "d"]);
    expect(last()).toEqual({ total: 4, ended: 0, share: 0, secondsLeft: null });
    pass(1000);
    share(0.5);
    expect(last()).toEqual({ total: 4, ended: 0, share: 0.125, secondsLeft: 7 });
    pass(1000);
    await finish();
    expect(last()).toEqual({ total: 4, ended: 1, share: 0.25, secondsLeft: 6 });
    queue.add(["e", "f"]);
    expect(last()).toMatchObject({ total: 6, secondsLeft: 10 });
    for (let i = 0; i < 5; i++) {
      pass(2000);
      await finish();
    }
    expect(last()).toEqual({ total: 6, ended: 6, share: 1, secondsLeft: 0 });
  });

  test("starts a new count with a new batch", async () => {
    const { queue, last, pass, finish } = fakeWork();
    queue.add(["a"]);
    await finish();
    pass(60_000);
    queue.add(["b", "c"]);
    expect(last()).toMatchObject({ total: 2, ended: 0, secondsLeft: null });
    pass(1000);
    await finish();
    expect(last()).toMatchObject({ total: 2, ended: 1, secondsLeft: 1 });
  });

  test("moves an item to the front without processing it twice", async () => {
    const { queue, begun, finish } = fakeWork();
    queue.add(["a", "b", "c"]);
    queue.add(["c"], "first");
    queue.add(["a"], "first"); // is under way
    for (let i = 0; i < 3; i++) await finish();
    expect(begun).toEqual(["a", "c", "b"]);
  });

  test("reports every unfinished item when cancelled, and can be used again", async () => {
    const { queue, begun, ends, last, finish } = fakeWork();
    queue.add(["a", "b", "c"]);
    await finish();
    queue.cancel();
    await wait(0);
    expect(new Map(ends)).toEqual(
      new Map([
        ["a", "done"],
        ["b", "cancelled"],
        ["c", "cancelled"],
      ]),
    );
    expect(last().ended).toBe(last().total);
    queue.add(["c"]);
    await finish();
    expect(begun).toEqual(["a", "b", "c"]);
    expect(ends.at(-1)).toEqual(["c", "done"]);
  });

  test("repeats an item that is added again while it is being stopped, and reports one end", async () => {
    const { queue, begun, ends, finish } = fakeWork();
    queue.add(["a", "b"]);
    queue.cancel();
    queue.add(["a", "b"]);
    await wait(0);
    expect(begun).toEqual(["a", "a"]);
    await finish();
    await finish();
    expect(ends).toEqual([
      ["b", "cancelled"],
      ["a", "done"],
      ["b", "done"],
    ]);
  });

  test("drops removed items, running or waiting", async () => {
    const { queue, begun, ends, finish } = fakeWork();
    queue.add(["a", "b", "c"]);
    queue.remove("b");
    queue.remove("a");
    await wait(0);
    await finish();
    expect(begun).toEqual(["a", "c"]);
    expect(ends).toEqual([
      ["a", "cancelled"],
      ["c", "done"],
    ]);
  });

  test("accepts items that are added when one ends", async () => {
    const begun: string[] = [];
    const queue = makeQueue<string>({
      work: async (item) => void begun.push(item),
      onBegin: () => undefined,
      onShare: () => undefined,
      onEnd: (item) => begun.length < 5 && queue.add([`${item}+`]),
      onProgress: () => undefined,
    });
    queue.add(["a"]);
    await wait(0);
    expect(begun).toEqual(["a", "a+", "a++", "a+++", "a++++"]);
  });
});

describe("work that follows a slider", () => {
  test("runs one request at a time, always the last one, and skips those in between", async () => {
    const done: number[] = [];
    let atOnce = 0;
    const ask = latestOnly(async (value: number) => {
      expect(++atOnce).toBe(1);
      await wait(1);
      done.push(value);
      atOnce--;
    });
    for (let i = 0; i < 10; i++) ask(i);
    await wait(20);
    expect(done).toEqual([0, 9]);
    ask(42);
    await wait(10);
    expect(done).toEqual([0, 9, 42]);
  });
});

describe("a camera's frames", () => {
  /** The seconds of a frame on a GPU with this rate in megapixels per second. */
  const seconds = (side: number, rate: number, margin = 32) =>
    ((side + 2 * margin) * (0.75 * side + 2 * margin)) / (1e6 * rate);
  const settled = (rate: number) => {
    let side = cameraSizes[0];
    for (let i = 0; i < 10; i++) side = nextCameraSize(side, seconds(side, rate), 32);
    return side;
  };

  test("are small where the GPU is slow, and large where it is fast", () => {
    const sides = [0.01, 0.3, 1, 3, 10, 1000].map(settled);
    expect(sides).toEqual([...sides].sort((a, b) => a - b));
    expect(sides[0]).toBe(96);
    expect(new Set(sides).size).toBeGreaterThan(3);
    expect(sides.at(-1)).toBe(640);
  });

  test("keep the wanted rate", () => {
    for (const rate of [0.5, 1, 2, 5, 20]) {
      const side = settled(rate);
      if (side > 96) expect(seconds(side, rate)).toBeLessThanOrEqual(0.8 / 12);
    }
  });

  test("do not alternate if the rate fluctuates", () => {
    for (const rate of [0.7, 1, 2, 5, 20]) {
      let side = settled(rate);
      let changes = 0;
      for (let i = 0; i < 30; i++) {
        const next = nextCameraSize(side, seconds(side, rate) * [0.85, 1.2, 1][i % 3], 32);
        if (next !== side) changes++;
        side = next;
      }
      expect(changes).toBeLessThanOrEqual(1);
    }
  });

  test("shrink if the GPU is busy", () => {
    const side = settled(3);
    expect(nextCameraSize(side, 3 * seconds(side, 3), 32)).toBeLessThan(side);
  });
});

describe("the sentence about a picture's own grid", () => {
  const found = { verdict: "grid", cell: [6.4, 6.4], size: [96, 54], confidence: 0.97 } as const;
  const grid = { ...found, looksLike: "art" } as const;

  test("has the cell size to a tenth of a pixel, and the confidence in words", () => {
    expect(findingSentence(grid)).toBe("This almost certainly has a grid of 6.4 px, 96 × 54 cells: it is pixel art.");
    expect(findingSentence({ ...grid, cell: [6.38, 5.02], confidence: 0.85 })).toBe(
      "This very likely has a grid of 6.4 × 5 px, 96 × 54 cells: it is pixel art.",
    );
    expect(findingSentence({ ...grid, confidence: 0.6 })).toMatch(/^This probably has a grid/);
    expect(findingSentence({ ...grid, verdict: "mixed" })).toMatch(/two pixel sizes; the finer is 6\.4 px/);
    expect(findingSentence({ ...grid, verdict: "native" })).toMatch(/at 1× already/);
  });

  test("is missing for photos and for guesses", () => {
    expect(findingSentence({ ...grid, verdict: "none" })).toBeNull();
    for (const verdict of ["grid", "native", "mixed"] as const)
      expect(findingSentence({ ...grid, verdict, confidence: 0.59 })).toBeNull();
    expect(findingSentence({ ...grid, looksLike: "photo" })).toBeNull();
    expect(findingSentence({ ...grid, verdict: "native", looksLike: "photo" })).toBeNull();
  });

  test("mentions a photo that was shrunk to cells", () => {
    expect(findingSentence({ ...grid, looksLike: "shrunk photo" })).toBe(
      "This almost certainly has a grid of 6.4 px, 96 × 54 cells, but the cells look like those of a shrunk photo.",
    );
    expect(findingSentence({ ...grid, verdict: "native", looksLike: "shrunk photo" })).toMatch(
      /^This is almost certainly at 1× already/,
    );
  });
});

describe("the chosen palette", () => {
  const [red, green, blue] = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
  ];
  beforeEach(() => {
    palette.choose(null);
    palette.locked.value = [];
  });

  test("becomes a custom one when it is edited, and a built-in palette stays unchanged", () => {
    palette.add([red, green], blue);
    expect(palette.given.value).toEqual({ name: "Custom", colours: [red, green, blue] });
    const [known] = palette.builtIn;
    palette.choose(known);
    palette.remove(known.colours, known.colours[0]);
    expect(palette.given.value).toEqual({ name: "Custom", colours: known.colours.slice(1) });
    expect(palette.builtIn[0].colours[0]).toEqual([0, 0, 0]);
  });

  test("never has a colour twice", () => {
    palette.choose({ name: "two", colours: [red, green] });
    palette.replace([red, green], red, [...green]);
    palette.add([red, green], [...red]);
    expect(palette.given.value!.colours).toEqual([red, green]);
  });

  test("keeps locked colours through edits and a new search, and drops them with their palette", () => {
    palette.choose({ name: "three", colours: [red, green, blue] });
    palette.toggleLock(green);
    palette.toggleLock(blue);
    palette.replace([red, green, blue], green, [0, 200, 0]);
    palette.remove([red, [0, 200, 0], blue], blue);
    expect(palette.locked.value).toEqual([[0, 200, 0]]);
    palette.choose(null);
    expect(palette.locked.value).toEqual([[0, 200, 0]]);
    expect(palette.isLocked([0, 200, 0])).toBe(true);
    palette.choose(palette.builtIn[0]);
    expect(palette.locked.value).toEqual([]);
  });
});
