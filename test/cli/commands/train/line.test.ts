import { describe, expect, test } from "vitest";
import {
  SmoothedLosses,
  trainingLine,
  TrainingLine,
  type TrainingStatus,
} from "../../../../src/cli/commands/train/line.ts";
import { lossNames, type Losses } from "../../../../src/train/step/metrics.ts";

const losses = Object.fromEntries(lossNames.map((name, index) => [name, 0.1 + index / 7])) as Losses;

const status: TrainingStatus = {
  step: 83412,
  steps: 236800,
  epoch: 70,
  epochs: 200,
  losses,
  imagesPerSecond: 2.613,
  gigaflops: 4912,
  secondsLeft: 18200,
  memoryBytes: 1.72e9,
};

describe("the line", () => {
  test("shows everything if there is room", () => {
    expect(trainingLine(status, 200)).toBe(
      "epoch 70/200  step 83,412/236,800  " +
        "D_A 0.100 G_A 0.243 cycle_A 0.386 idt_A 0.529 D_B 0.671 G_B 0.814 cycle_B 0.957 idt_B 1.100  " +
        "2.61 images/s  4.9 TFLOP/s  5 h 3 min left  1.7 GB",
    );
  });

  test("shows small memory in megabytes", () => {
    expect(trainingLine({ ...status, memoryBytes: 4.2e7 }, 200)).toMatch(/ {2}42 MB$/);
  });

  test("keeps epoch, losses and time on 80 columns", () => {
    expect(trainingLine(status, 79)).toBe(
      "epoch 70/200  D 0.10 0.67 G 0.24 0.81 cycle 0.39 0.96 idt 0.53 1.10  5 h 3 min",
    );
    expect(trainingLine({ ...status, epoch: 3, secondsLeft: 50 }, 79)).toMatch(/^epoch 3\/200 {2}D .* {2}50 s left$/);
  });

  test("is never longer than the terminal is wide, nor shorter on a wider one", () => {
    let longest = 0;
    for (let width = 0; width <= 200; width++) {
      const { length } = trainingLine(status, width);
      expect(length).toBeLessThanOrEqual(width);
      expect(length).toBeGreaterThanOrEqual(longest);
      longest = length;
    }
  });

  test("leaves out what is unknown", () => {
    const unknown = { ...status, losses: null, imagesPerSecond: 0, gigaflops: 0, secondsLeft: null, memoryBytes: 0 };
    expect(trainingLine(unknown, 200)).toBe("epoch 70/200  step 83,412/236,800");
  });

  test.each([
    [0.02, 3.21, "50 s/image  3.2 GFLOP/s"],
    [0.5, 321.4, "0.50 images/s  321 GFLOP/s"],
    [123.4, 12345, "123 images/s  12.3 TFLOP/s"],
  ])("formats %f images a second at %f GFLOP/s", (imagesPerSecond, gigaflops, words) => {
    expect(trainingLine({ ...status, imagesPerSecond, gigaflops }, Infinity)).toContain(words);
  });
});

test("smoothed losses begin at the first and follow the rest slowly", () => {
  const smoothed = new SmoothedLosses();
  expect(smoothed.losses).toBeNull();
  smoothed.add(losses);
  for (const name of lossNames) expect(smoothed.losses![name]).toBeCloseTo(losses[name], 12);
  for (let count = 0; count < 10; count++) smoothed.add({ ...losses, D_A: 1 });
  expect(smoothed.losses!.D_A).toBeGreaterThan(0.4);
  expect(smoothed.losses!.D_A).toBeLessThan(0.99);
  for (let count = 0; count < 300; count++) smoothed.add({ ...losses, D_A: 1 });
  expect(smoothed.losses!.D_A).toBeCloseTo(1, 5);
});

describe("the writer", () => {
  function streamOf(columns?: number) {
    let text = "";
    const stream = { isTTY: columns !== undefined, columns, write: (piece: string) => ((text += piece), true) };
    return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
  }

  test("redraws one line in place on a terminal, one column short of its width", () => {
    const { stream, text } = streamOf(41);
    const line = new TrainingLine(stream);
    line.update(status, false);
    line.update(status, true);
    const drawn = `\r${trainingLine(status, 40)}\x1b[K`;
    expect(text()).toBe(drawn + drawn);
    line.say("A warning.");
    line.update(status, false);
    line.stop();
    line.stop();
    expect(text()).toBe(`${drawn}${drawn}\r\x1b[KA warning.\n${drawn}\n`);
  });

  test("writes a plain line for each logged step without one", () => {
    const { stream, text } = streamOf();
    const line = new TrainingLine(stream);
    line.update(status, false);
    line.update(status, true);
    line.say("A warning: lower `lr`.");
    line.stop();
    expect(text()).toBe(`${trainingLine(status, Infinity)}\nA warning: lower --lr.\n`);
  });
});
