import { describe, expect, test } from "vitest";
import { writeRunPage, type RunStatus } from "../../../src/cli/pages/run-page.ts";
import { LossHistory } from "../../../src/train/run/history.ts";
import { listSamples, sampleFile } from "../../../src/train/run/sample-files.ts";
import type { RunSummary } from "../../../src/train/run/summary.ts";
import { lossNames, type Metrics } from "../../../src/train/step/metrics.ts";
import { sampleLabels } from "../../../src/train/step/sample-pictures.ts";
import { MemoryStorage } from "../../train/run/memory-storage.ts";

const status: RunStatus = {
  name: "photo2pixelart",
  state: "training",
  step: 84000,
  steps: 236800,
  epoch: 70,
  epochs: 200,
  secondsLeft: 18200,
  facts: { Adapter: "one </script><b>&" },
  warnings: ["D_A is at zero: lower `lr`."],
};

/** The data in data.js. */
function summaryIn(storage: MemoryStorage): RunSummary {
  let shown: RunSummary | undefined;
  new Function("showRun", storage.text("web/data.js"))((summary: RunSummary) => (shown = summary));
  return shown!;
}

test("samples are found by the reference's names, the newest epoch first", async () => {
  const storage = new MemoryStorage();
  expect(sampleFile(7, "fake_B")).toBe("web/images/epoch007_fake_B.png");
  for (const label of sampleLabels) await storage.write(sampleFile(9, label), "");
  for (const label of ["rec_A", "real_A"] as const) await storage.write(sampleFile(1200, label), "");
  for (const name of ["web/images/epoch001_foreign.png", "web/images/notes.txt", "epoch003_real_A.png"]) {
    await storage.write(name, "");
  }
  expect(await listSamples(storage)).toEqual([
    { epoch: 1200, labels: ["real_A", "rec_A"] },
    { epoch: 9, labels: [...sampleLabels] },
  ]);
});

describe("the page", () => {
  const history = new LossHistory();
  for (let step = 100; step <= 300_000; step += 100) {
    const losses = lossNames.map((name, index) => [name, Math.PI / (step + index)]);
    history.add({ step, ...Object.fromEntries(losses) } as Metrics);
  }

  test("passes its data on unchanged, and not much of it", async () => {
    const storage = new MemoryStorage();
    for (let epoch = 1; epoch <= 200; epoch++) {
      for (const label of sampleLabels) await storage.write(sampleFile(epoch, label), "");
    }
    await writeRunPage(storage, { ...status, gpu: "a device" } as RunStatus, history, 256);
    const { written, samples, history: columns, ...rest } = summaryIn(storage);
    const { secondsLeft: _, ...said } = status;
    expect(rest).toEqual({ ...said, warnings: ["D_A is at zero: lower --lr."], timeLeft: "5 h 3 min" });
    expect(Date.now() - written).toBeLessThan(60_000);
    expect(samples.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 200 }, (_, index) => 200 - index));
    expect(columns).toEqual(history.columns());
    expect(storage.text("web/data.js").length).toBeLessThan(300_000);
  });

  test("shows samples at the requested width", async () => {
    const storage = new MemoryStorage();
    await writeRunPage(storage, status, history, 300);
    expect(storage.text("web/index.html")).toContain('<body style="--winsize: 300px">');
  });

  test("exists for a run that has just begun", async () => {
    const storage = new MemoryStorage();
    await writeRunPage(
      storage,
      { ...status, step: 0, secondsLeft: null, warnings: [], facts: {} },
      new LossHistory(),
      256,
    );
    expect(summaryIn(storage)).toMatchObject({ timeLeft: null, samples: [], history: { step: [] } });
  });

  test("is self-contained, requests no host, and has the chart library's licence", async () => {
    const storage = new MemoryStorage();
    await writeRunPage(storage, status, history, 256);
    const html = storage.text("web/index.html");
    expect(html).not.toMatch(/<(?:link|img|iframe)|src="|@import|url\(/);
    expect(html.match(/<\/script/g)).toHaveLength(1);
    expect(html).toMatch(/MIT License[^]*Leon Sorokin[^]*Permission is hereby granted/);
    expect(html.length).toBeLessThan(100_000);
    const [, script] = /<script>([^]*)<\/script>/.exec(html)!;
    expect(() => new Function(script)).not.toThrow();
    for (const [, id] of html.matchAll(/ id="(\w+)"/g)) expect(script).toContain(`"${id}"`);
  });
});
