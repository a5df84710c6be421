// What can happen to a run in a page: its tab dies, its device is lost, another tab wants it, a
// file is not a run. The result is always the same, byte for byte.

import { zipSync } from "fflate";
import type { Page } from "puppeteer";
import { beforeAll, expect, test } from "vitest";
import { openBrowser } from "./browser.ts";
import { openTrainingPage, tinyOptions } from "./training-worker.ts";

const browser = await openBrowser();
const page = await openTrainingPage(browser);
const optionsText = JSON.stringify(tinyOptions);

/** The digests of everything that a run ends with. */
async function endOf(page: Page, name: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const file of ["latest_state.safetensors", "latest_net_G_A.pth", "latest_net_D_B.pth"]) {
    digests[file] = await page.evaluate((path) => digestOf(path), `runs/${name}/${file}`);
  }
  return digests;
}

let undisturbed: Record<string, string>;
beforeAll(async () => {
  await page.evaluate(async (text) => {
    const options = { ...JSON.parse(text), maxSteps: Infinity, maxDatasetSize: Infinity };
    await training.api.begin("undisturbed", options, pictures, training.listen);
  }, optionsText);
  undisturbed = await endOf(page, "undisturbed");
});

test("a run whose tab dies twice continues to the same bytes", async () => {
  const steps = await page.evaluate(async (text) => {
    const options = { ...JSON.parse(text), maxSteps: Infinity, maxDatasetSize: Infinity, saveLatestFreq: 2 };
    const reached: number[] = [];
    training.events.length = 0;
    // The first tab starts the run, each later one continues it.
    void training.api.begin("killed", options, pictures, training.listen).catch(() => {});
    for (const step of [3, 6]) {
      await training.step(step);
      training.kill();
      training = openTraining();
      const [{ step: saved }] = (await training.api.runs()).filter(({ name }) => name === "killed");
      reached.push(saved);
      // The dead tab's lock is released once the browser notices.
      while ((await training.api.runs()).some(({ busy }) => busy)) await new Promise((done) => setTimeout(done, 50));
      void training.api.continue("killed", training.listen).catch(() => {});
    }
    await training.activity("finished");
    return reached;
  }, optionsText);
  for (const step of steps) expect(step).toBeGreaterThan(0);
  const { "latest_state.safetensors": _, ...networks } = await endOf(page, "killed");
  // The state also holds the options, of which one differs.
  const { "latest_state.safetensors": __, ...expected } = undisturbed;
  expect(networks).toEqual(expected);
});

test("a run whose device is lost continues to the same bytes", async () => {
  const messages = await page.evaluate(async (text) => {
    const options = { ...JSON.parse(text), maxSteps: Infinity, maxDatasetSize: Infinity };
    const { api, events, listen, step } = training;
    events.length = 0;
    const end = api.begin("lost", options, pictures, listen);
    await step(4);
    await api.loseDevice();
    await end;
    return events.flatMap((event) => (event.kind === "message" ? [event.sentence] : []));
  }, optionsText);
  expect(messages.join("\n")).toMatch(/opens a new device and continues from step 0/);
  expect(await endOf(page, "lost")).toEqual(undisturbed);
});

test("an adjusted run keeps its adjustment, and the side that does not learn to the byte", async () => {
  const { before, after, options } = await page.evaluate(async (text) => {
    const options = { ...JSON.parse(text), maxSteps: Infinity, maxDatasetSize: Infinity };
    const { api, listen } = training;
    const end = api.begin("adjusted", options, pictures, listen);
    await api.pause();
    await api.stepOnce();
    await api.adjust({ lr: 1e-3, learning: "generators" });
    const digests = async () =>
      Promise.all(["D_A", "D_B", "G_A"].map((name) => digestOf(`runs/adjusted/latest_net_${name}.pth`)));
    await api.pause();
    const before = await digests();
    await api.resume();
    await end;
    const [listed] = (await api.runs()).filter(({ name }) => name === "adjusted");
    return { before, after: await digests(), options: { lr: listed.options.lr, learning: listed.options.learning } };
  }, optionsText);
  expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
  expect(after[2]).not.toBe(before[2]);
  expect(options).toEqual({ lr: 1e-3, learning: "generators" });
});

test("a run with full storage reports it, keeps what it had, and saves once there is room", async () => {
  const client = await page.createCDPSession();
  const { origin } = new URL(browser.address);
  await page.evaluate(async (text) => {
    const options = { ...JSON.parse(text), maxSteps: Infinity, maxDatasetSize: Infinity };
    training.events.length = 0;
    void training.api.begin("full", options, pictures, training.listen).catch(() => {});
    await training.api.pause();
  }, optionsText);
  const before = await endOf(page, "full");
  await client.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  await page.evaluate(() => training.api.stepOnce());
  await client.send("Storage.overrideQuotaForOrigin", { origin });
  const messages = await page.evaluate(() =>
    training.events.flatMap((event) => (event.kind === "message" ? [event.sentence] : [])),
  );
  expect(messages.join("\n")).toMatch(
    /The state could not be written: .* is full .*Remove a run.*what was saved before is intact/,
  );
  expect(await endOf(page, "full")).toEqual(before);
  await page.evaluate(async () => {
    await training.api.resume();
    await training.activity("finished");
  });
  expect(await endOf(page, "full")).toEqual(undisturbed);
});

