// Starts Chromium for benches, with WebGPU on the machine's GPU or on its own software adapter.

import { launch, type Browser } from "puppeteer";
import { chromium } from "../../scripts/chromium.mjs";
import { UserError } from "../../src/errors.ts";

export type PageAdapter = "swiftshader" | "gpu";

/** @throws UserError if there is no such adapter */
export function readPageAdapter(text: string): PageAdapter {
  if (text === "swiftshader" || text === "gpu") return text;
  throw new UserError(`--page takes swiftshader or gpu, not "${text}".`);
}

/** @param profile the folder of the browser's profile; by default a new one, which is deleted */
export async function openChromium(adapter: PageAdapter, profile?: string): Promise<Browser> {
  return launch({
    executablePath: await chromium(),
    args: [
      "--enable-unsafe-webgpu",
      ...(adapter === "swiftshader" ? ["--use-webgpu-adapter=swiftshader"] : []),
      "--no-sandbox",
      "--disable-background-timer-throttling",
      "--disable-backgrounding-occluded-windows",
      "--disable-renderer-backgrounding",
    ],
    ...(profile !== undefined && { userDataDir: profile }),
    protocolTimeout: 1_800_000,
  });
}
