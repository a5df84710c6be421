// The state of the Inside view, as signals, and its requests to the worker.

import { signal, type Signal } from "@preact/signals";
import { sentenceOf } from "../parts/sentence.ts";
import { openWorker } from "../parts/worker.ts";
import type {
  Choices,
  DissectedStep,
  InsideApi,
  Judged,
  LayerInside,
  ModelSource,
  OwnFile,
  PictureSource,
  StepWeights,
  Walk,
} from "./api.ts";

/** The state of a request. The last answer stays while the next request is running. */
export interface Asked<T> {
  readonly answer: T | null;
  readonly busy: boolean;
  readonly problem: string | null;
}

function asked<T>(): Signal<Asked<T>> {
  return signal<Asked<T>>({ answer: null, busy: false, problem: null });
}

export const choices = asked<Choices>();
export const walk = asked<Walk>();
export const layer = asked<LayerInside & { readonly index: number }>();
export const dissected = asked<DissectedStep>();
export const judged = asked<Judged>();

export const model = signal<ModelSource>("");
export const picture = signal<PictureSource>("");
export const pixelArt = signal("");
export const side = signal(128);
export const layerIndex = signal(0);
export const stepWeights = signal<StepWeights>("fresh");
export const judge = signal<OwnFile | null>(null);

let api: ReturnType<typeof openWorker<InsideApi>> | undefined;

function worker() {
  return (api ??= openWorker<InsideApi>("inside", (sentence) => {
    choices.value = { ...choices.value, busy: false, problem: sentence };
  }));
}

/** Makes a request. If a newer request starts meanwhile, the answer is dropped. */
async function ask<T>(target: Signal<Asked<T>>, question: () => Promise<T>): Promise<void> {
  const waiting: Asked<T> = { answer: target.value.answer, busy: true, problem: null };
  target.value = waiting;
  try {
    const answer = await question();
    if (target.value === waiting) target.value = { answer, busy: false, problem: null };
  } catch (error) {
    if (target.value === waiting) target.value = { ...waiting, busy: false, problem: sentenceOf(error) };
  }
}

export async function open(): Promise<void> {
  if (choices.value.answer || choices.value.busy) return;
  await ask(choices, () => worker().open());
  const found = choices.peek().answer;
  if (!found) return;
  model.value = found.models[0].name;
  picture.value = found.pictures.includes("otter.jpg") ? "otter.jpg" : found.pictures[0];
  pixelArt.value = found.pixelArt.includes("village-house.png") ? "village-house.png" : found.pixelArt[0];
  // A CPU takes seconds where a GPU takes milliseconds.
  if (found.adapter.software) side.value = 64;
  await runWalk();
}

export async function runWalk(): Promise<void> {
  await ask(walk, () => worker().walk(model.value, picture.value, side.value));
  if (!walk.value.problem) await showLayer(Math.min(layerIndex.value, walk.value.answer!.layers.length - 1));
}

export async function showLayer(index: number): Promise<void> {
  layerIndex.value = index;
  await ask(layer, async () => ({ ...(await worker().layer(index)), index }));
}

export function runStep(): Promise<void> {
  return ask(dissected, () => worker().dissect(stepWeights.value, picture.value, pixelArt.value));
}

export function runJudge(): Promise<void> {
  return ask(judged, () => worker().judge(judge.value, picture.value, pixelArt.value));
}