test("another tab is refused, and does not touch the run", async () => {
  const other = await openTrainingPage(browser);
  await page.evaluate(async (text) => {
    const options = { ...JSON.parse(text), maxSteps: Infinity, maxDatasetSize: Infinity };
    void training.api.begin("here", options, pictures, training.listen).catch(() => {});
    await training.api.pause();
  }, optionsText);
  const told = await other.evaluate(async () => {
    const { api, listen } = training;
    const [run] = (await api.runs()).filter(({ name }) => name === "here");
    const tries = [api.continue("here", listen), api.removeRun("here"), api.givePictures("here", pictures, listen)];
    const refusals = await Promise.all(
      tries.map((done) =>
        done.then(
          () => "done",
          (error: Error) => error.message,
        ),
      ),
    );
    return { busy: run.busy, refusals };
  });
  expect(told.busy).toBe(true);
  for (const refusal of told.refusals) expect(refusal).toMatch(/^Another tab is using the run here\./);
  await page.evaluate(() => training.api.stop());
  const end = await other.evaluate(async () => {
    await training.api.continue("here", training.listen);
    return (await training.api.runs()).find(({ name }) => name === "here")!.step;
  });
  expect(end).toBe(9);
  expect(await endOf(other, "here")).toEqual(undisturbed);
  await other.close();
});

test("a file that is not a run is refused in a sentence, and leaves nothing behind", async () => {
  const state = new TextEncoder().encode("this is no state");
  const zips = {
    outside: zipSync({ "run/latest_state.safetensors": state, "../../evil": state }),
    damaged: zipSync({ "run/latest_state.safetensors": state }),
    empty: zipSync({ "run/metrics.jsonl": state }),
    text: state,
  };
  const encoded = Object.entries(zips).map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")] as const);
  const { before, after, refusals } = await page.evaluate(async (encoded) => {
    const names = async () => (await training.api.runs()).map(({ name }) => name);
    const before = await names();
    const refusals: string[] = [];
    for (const [name, base64] of encoded) {
      const file = new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], `${name}.zip`);
      refusals.push(await training.api.importRun(file).catch((error: Error) => `${error.name}: ${error.message}`));
    }
    return { before, after: await names(), refusals };
  }, encoded);
  expect(refusals[0]).toMatch(/^UserError: The zip file is refused: "\.\.\/\.\.\/evil"/);
  expect(refusals[1]).toMatch(/^UserError: damaged\.zip\/run\/latest_state\.safetensors: it is not a state/);
  expect(refusals[2]).toMatch(/^UserError: There is no run in this zip file/);
  expect(refusals[3]).toMatch(/^UserError: This is not a zip file/);
  expect(after).toEqual(before);
});

test("a failed start leaves nothing behind, and a name is used only once", async () => {
  const told = await page.evaluate(async (text) => {
    const options = { ...JSON.parse(text), maxSteps: Infinity, maxDatasetSize: Infinity };
    const { api, listen } = training;
    const message = (done: Promise<void>) =>
      done.then(
        () => "done",
        (error: Error) => error.message,
      );
    const broken = { A: [new File(["no picture"], "a.png")], B: pictures.B };
    const refusals = [
      await message(api.begin("broken", options, broken, listen)),
      await message(api.begin("../up", options, pictures, listen)),
      await message(api.begin("undisturbed", options, pictures, listen)),
      await message(api.pause()),
    ];
    return { refusals, names: (await api.runs()).map(({ name }) => name) };
  }, optionsText);
  expect(told.refusals[0]).toMatch(/1 of the 1 pictures of side A cannot be read/);
  expect(told.refusals[1]).toMatch(/"\.\.\/up" cannot be a run's name/);
  expect(told.refusals[2]).toMatch(/A run called undisturbed already exists/);
  expect(told.refusals[3]).toMatch(/No run is active/);
  expect(told.names).not.toContain("broken");
});

test("kernels are measured on request only, since this adapter is a software one", async () => {
  const begin = (name: string, tune: "auto" | "on" | "off") =>
    page.evaluate(
      async (text, name, tune) => {
        const options = { ...JSON.parse(text), maxSteps: 1, maxDatasetSize: Infinity };
        training.events.length = 0;
        await training.api.begin(name, options, pictures, training.listen, tune);
        return training.events.flatMap((event) => (event.kind === "message" ? [event.sentence] : [])).join("\n");
      },
      optionsText,
      name,
      tune,
    );
  expect(await begin("by-rule", "auto")).not.toMatch(/[Kk]ernels/);
  expect(await begin("off", "off")).not.toMatch(/[Kk]ernels/);
  // It compiles too slowly to measure a layer in this time on every machine.
  expect(await begin("measured", "on")).toMatch(/^Measuring which kernels are the fastest on .*\nKernels: /m);
});
