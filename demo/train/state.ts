// The page's training session and its form for a new run. They live as long as the page, so both
// are unchanged after a visit to another view.

import { effect, signal } from "@preact/signals";
import type { Remote } from "comlink";
import { askToPersist } from "../../src/platform/training/storage.browser.ts";
import { fetched } from "../parts/fetched.ts";
import type { GridApi } from "../parts/grid-api.ts";
import { gpu } from "../parts/shell-state.ts";
import { openWorker } from "../parts/worker.ts";
import type { TrainingApi } from "./api.ts";
import { TrainingSession } from "./session.ts";
import { CellSizes } from "./start/cell-sizes.ts";
import { NewRun, type SampleSet } from "./start/new-run.ts";

const worker = openWorker<TrainingApi>("train", (sentence) => (session.trouble.value = sentence));

export const session = new TrainingSession(worker);
export const newRun = new NewRun(worker);

let grids: Remote<GridApi> | undefined;

/** The pixel sizes of the visitor's pictures for side B. */
export const cellSizes = new CellSizes((file) => {
  grids ??= openWorker<GridApi>("grid", (sentence) => (session.trouble.value = sentence));
  return grids.find({ name: file.name, files: [file] });
});

/** The current time, for texts such as "12 s ago". It advances while the view is shown. */
export const now = signal(Date.now());

export function keepTime(): () => void {
  now.value = Date.now();
  const timer = setInterval(() => (now.value = Date.now()), 1000);
  return () => clearInterval(timer);
}

let opened = false;

/** Call when the view is first shown. */
export async function open(): Promise<void> {
  if (opened) return;
  opened = true;
  addEventListener("beforeunload", (event) => {
    if (session.wouldLoseWork) event.preventDefault();
  });
  // Ask the browser not to evict the run.
  effect(() => {
    if (session.current.value) void askToPersist();
  });
  effect(() => void cellSizes.check(newRun.files.value.B));
  // Another tab may have started or ended a run.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !session.current.value) void session.listRuns();
  });
  const samples = listSamples();
  await session.open();
  newRun.samples.value = await samples;
  if (!newRun.samples.value) {
    session.trouble.value ??= "The sample set could not be loaded. Reload the page, or train on your own pictures.";
  }
  newRun.proposeName(session.runs.value ?? []);
  const found = gpu.value;
  await newRun.plan(found.state === "there" && found.adapter.software);
}

/** Null if it cannot be loaded. */
async function listSamples(): Promise<SampleSet | null> {
  try {
    const response = await fetched("samples/train/index.json");
    const names = (await response.json()) as { readonly A: readonly string[]; readonly B: readonly string[] };
    return {
      A: names.A.map((name) => `samples/train/trainA/${name}`),
      B: names.B.map((name) => `samples/train/trainB/${name}`),
    };
  } catch {
    return null;
  }
}
