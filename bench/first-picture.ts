// npm run bench:first: how long a visitor of the page waits for pictures, in Chromium with the
// bundled models. The visitor chooses a picture as soon as the page is there, before it has a
// model, and then a second one, for which all kernels are compiled. A cold visit has a new profile;
// a warm one has the profile of an earlier visit, in a new process of the browser.

import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { ElementHandle, Page } from "puppeteer";
import { serve } from "../scripts/serve.mjs";
import { UserError } from "../src/errors.ts";
import { median } from "../src/median.ts";
import { runBench } from "./command.ts";
import { readWhole } from "./options.ts";
import { openChromium, readPageAdapter, type PageAdapter } from "./page/chromium.ts";
import { processorTime } from "./page/processor-time.ts";
import { duration, table } from "./text.ts";

const usage = `npm run bench:first -- [options]
  --page ADAPTER   Chromium's "swiftshader", or the machine's "gpu" (swiftshader)
  --pictures A,B   two of the samples (otter,cat)
  --turns N        visits of each kind, in turns, of which the median counts (3)`;

const samples = fileURLToPath(new URL("../samples/", import.meta.url));
/** What `npm run build:demo` builds. */
const built = fileURLToPath(new URL("../dist-demo/", import.meta.url));

/** What a visitor waits for. */
const waits = {
  model: "until the page has chosen its model",
  first: "until the first picture is there",
  second: "from the choice of the second picture until it is there",
};

type Wait = keyof typeof waits;

/** In seconds. The processor time is that of the whole browser on all cores. */
interface Time {
  readonly clock: number;
  readonly processor: number;
}

interface Visit {
  readonly times: Readonly<Record<Wait, Time>>;
  /** What the page says about its model and the two pictures. */
  readonly told: readonly string[];
  readonly load: number;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      page: { type: "string", default: "swiftshader" },
      pictures: { type: "string", default: "otter,cat" },
      turns: { type: "string", default: "3" },
      help: { type: "boolean", default: false },
    },
  });
  const names = values.pictures.split(",");
  if (names.length !== 2)
    throw new UserError(`--pictures takes two names with a comma between them, not "${values.pictures}".`);
  const paths = names.map((name) => `${samples}${name}.jpg`);
  return { adapter: readPageAdapter(values.page), paths, turns: readWhole("turns", values.turns), help: values.help };
}

/** Resolves with an element's text when it matches. */
async function untilText(page: Page, selector: string, pattern: RegExp): Promise<string> {
  const handle = await page.waitForFunction(
    (selector, source) => {
      const text = document.querySelector(selector)?.textContent ?? "";
      return new RegExp(source).test(text) && text;
    },
    { timeout: 600_000, polling: "mutation" },
    selector,
    pattern.source,
  );
  return (await handle.jsonValue()) as string;
}

async function choose(page: Page, path: string): Promise<void> {
  const input = await page.waitForSelector(':is(.frame, .pictures) input[type="file"]');
  await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
}

async function visit(address: string, adapter: PageAdapter, profile: string, paths: readonly string[]): Promise<Visit> {
  const browser = await openChromium(adapter, profile);
  const load = loadavg()[0];
  try {
    const page = await browser.newPage();
    const processor = () => processorTime(browser.process()!.pid!) / 1e3;
    let [start, used] = [performance.now(), processor()];
    const elapsed = (): Time => ({ clock: (performance.now() - start) / 1e3, processor: processor() - used });
    await page.goto(address);
    await choose(page, paths[0]);
    const modelText = await untilText(page, ".model-facts", /per picture here/);
    const model = elapsed();
    const firstText = await untilText(page, ".result-facts", /Converted in/);
    const first = elapsed();
    [start, used] = [performance.now(), processor()];
    await choose(page, paths[1]);
    await untilText(page, ".result-facts", /^\s*$/);
    const secondText = await untilText(page, ".result-facts", /Converted in/);
    return { times: { model, first, second: elapsed() }, told: [modelText, firstText, secondText], load };
  } finally {
    await browser.close();
  }
}

function rowsOf(visits: readonly Visit[]): string[][] {
  return (Object.keys(waits) as Wait[]).map((wait) => {
    const times = visits.map(({ times }) => times[wait]);
    const [clock, processor] = [times.map(({ clock }) => clock), times.map(({ processor }) => processor)];
    return [waits[wait], duration(median(clock)), clock.map(duration).join(", "), duration(median(processor))];
  });
}

async function main(): Promise<void> {
  const { adapter, paths, turns, help } = readOptions();
  if (help) return console.log(usage);
  const folder = mkdtempSync(join(tmpdir(), "pixelcycle-first-"));
  const { address, close } = await serve(built);
  const visits: Record<"cold" | "warm", Visit[]> = { cold: [], warm: [] };
  try {
    for (let turn = 0; turn < turns; turn++) {
      const profile = join(folder, `profile-${turn}`);
      visits.cold.push(await visit(address, adapter, profile, paths));
      visits.warm.push(await visit(address, adapter, profile, paths));
    }
  } finally {
    close();
    rmSync(folder, { recursive: true });
  }
  for (const [kind, own] of Object.entries(visits)) {
    console.log(
      `\n${kind} visits on Chromium's ${adapter}, at a load of ${own.map(({ load }) => load.toFixed(1)).join(", ")}`,
    );
    console.log(table([["", "median", "all", "processor"], ...rowsOf(own)]));
    console.log(own.at(-1)!.told.join("\n"));
  }
}

await runBench(main);
