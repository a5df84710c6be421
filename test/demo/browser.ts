// Opens the page in a real Chromium for tests: built once per run, served on this machine, with
// every complaint of the browser recorded. WebGPU runs on SwiftShader.

import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launch, type Browser, type LaunchOptions, type Page } from "puppeteer";
import { afterAll, inject } from "vitest";
import { chromium } from "../../scripts/chromium.mjs";
import { buildDemo } from "../../scripts/demo.mjs";
import { serve } from "../../scripts/serve.mjs";
import { writeSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { defaultModel, lightModel } from "../../src/platform/models/model-card.ts";
import { testFolder } from "../folder.ts";
import { randomWeights, smallResnet } from "../networks.ts";

export interface OpenOptions {
  /** The part of the URL after #. */
  readonly view?: "convert" | "train" | "inside" | "bench";
  readonly width?: number;
  readonly height?: number;
  readonly theme?: "light" | "dark";
}

export interface OpenPage {
  readonly page: Page;
  /**
   * The browser's complaints: console errors, uncaught exceptions, requests that failed or left the
   * page's origin.
   */
  readonly complaints: string[];
}

export interface TestBrowser {
  readonly browser: Browser;
  /** The URL of the served page, with a trailing slash. */
  readonly address: string;
  open(options?: OpenOptions): Promise<OpenPage>;
}

export const webGpuFlags = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  // Root has no sandbox, and on some systems neither has an uninstalled browser. Only our own page
  // is opened.
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A test's tab is never in the foreground.
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

/** A network that differs in blocks and width from those that tests choose. */
const standIn = { ...smallResnet, blocks: 3, ngf: 2 };

/**
 * Serves the page and starts a browser; both end with the test file.
 *
 * @param models `bundled` for the real models. By default a tiny network replaces the two that the
 * page chooses from when it opens, since measuring those takes SwiftShader half a minute.
 * @param more flags for Chromium
 */
export async function openBrowser({
  models = "tiny" as "tiny" | "bundled",
  more = [] as string[],
} = {}): Promise<TestBrowser> {
  const folder = testFolder("demo");
  const pageFolder = join(folder, "page");
  cpSync(await builtPage(), pageFolder, { recursive: true });
  if (models === "tiny") {
    const tensors = writeSafetensors(randomWeights(standIn));
    for (const name of [defaultModel, lightModel])
      writeFileSync(join(pageFolder, "weights", `${name}.safetensors`), tensors);
  }
  const { address, close } = await serve(pageFolder);
  afterAll(close);
  const options: LaunchOptions = {
    executablePath: await chromium(),
    headless: true,
    userDataDir: join(folder, "profile"),
    args: [...webGpuFlags, ...more],
    protocolTimeout: 300_000,
  };
  const browser = await launch(options);
  afterAll(() => browser.close());

  async function open({ view = "convert", width = 1280, height = 900, theme = "light" }: OpenOptions = {}) {
    const page = await browser.newPage();
    // Less than a test has, so that a wait for what does not come says which it was; and far more than
    // it takes, since the machine may be slow.
    page.setDefaultTimeout(100_000);
    const complaints = complaintsOf(page, address);
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    await page.goto(`${address}#${view}`, { waitUntil: "load" });
    return { page, complaints };
  }

  return { browser, address, open };
}

/** The folder of the page. The first test file that needs it builds it. */
async function builtPage(): Promise<string> {
  const builds = inject("builds");
  const page = join(builds, "page");
  if (existsSync(page)) return page;
  const building = mkdtempSync(join(builds, "building-"));
  await buildDemo(building);
  try {
    renameSync(building, page);
  } catch (error) {
    // Another file's worker built it at the same time and finished first.
    if (!existsSync(page)) throw error;
    rmSync(building, { recursive: true });
  }
  return page;
}

/** Collects the browser's complaints from now on. */
export function complaintsOf(page: Page, address: string): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error instanceof Error ? error.message : error}`));
  page.on("requestfailed", (request) => {
    // The page itself aborts some requests, and so do workers that have ended.
    const reason = request.failure()?.errorText ?? "";
    if (!/ABORTED/.test(reason)) complaints.push(`failed: ${request.url()} ${reason}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !/^(blob|data):/.test(url)) complaints.push(`left the origin: ${url}`);
  });
  return complaints;
}

/** Saves a screenshot of the page in test-output/screenshots, for people to look at. */
export async function screenshot(page: Page, name: string, { fullPage = true } = {}): Promise<void> {
  const folder = "test-output/screenshots";
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` as `${string}.png`, fullPage });
}
