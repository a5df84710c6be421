// The page in a real Chromium, as tests see it: built into a folder of its own, served on this machine, with every complaint of the browser
// kept. WebGPU runs on SwiftShader.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch, type Browser, type LaunchOptions, type Page } from "puppeteer";
import { afterAll } from "vitest";
import { chromium } from "../../scripts/chromium.mjs";
import { buildDemo, serve } from "../../scripts/demo.mjs";
import { testFolder } from "../folder.ts";

export interface OpenOptions {
  /** The part of the address behind #. */
  readonly view?: "convert" | "train" | "inside" | "bench";
  readonly width?: number;
  readonly height?: number;
  readonly theme?: "light" | "dark";
}

export interface OpenPage {
  readonly page: Page;
  /** What the browser complained of: errors of the console, uncaught exceptions, requests that failed or left the page's origin. */
  readonly complaints: string[];
}

export interface TestBrowser {
  readonly browser: Browser;
  /** Of the served page, with / at its end. */
  readonly address: string;
  open(options?: OpenOptions): Promise<OpenPage>;
}

export const webGpuFlags = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  // Root has no sandbox, and a browser that is not installed none on some systems; what is opened is our own page.
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A tab of a test is never in front.
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

/**
 * Builds and serves the page and starts a browser; both end with the test file.
 *
 * @param webGpu false for a browser without it
 * @param more flags of Chromium
 */
export async function openBrowser({ webGpu = true, more = [] as string[] } = {}): Promise<TestBrowser> {
  const folder = testFolder("demo");
  await buildDemo(join(folder, "page"));
  const { address, close } = await serve(join(folder, "page"));
  afterAll(close);
  const options: LaunchOptions = {
    executablePath: await chromium(),
    headless: true,
    userDataDir: join(folder, "profile"),
    args: [
      ...(webGpu
        ? webGpuFlags
        : ["--disable-features=WebGPU", "--disable-blink-features=WebGPU", ...webGpuFlags.slice(2)]),
      ...more,
    ],
    protocolTimeout: 300_000,
  };
  const browser = await launch(options);
  afterAll(() => browser.close());

  async function open({ view = "convert", width = 1280, height = 900, theme = "light" }: OpenOptions = {}) {
    const page = await browser.newPage();
    const complaints = complaintsOf(page, address);
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    await page.goto(`${address}#${view}`, { waitUntil: "load" });
    return { page, complaints };
  }

  return { browser, address, open };
}

/** What the browser complains of from now on, as it comes. */
export function complaintsOf(page: Page, address: string): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error instanceof Error ? error.message : error}`));
  page.on("requestfailed", (request) => {
    // Aborted are those that the page gave up itself, and some of a worker whose end the browser was late to hear of.
    const reason = request.failure()?.errorText ?? "";
    if (!/ABORTED/.test(reason)) complaints.push(`failed: ${request.url()} ${reason}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !/^(blob|data):/.test(url)) complaints.push(`left the origin: ${url}`);
  });
  return complaints;
}

/** Keeps a picture of the page in test-output/screenshots, for eyes. */
export async function screenshot(page: Page, name: string, { fullPage = true } = {}): Promise<void> {
  const folder = "test-output/screenshots";
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` as `${string}.png`, fullPage });
}
