// Runs the network on one picture after another, the selected one first.

import { signal } from "@preact/signals";
import { proxy } from "comlink";
import { isAbort, sentenceOf } from "../../parts/sentence.ts";
import { makeQueue, type QueueProgress } from "../queue.ts";
import { longestSide } from "../settings.ts";
import { filesOf, pictures, selected, snapping, type Picture } from "./pictures.ts";
import { refreshThumbnails } from "./thumbnails.ts";
import { say, worker } from "./worker.ts";

export const progress = signal<QueueProgress | null>(null);

export const queue = makeQueue<Picture>({
  async work(picture, onShare, signal) {
    const { id, source, state, painted } = picture;
    const remote = await worker();
    signal.addEventListener("abort", () => void remote.stop(id));
    const read = await remote.read(id, filesOf(picture), longestSide.value);
    source.value?.thumbnail.close();
    source.value = read;
    if (read.warning !== null) say("warning", read.warning);
    signal.throwIfAborted();
    painted.value = await remote.draw(id, proxy(onShare));
    state.value = { kind: "done" };
  },
  onBegin: ({ state }) => (state.value = { kind: "working", share: null }),
  onShare: ({ state }, share) => (state.value = { kind: "working", share }),
  onEnd(picture, end) {
    // The picture was snapped to its own grid meanwhile.
    if (picture.isOnGrid.value || snapping.value === picture) return;
    if (end === "cancelled") picture.state.value = { kind: "cancelled" };
    else if (end === "done") refreshThumbnails([picture]);
    else if (isAbort(end.error)) picture.state.value = { kind: "cancelled" };
    else picture.state.value = { kind: "failed", sentence: sentenceOf(end.error) };
  },
  onProgress: (now) => (progress.value = now.ended < now.total ? now : null),
});

/** Draws all pictures again, after a change of model or size. The selected picture comes first. */
export function drawAll(): void {
  queue.cancel();
  for (const { painted } of pictures.value) painted.value = null;
  const toDraw = pictures.value.filter(({ isOnGrid }) => !isOnGrid.value);
  for (const { state } of toDraw) state.value = { kind: "waiting" };
  queue.add(toDraw);
  if (selected.value && toDraw.includes(selected.value)) queue.add([selected.value], "first");
}

export function again(picture: Picture): void {
  picture.state.value = { kind: "waiting" };
  queue.add([picture], "first");
}
