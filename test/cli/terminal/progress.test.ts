import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { formatDuration, startProgress } from "../../../src/cli/terminal/progress.ts";

function screen(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 100, rows: 20 });
  let text = "";
  stream.on("data", (chunk: Buffer) => (text += chunk));
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

test("without a terminal it writes a line every five seconds and one at the end, without control codes", () => {
  const { stream, text } = screen(false);
  let time = 0;
  const progress = startProgress({ total: 100, label: "converting", unit: "images", stream, now: () => time });
  for (let done = 1; done <= 100; done++) {
    time += 200;
    progress.update(done);
  }
  progress.stop();
  progress.stop();
  expect(text().split("\n")).toEqual([
    "converting: 25/100 images, 5.0 images/s, 15 s left",
    "converting: 50/100 images, 5.0 images/s, 10 s left",
    "converting: 75/100 images, 5.0 images/s, 5.0 s left",
    "converting: 100/100 images, 5.0 images/s",
    "",
  ]);
});

test("skipped items count as done, but not towards the speed", () => {
  const { stream, text } = screen(false);
  let time = 0;
  const progress = startProgress({ total: 1000, label: "converting", unit: "images", stream, now: () => time });
  time = 4000;
  progress.update(900, 900);
  time = 10000;
  progress.update(910, 905);
  progress.stop();
  expect(text()).toBe("converting: 910/1000 images, 2.0 s each, 3 min left\n");
});

test("a fraction of an item predicts the total time, and does not count as an item", () => {
  const { stream, text } = screen(false);
  let time = 0;
  const progress = startProgress({ total: 1, label: "converting", unit: "images", stream, now: () => time });
  time = 10000;
  progress.update(0.25);
  progress.stop();
  expect(text()).toBe("converting: 0/1 images, 40 s each, 30 s left\n");
});

test("a job without progress writes nothing", () => {
  const { stream, text } = screen(false);
  startProgress({ total: 3, label: "converting", unit: "images", stream }).stop();
  expect(text()).toBe("");
});

test("on a terminal a bar ends complete and restores the cursor", () => {
  const { stream, text } = screen(true);
  Object.assign(stream, { cursorTo() {}, clearLine() {} });
  const progress = startProgress({ total: 2, label: "converting", unit: "images", stream });
  progress.update(1);
  progress.update(2);
  progress.stop();
  progress.stop();
  expect(text()).toContain("converting");
  expect(text()).toContain("100% 2/2 images");
  expect(text().endsWith("\n")).toBe(true);
  expect(text().lastIndexOf("\u001b[?25h")).toBeGreaterThan(text().lastIndexOf("\u001b[?25l"));
});

test("silent jobs write nothing", () => {
  for (const isTTY of [true, false]) {
    const { stream, text } = screen(isTTY);
    const progress = startProgress({ total: 2, label: "converting", unit: "images", stream, silent: true });
    progress.update(2);
    progress.stop();
    expect(text()).toBe("");
  }
});

test("durations are formatted", () => {
  const shown = [0, 1.26, 9.96, 10.4, 59.6, 60, 200, 3600, 7500, 86399, 86400, 273600].map(formatDuration);
  expect(shown).toEqual([
    "0.0 s",
    "1.3 s",
    "10.0 s",
    "10 s",
    "1 min",
    "1 min",
    "3 min 20 s",
    "1 h",
    "2 h 5 min",
    "23 h 59 min",
    "1 d",
    "3 d 4 h",
  ]);
});
