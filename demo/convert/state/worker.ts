// The Convert view's worker, and its message to the visitor.

import { signal } from "@preact/signals";
import { proxy, type Remote } from "comlink";
import { openWorker } from "../../parts/worker.ts";
import type { ConvertApi } from "../api.ts";

export interface Message {
  readonly tone: "plain" | "warning" | "error" | "good";
  readonly sentence: string;
}

export const message = signal<Message | null>(null);

export function say(tone: Message["tone"], sentence: string): void {
  message.value = { tone, sentence };
}

let opened: Promise<Remote<ConvertApi>> | undefined;

/** Opens the worker on the first call. After a failure the next call tries again. */
export function worker(): Promise<Remote<ConvertApi>> {
  if (!opened) {
    const opening = (opened = open());
    opening.catch(() => opened === opening && (opened = undefined));
  }
  return opened;
}

async function open(): Promise<Remote<ConvertApi>> {
  const remote = openWorker<ConvertApi>("convert", (sentence) => say("error", sentence));
  await remote.open(proxy((sentence) => say("warning", sentence)));
  return remote;
}
