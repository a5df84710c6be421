// The contenders of a forward pass in Chromium: each has a tab of one browser, all use the
// browser's adapter. Where there is no GPU, that is SwiftShader.

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import type { Browser } from "puppeteer";
import { serve } from "../../scripts/serve.mjs";
import { writeSafetensors } from "../../src/formats/tensors/safetensors.ts";
import type { NamedTensor } from "../../src/formats/tensors/tensors.ts";
import type { Contender, Opponents } from "../contenders.ts";
import { openChromium, type PageAdapter } from "./chromium.ts";
import { processorTime } from "./processor-time.ts";

/** What a contender's script puts into `globalThis.contender`. */
export interface PageContender {
  start(): Promise<string>;
  run(): Promise<{ milliseconds: number; output: number[] }>;
}

export interface PageSetup {
  /** The weights by PyTorch's names, and the `picture`, [1, 3, H, W]. */
  tensors: readonly NamedTensor[];
  /** The same generator as an .onnx file. */
  onnx: Uint8Array;
  ngf: number;
  blocks: number;
}

/**
 * Ours first.
 *
 * @param ours our script, bundled
 */
export async function pageContenders(
  { folder: peers, against }: Opponents,
  ours: string,
  { tensors, onnx, ngf, blocks }: PageSetup,
  adapter: PageAdapter,
): Promise<{ contenders: Contender[]; close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "pixelcycle-peers-"));
  writeFileSync(join(folder, "setup.safetensors"), writeSafetensors(tensors, { ngf: `${ngf}`, blocks: `${blocks}` }));
  writeFileSync(join(folder, "model.onnx"), onnx);
  copyFileSync(ours, join(folder, "ours.js"));
  const scripts = ["tfjs", "onnxruntime"].filter((name) => against.some((one) => one === name));
  await build({
    entryPoints: scripts.map((name) => ({ in: `${peers}${name}-page.mjs`, out: name })),
    ...{ outdir: folder, bundle: true, format: "esm", platform: "browser", logLevel: "error" },
  });
  if (scripts.includes("onnxruntime")) copyOnnxRuntime(join(folder, "ort"));
  const names = ["ours", ...scripts];
  for (const name of names) {
    writeFileSync(join(folder, `${name}.html`), `<!doctype html><script type="module" src="${name}.js"></script>`);
  }

  const { address, close: closeServer } = await serve(folder);
  const browser = await openChromium(adapter);
  const close = async () => {
    await browser.close();
    closeServer();
    rmSync(folder, { recursive: true });
  };
  try {
    const contenders: Contender[] = [];
    for (const name of names) contenders.push(await openTab(browser, `${address}${name}.html`));
    return { contenders, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openTab(browser: Browser, address: string): Promise<Contender> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error instanceof Error ? error.message : String(error)));
  await page.goto(address);
  const hasBegun = () => "contender" in globalThis;
  await page.waitForFunction(hasBegun, { timeout: 60_000 }).catch((error: unknown) => {
    throw complaints.length > 0 ? new Error(complaints.join("; ")) : error;
  });
  const name = await page.evaluate(() => (globalThis as unknown as { contender: PageContender }).contender.start());
  return {
    name,
    async run() {
      await page.bringToFront();
      const before = processorTime(browser.process()!.pid!);
      const { milliseconds, output } = await page.evaluate(() =>
        (globalThis as unknown as { contender: PageContender }).contender.run(),
      );
      const processorMilliseconds = processorTime(browser.process()!.pid!) - before;
      return { milliseconds, processorMilliseconds, output: Float32Array.from(output) };
    },
    close: () => {}, // with the browser
  };
}

/** The package finds its WebAssembly beside its module. */
function copyOnnxRuntime(to: string): void {
  mkdirSync(to);
  const from = dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
  const wanted = readdirSync(from).filter(
    (name) => name === "ort.webgpu.min.mjs" || /^ort-wasm-.*\.(mjs|wasm)$/.test(name),
  );
  for (const name of wanted) copyFileSync(join(from, name), join(to, name));
}
