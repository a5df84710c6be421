// Training in a page: the same numbers as in Node, and a run that moves from one to the other and
// back.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { readDirectory, readWhole } from "../../demo/train/storage/zip-reader.ts";
import { parseTrainOptions } from "../../src/cli/commands/train/options.ts";
import { savedState, trainFolder } from "../../src/cli/commands/train/train.ts";
import { folderStorage } from "../../src/platform/training/storage.node.ts";
import { defaultRunOptions } from "../../src/train/options/table.ts";
import { loadState } from "../../src/train/run/state-file.ts";
import { lossNames, type Metrics } from "../../src/train/step/metrics.ts";
import { testFolder } from "../folder.ts";
import { slowTest } from "../slow.ts";
import { openBrowser } from "./browser.ts";
import { openTrainingPage, storedFile, tinyOptions, tinyPictures } from "./training-worker.ts";

const folder = testFolder("train");
const page = await openTrainingPage(await openBrowser());

const metricsOf = (bytes: Buffer): Metrics[] =>
  bytes
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("a run that is stepped by hand has Node's losses, and stays where it was left", async () => {
  const data = join(folder, "data");
  for (const side of ["A", "B"] as const) {
    mkdirSync(join(data, `train${side}`), { recursive: true });
    for (const { name, bytes } of (await tinyPictures())[side]) writeFileSync(join(data, `train${side}`, name), bytes);
  }
  const run = { ...defaultRunOptions, dataroot: data, name: "node", checkpointsDir: folder };
  await trainFolder({ run, training: { ...tinyOptions, maxSteps: 3 }, tune: "off", onMessage: () => {} });
  const inNode = metricsOf(readFileSync(join(folder, "node/metrics.jsonl")));

  const told = await page.evaluate(async (text) => {
    const { api, events, listen } = training;
    const options = { ...JSON.parse(text), maxSteps: Infinity, maxDatasetSize: Infinity };
    const end = api.begin("page", options, pictures, listen);
    await api.pause();
    for (let step = 0; step < 3; step++) await api.stepOnce();
    const whilePaused = (await api.runs()).map(({ name, step, steps, epoch, busy }) => ({
      name,
      step,
      steps,
      epoch,
      busy,
    }));
    await api.stop();
    await end;
    const activities = events.map((event) => event.kind === "activity" && event.activity).filter(Boolean);
    const shown = events.flatMap((event) => (event.kind === "pictures" ? [Object.keys(event.pictures).length] : []));
    return { whilePaused, activities, shown };
  }, JSON.stringify(tinyOptions));
  expect(told.whilePaused).toEqual([{ name: "page", step: 3, steps: 9, epoch: 1, busy: true }]);
  expect(told.activities.slice(0, 3)).toEqual(["opening", "compiling", "paused"]);
  expect(told.activities.slice(-3)).toEqual(["paused", "saving", "stopped"]);
  expect(told.shown.at(-1)).toBe(8);

  const inPage = metricsOf(await storedFile(page, "runs/page/metrics.jsonl"));
  expect(inPage.map(({ step }) => step)).toEqual([1, 2, 3]);
  inPage.forEach((metrics, index) => {
    for (const name of lossNames) {
      expect(Math.abs(metrics[name] - inNode[index][name]), `${name} of step ${index + 1}`).toBeLessThan(1e-4);
    }
  });
});

slowTest("a run moves to Node, continues there, and comes back", async () => {
  const packed = await page.evaluate(async () => {
    const file = await training.api.exportRun("page");
    let text = "";
    for (const byte of new Uint8Array(await file.arrayBuffer())) text += String.fromCharCode(byte);
    return { name: file.name, base64: btoa(text) };
  });
  expect(packed.name).toBe("page.zip");
  const zip = new Blob([Buffer.from(packed.base64, "base64")]);
  const home = join(folder, "home");
  for (const entry of await readDirectory(zip, 1e9)) {
    const path = join(home, entry.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await readWhole(zip, entry));
  }
  expect(readFileSync(join(home, "page/train_opt.txt"), "utf8")).toMatch(/ngf: 4 +\t\[default: 64\]/);

  // pixelcycle train --dataroot page/data --name page --checkpoints_dir . --continue_train
  const argv = ["--dataroot", join(home, "page/data"), "--name", "page", "--checkpoints_dir", home, "--continue_train"];
  const messages: string[] = [];
  const { run } = await parseTrainOptions(argv);
  const saved = await savedState(run, (sentence) => messages.push(sentence));
  const { training: options } = await parseTrainOptions(argv, saved!.record.options);
  expect(options).toEqual(tinyOptions);
  const controller = new AbortController();
  const end = await trainFolder({
    tune: "off",
    run,
    training: options,
    saved,
    signal: controller.signal,
    onMessage: (sentence) => messages.push(sentence),
    onStep: () => controller.abort(),
  });
  expect(end.finished).toBe(false);
  expect(end.step).toBeGreaterThan(3);
  expect(messages.join("\n")).not.toMatch(/have changed since the run started/);

  // Back again as Node leaves a run, without its pictures.
  const files = readdirSync(join(home, "page"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("data"))
    .map((entry) => [`page/${entry.name}`, new Uint8Array(readFileSync(join(entry.parentPath, entry.name)))] as const);
  const back = Buffer.from(zipSync(Object.fromEntries(files))).toString("base64");
  const returned = await page.evaluate(async (base64) => {
    const { api, listen, events } = training;
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const name = await api.importRun(new File([bytes], "from-node.zip"));
    const listed = (await api.runs()).find((run) => run.name === name)!;
    const refused = await api.continue(name, listen).catch((error: Error) => error.message);
    await api.givePictures(name, pictures, listen);
    const mended = (await api.runs()).find((run) => run.name === name)!;
    events.length = 0;
    await api.continue(name, listen);
    const messages = events.flatMap((event) => (event.kind === "message" ? [event.sentence] : []));
    const ended = (await api.runs()).find((run) => run.name === name)!;
    return { name, listed, refused, mended, ended, messages };
  }, back);
  expect(returned.name).toBe("page-2");
  expect(returned.listed).toMatchObject({ step: end.step, lacksPictures: true });
  expect(returned.refused).toMatch(/pictures of A and B are missing/);
  expect(returned.mended).toMatchObject({ steps: 9, lacksPictures: false, problem: null });
  expect(returned.ended).toMatchObject({ step: 9, steps: 9 });
  expect(returned.messages).toEqual([]);
  writeFileSync(
    join(folder, "latest_state.safetensors"),
    await storedFile(page, "runs/page-2/latest_state.safetensors"),
  );
  expect((await loadState(folderStorage(folder)))!.state.record).toMatchObject({
    step: 9,
    optimizerSteps: { generators: 9 },
  });
});

test("generators are exported, and a removed run is gone", async () => {
  const files = await page.evaluate(async () => {
    const { api } = training;
    const made = [];
    for (const format of ["pth", "safetensors", "onnx"] as const)
      made.push(await api.exportGenerator("page", "G_B", format));
    await api.removeRun("page");
    await api.removeRun("page-2");
    return { sizes: made.map(({ name, size }) => [name, size]), left: await api.runs() };
  });
  expect(files.sizes.map(([name]) => name)).toEqual(["page_G_B.pth", "page_G_B.safetensors", "page_G_B.onnx"]);
  for (const [, size] of files.sizes) expect(size).toBeGreaterThan(1e5);
  expect(files.left).toEqual([]);
});
