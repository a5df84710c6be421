import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launch } from "puppeteer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromium } from "../../../scripts/chromium.mjs";
import { readCredits } from "../../../src/cli/commands/start/start.ts";
import type { ShortTraining } from "../../../src/cli/pages/report-training.ts";
import { writeReport, type Pair } from "../../../src/cli/pages/report.ts";
import { UserError } from "../../../src/errors.ts";
import type { HistoryColumns } from "../../../src/train/run/history.ts";
import { lossNames } from "../../../src/train/step/metrics.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "report-"));
  await writeFile(join(folder, "a.jpg"), Uint8Array.of(1, 2, 3));
  await writeFile(join(folder, "b.png"), Uint8Array.of(4, 5, 6));
});
afterAll(() => rm(folder, { recursive: true }));

const pair = (changes: Partial<Pair> = {}): Pair => ({
  name: "a cat",
  before: join(folder, "a.jpg"),
  after: join(folder, "b.png"),
  width: 8,
  height: 4,
  note: "1.5 s",
  measures: "in 5 colors",
  credit: "by someone",
  ...changes,
});

async function page(pairs: Pair[], texts: Partial<Parameters<typeof writeReport>[1]> = {}): Promise<string> {
  const path = join(folder, "index.html");
  await writeReport(path, { title: "Title", introduction: "Words", facts: { Model: "one" }, pairs, ...texts });
  return readFile(path, "utf8");
}

