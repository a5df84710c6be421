// Drives the training worker without its view, from an empty page of the same origin.

import { build } from "esbuild";
import type { Page } from "puppeteer";
import sharp from "sharp";
import type { TrainingApi, TrainingEvent } from "../../demo/train/api.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../../src/train/options/options.ts";
import type { TestBrowser } from "./browser.ts";

/** The globals that the script below defines in the page. */
export interface TrainingHandle {
  readonly api: TrainingApi;
  readonly events: TrainingEvent[];
  readonly listen: (event: TrainingEvent) => void;
  /** Resolves when a step's losses have arrived. */
  step(step: number): Promise<void>;
  activity(activity: string): Promise<void>;
  /** Simulates a crash of the tab. */
  kill(): void;
}

declare global {
  /** Exists in the page. */
  var openTraining: () => TrainingHandle;
  var training: TrainingHandle;
  var pictures: Record<"A" | "B", File[]>;
  var fileOf: (path: string) => Promise<Uint8Array<ArrayBuffer>>;
  var digestOf: (path: string) => Promise<string>;
}

const script = `
  import { proxy, wrap } from "comlink";
  globalThis.openTraining = () => {
    const worker = new Worker(new URL("/workers/train.js", location.href), { type: "module" });
    const events = [];
    const waiting = new Set();
    const listen = proxy((event) => {
      events.push(event);
      for (const look of [...waiting]) look();
    });
    const until = (found) => new Promise((resolve) => {
      const look = () => {
        if (!events.some(found)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
    return {
      api: wrap(worker),
      events,
      listen,
      step: (step) => until((event) => event.kind === "progress" && event.progress.step >= step),
      activity: (activity) => until((event) => event.kind === "activity" && event.activity === activity),
      kill: () => worker.terminate(),
    };
  };
  globalThis.fileOf = async (path) => {
    let folder = await navigator.storage.getDirectory();
    const parts = path.split("/");
    for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part);
    const file = await (await folder.getFileHandle(parts.at(-1))).getFile();
    return new Uint8Array(await file.arrayBuffer());
  };
  globalThis.digestOf = async (path) => {
    const digest = await crypto.subtle.digest("SHA-256", await fileOf(path));
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
`;

/** Nine steps in three epochs. */
export const tinyOptions: TrainingOptions = {
  ...defaultTrainingOptions,
  netG: "resnet_6blocks",
  netD: "pixel",
  ngf: 4,
  ndf: 4,
  loadSize: 36,
  cropSize: 32,
  poolSize: 3,
  nEpochs: 2,
  nEpochsDecay: 1,
  seed: 7,
  printFreq: 1,
  noHtml: true,
};

/**
 * PNGs, which a browser and Node decode to the same bytes: three for one side, two for the other.
 */
export async function tinyPictures(): Promise<Record<"A" | "B", { name: string; bytes: Uint8Array }[]>> {
  const side = (side: "A" | "B", count: number) =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const shade = (i: number) => (((i * 7919) % 251) * (index + 2) + (side === "A" ? 0 : 90)) % 256;
        const samples = Uint8Array.from({ length: 3 * 44 * 40 }, (_, i) => shade(i));
        const png = sharp(samples, { raw: { width: 44, height: 40, channels: 3 } }).png();
        return { name: `${side}${index}.png`, bytes: new Uint8Array(await png.toBuffer()) };
      }),
    );
  return { A: await side("A", 3), B: await side("B", 2) };
}

/** A page without its own script, with an open worker as `training`, and `pictures` to choose. */
export async function openTrainingPage({ browser, address }: TestBrowser): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${address}samples/train/index.json`);
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: process.cwd() },
    bundle: true,
    write: false,
    format: "iife",
  });
  await page.evaluate(outputFiles[0].text);
  const pictures = await tinyPictures();
  const encoded = (["A", "B"] as const).map((side) =>
    pictures[side].map(({ name, bytes }) => [name, Buffer.from(bytes).toString("base64")] as const),
  );
  await page.evaluate((encoded) => {
    const decode = ([name, base64]: readonly [string, string]) =>
      new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name);
    globalThis.pictures = { A: encoded[0].map(decode), B: encoded[1].map(decode) };
    globalThis.training = openTraining();
  }, encoded);
  return page;
}

/** A file of a run in the page's storage. */
export async function storedFile(page: Page, path: string): Promise<Buffer> {
  const base64 = await page.evaluate(async (path) => {
    let text = "";
    for (const byte of await fileOf(path)) text += String.fromCharCode(byte);
    return btoa(text);
  }, path);
  return Buffer.from(base64, "base64");
}
