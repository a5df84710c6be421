// The current model, and how it is loaded.

import { batch, signal } from "@preact/signals";
import { proxy } from "comlink";
import type { Precision } from "../../../src/kernels/core/operation.ts";
import type { ModelCard } from "../../../src/platform/models/model-card.ts";
import type { ModelDescription } from "../../parts/model.ts";
import type { FileNetworks } from "../../parts/own-network.ts";
import { isAbort, sentenceOf } from "../../parts/sentence.ts";
import { precision, suit } from "../settings.ts";
import { drawAll, queue } from "./drawing.ts";
import { message, say, worker } from "./worker.ts";

export type ModelState =
  | { readonly kind: "loading"; readonly name: string; readonly share: number | null }
  /** `reason` says why the model was chosen automatically. */
  | { readonly kind: "ready"; readonly description: ModelDescription; readonly reason: string | null }
  | { readonly kind: "failed"; readonly sentence: string };

export const model = signal<ModelState>({ kind: "loading", name: "", share: null });
export const cards = signal<readonly ModelCard[]>([]);

let begun = false;

/** Opens the worker and the default model. Further calls do nothing. */
export async function begin(): Promise<void> {
  if (begun) return;
  begun = true;
  try {
    cards.value = await (await worker()).models();
    model.value = { kind: "loading", name: cards.value[0].name, share: null };
    const onShare = proxy((name: string, share: number | null) => (model.value = { kind: "loading", name, share }));
    const { description, sentence } = await (await worker()).useFastEnough(onShare);
    adopt(description, sentence);
  } catch (error) {
    if (isAbort(error)) return; // the visitor chose another model meanwhile
    begun = false;
    model.value = { kind: "failed", sentence: sentenceOf(error) };
  }
}

export async function chooseBundled(name: string): Promise<void> {
  queue.cancel();
  model.value = { kind: "loading", name, share: null };
  try {
    const onShare = proxy((share: number | null) => (model.value = { kind: "loading", name, share }));
    adopt(await (await worker()).useBundled(name, onShare));
  } catch (error) {
    model.value = { kind: "failed", sentence: sentenceOf(error) };
  }
}

export async function choosePrecision(value: Precision): Promise<void> {
  precision.value = value;
  queue.cancel();
  try {
    await (await worker()).usePrecision(value);
    redraw();
  } catch (error) {
    say("error", sentenceOf(error));
  }
}

/** Draws all pictures again. Without a model they wait for it. */
export function redraw(): void {
  if (model.value.kind === "ready") drawAll();
}

/** The visitor's checkpoint that contains the current model, and its networks. */
export const ownFile = signal<{ readonly file: File; readonly networks: FileNetworks } | null>(null);

/**
 * Loads the visitor's checkpoint. A bad one changes nothing.
 *
 * @param key the network in it; by default the first generator
 */
export async function chooseFile(file: File, key?: string): Promise<void> {
  const before = model.value;
  message.value = null;
  model.value = { kind: "loading", name: file.name, share: null };
  try {
    const description = await (await worker()).useFile(file, key);
    adopt(description);
    ownFile.value = { file, networks: description.networks };
  } catch (error) {
    model.value = before;
    say("error", sentenceOf(error));
  }
}

function adopt(description: ModelDescription, reason: string | null = null): void {
  batch(() => {
    model.value = { kind: "ready", description, reason };
    ownFile.value = null;
    suit(description);
  });
  drawAll();
}