describe("the report", () => {
  test("embeds its images and requests no other file or host", async () => {
    const html = await page([pair(), pair({ name: "a dog" })]);
    expect(html.split(`src="data:image/jpeg;base64,AQID"`)).toHaveLength(3);
    expect(html.split(`src="data:image/png;base64,BAUG"`)).toHaveLength(5);
    const references = [...html.matchAll(/(?:src|href|url)\s*[=(]\s*["']?(.{5})/g)].map(([, start]) => start);
    expect(new Set(references)).toEqual(new Set(["data:"]));
    expect(html).not.toMatch(/https?:|@import/);
  });

  test("escapes every text", async () => {
    const hostile = `<img src=x onerror="a()"> & 'b'`;
    const html = await page([pair({ name: hostile, note: hostile, measures: hostile, credit: hostile })], {
      title: hostile,
      introduction: hostile,
      facts: { [hostile]: hostile },
    });
    expect(html).not.toContain("<img src=x");
    expect(html).not.toContain(`onerror="a`);
    // Title twice, introduction, fact twice, note, measures, credit; the name as caption, in the
    // credit and in four labels.
    const escaped = "&lt;img src=x onerror=&quot;a()&quot;&gt; &amp; &#39;b&#39;";
    expect(html.split(escaped)).toHaveLength(1 + 14);
  });

  test("each picture can be compared by keyboard, under its own label", async () => {
    const html = await page([pair(), pair({ name: "a dog" })]);
    const labels = [...html.matchAll(/<input type="range"[^>]* aria-label="([^"]+)"/g)].map(([, label]) => label);
    expect(labels).toHaveLength(2);
    expect(new Set(labels).size).toBe(2);
  });

  test("a palette is shown if there is one", async () => {
    const html = await page([
      pair({
        palette: [
          [1, 2, 3],
          [250, 251, 252],
        ],
      }),
      pair(),
    ]);
    expect(html.split('class="palette"')).toHaveLength(2);
    expect(html).toContain("background: rgb(1 2 3)");
    expect(html).toContain("background: rgb(250 251 252)");
  });

  describe("with a short training", () => {
    const losses = Object.fromEntries(lossNames.map((name) => [name, [4, 2, null]])) as unknown;
    const training = (changes: Partial<ShortTraining> = {}): ShortTraining => ({
      introduction: "It learns.",
      samples: [
        [{ caption: "a photo", path: join(folder, "b.png") }],
        [{ caption: "art", path: join(folder, "b.png") }],
      ],
      facts: { Steps: "3" },
      history: { step: [1, 2, 3], losses: losses as HistoryColumns["losses"] },
      command: "npx pixelcycle train --dataroot DIR --name NAME",
      hint: "DIR holds two folders.",
      ...changes,
    });

    test("shows its pictures and its losses, with the chart library's licence", async () => {
      const html = await page([pair()], { training: training() });
      // The two samples of the training, and the detail of the pair.
      expect(html.split(`<img src="data:image/png;base64,BAUG" alt="`)).toHaveLength(1 + 3);
      const [, history] = /<script type="application\/json" id="history">(.*)<\/script>/.exec(html)!;
      expect(JSON.parse(history)).toEqual(training().history);
      expect(html).toMatch(/MIT License[^]*Leon Sorokin/);
      expect(html).toContain("npx pixelcycle train --dataroot DIR --name NAME");
    });

    test("has every element that its script uses, and a complete script", async () => {
      const html = await page([pair()], { training: training() });
      const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(([, script]) => script);
      expect(scripts).toHaveLength(2);
      for (const script of scripts) expect(() => new Function(script)).not.toThrow();
      const wanted = [...scripts[0].matchAll(/getElementById\("(\w+)"\)/g)].map(([, id]) => id);
      expect(new Set(wanted)).toEqual(new Set(["losses", "history"]));
      for (const id of wanted) expect(html.split(` id="${id}"`)).toHaveLength(2);
    });

    test("requests no other file or host, and escapes every text", async () => {
      const hostile = `<img src=x onerror="a()"></script>`;
      const html = await page([pair()], {
        training: training({
          introduction: hostile,
          facts: { [hostile]: hostile },
          command: hostile,
          hint: hostile,
          samples: [[{ caption: hostile, path: join(folder, "b.png") }]],
        }),
      });
      expect(html).not.toContain("<img src=x");
      expect(html.match(/<\/script/g)).toHaveLength(3);
      expect(html).not.toMatch(/<(?:link|iframe)|src="(?!data:)|@import|url\(/);
    });

    test("has room for its charts, in a real browser", async () => {
      const browser = await launch({ executablePath: await chromium(), args: ["--no-sandbox"] });
      try {
        const path = join(folder, "charts.html");
        await writeReport(path, { title: "", introduction: "", facts: {}, pairs: [pair()], training: training() });
        const tab = await browser.newPage();
        await tab.setViewport({ width: 1280, height: 900 });
        await tab.goto(pathToFileURL(path).href);
        await tab.waitForSelector(".loss-charts canvas");
        const shares = await tab.$$eval(".loss-charts figure", (figures) =>
          figures.map((figure) => figure.querySelector(".u-wrap")!.clientWidth / figure.clientWidth),
        );
        expect(shares).toHaveLength(4);
        for (const share of shares) expect(share).toBeGreaterThan(0.8);
      } finally {
        await browser.close();
      }
    });

    test("has no such section without one", async () => {
      expect(await page([pair()])).not.toMatch(/id="history"|uPlot|--series-0/);
    });
  });

  test("a missing picture is named, and no page is written", async () => {
    const path = join(folder, "none.html");
    const missing = { title: "", introduction: "", facts: {}, pairs: [pair({ after: join(folder, "gone.png") })] };
    await expect(writeReport(path, missing)).rejects.toThrow(UserError);
    await expect(writeReport(path, missing)).rejects.toThrow("gone.png");
    expect(await readdir(folder)).not.toContain("none.html");
  });
});

test("every sample has its credit, and every credit its sample", async () => {
  const samples = new URL("../../../samples/", import.meta.url);
  const credits = readCredits(await readFile(new URL("CREDITS.md", samples), "utf8"));
  const files = (await readdir(samples)).filter((file) => file.endsWith(".jpg"));
  expect([...credits.keys()].sort()).toEqual(files.sort());
  for (const { shows, credit } of credits.values()) {
    expect(shows).not.toBe("");
    expect(credit).toMatch(/\. (CC0 1\.0|Public domain)\.$/);
  }
});
