// The charts in a real browser, on histories of the first seconds of a run and of its worst ones:
// uPlot would search for ticks forever on an empty scale, and freeze the page.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { launch, type Page } from "puppeteer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chromium } from "../../scripts/chromium.mjs";
import type { LossCharts } from "../../src/charts/loss-charts.browser.ts";
import type { HistoryColumns } from "../../src/train/run/history.ts";
import { lossNames, type CellLossName } from "../../src/train/step/metrics.ts";

/** A short limit, since the test checks whether the page still responds. */
const browser = await launch({
  executablePath: await chromium(),
  args: ["--no-sandbox"],
  protocolTimeout: 20_000,
});
afterAll(() => browser.close());

let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { LossCharts } from "./src/charts/loss-charts.browser.ts";
        globalThis.charts = new LossCharts(document.querySelector("main"));`,
      resolveDir: fileURLToPath(new URL("../..", import.meta.url)),
    },
    bundle: true,
    write: false,
    format: "iife",
  });
  page = await browser.newPage();
  page.on("pageerror", (error) => complaints.push(error instanceof Error ? error.message : String(error)));
  await page.setContent("<!doctype html><main></main>");
  await page.addScriptTag({ content: outputFiles[0].text });
});

function history(steps: readonly number[], value: number | null, more: readonly CellLossName[] = []): HistoryColumns {
  const losses = Object.fromEntries([...lossNames, ...more].map((name) => [name, steps.map(() => value)]));
  return { step: steps, losses: losses as unknown as HistoryColumns["losses"] };
}

/** Shows a history, and resolves when it is drawn. */
async function show(shown: HistoryColumns): Promise<void> {
  await page.evaluate(async (shown) => {
    (globalThis as unknown as { charts: LossCharts }).charts.show(shown);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }, shown);
}

test.each([false, true])("no history freezes the page; logarithmic: %s", async (logarithmic) => {
  await show(history([], null));
  if (logarithmic) await page.click("[type=checkbox]");
  for (const value of [null, 0, -1, 1, 1e-9, 1e9]) {
    for (const steps of [[], [1], [100], [1, 2], [10, 20, 30]]) await show(history(steps, value));
  }
  expect(complaints).toEqual([]);
  expect(await page.$$eval("main canvas", (canvases) => canvases.length)).toBe(4);
});

test("the last smoothed value of each loss is shown", async () => {
  await show(history([10, 20, 30], 0.25));
  const told = await page.$$eval("main output", (outputs) => outputs.map((output) => output.textContent));
  expect(told).toEqual(Array.from({ length: 8 }, () => "0.250"));
});

test("cell losses have a chart if the run has them, and none in the next run, which does not", async () => {
  const charts = () =>
    page.$$eval("main figure", (figures) =>
      figures.map((figure) => [
        figure.querySelector("h3")!.textContent,
        ...[...figure.querySelectorAll("span")].map((span) => span.textContent),
      ]),
    );
  await show(history([10, 20], 0.5));
  const usual = await charts();
  await show(history([10, 20], 0.25, ["color", "checker"]));
  expect(await charts()).toEqual([
    ...usual.map(([title, ...lines]) => [title, ...lines.map((line) => line!.replace("0.500", "0.250"))]),
    ["Cells", "color 0.250", "checker 0.250"],
  ]);
  expect(await page.$$eval("main canvas", (canvases) => canvases.length)).toBe(5);
  await show(history([10, 20, 30], 0.125, ["color", "cell", "checker"]));
  expect((await charts()).at(-1)).toEqual(["Cells", "color 0.125", "cell 0.125", "checker 0.125"]);
  await show(history([10, 20], 0.5));
  expect(await charts()).toEqual(usual);
  expect(complaints).toEqual([]);
});
