// Finds pictures that are pixel art already. Each new picture is checked in turn, and the visitor
// chooses whether to snap it to its own grid.

import { batch, computed } from "@preact/signals";
import { proxy, type Remote } from "comlink";
import type { GridApi } from "../../parts/grid-api.ts";
import { isAbort, sentenceOf } from "../../parts/sentence.ts";
import { openWorker } from "../../parts/worker.ts";
import { findingSentence } from "../grid-words.ts";
import { queue } from "./drawing.ts";
import { model } from "./model.ts";
import { filesOf, pictures, snapping, type Picture } from "./pictures.ts";
import { refreshThumbnails } from "./thumbnails.ts";
import { say, worker } from "./worker.ts";

let opened: Remote<GridApi> | undefined;

export function gridWorker(): Remote<GridApi> {
  return (opened ??= openWorker<GridApi>("grid", (sentence) => say("error", sentence)));
}

let lastLook: Promise<unknown> = Promise.resolve();

/** Looks for the grids of new pictures. */
export function look(those: readonly Picture[]): void {
  for (const picture of those) {
    lastLook = lastLook.then(async () => {
      if (!pictures.value.includes(picture)) return;
      try {
        picture.finding.value = await gridWorker().find(filesOf(picture));
      } catch {
        // The file cannot be read; converting it reports the error.
      }
    });
  }
}

/** The pictures that could be snapped to their grids, and are not yet. */
export const offered = computed(() =>
  pictures.value.filter(({ finding, isOnGrid }) => {
    const found = finding.value;
    return !isOnGrid.value && found?.grid && findingSentence(found) !== null;
  }),
);

/** Snaps pictures to their own grids, and removes them from the network's queue. */
export async function snap(those: readonly Picture[]): Promise<void> {
  for (const picture of those) queue.remove(picture);
  for (const picture of those) {
    const { state, id, isOnGrid } = picture;
    const before = state.value;
    const onShare = proxy((share: number) => {
      if (snapping.value === picture) state.value = { kind: "working", share };
    });
    snapping.value = picture;
    state.value = { kind: "working", share: null };
    try {
      const own = await gridWorker().snap(filesOf(picture), picture.finding.value!.grid!, onShare);
      await (await worker()).useOwnGrid(id, own);
      batch(() => {
        isOnGrid.value = true;
        state.value = { kind: "done" };
      });
      refreshThumbnails([picture]);
    } catch (error) {
      state.value = picture.painted.value === null ? { kind: "cancelled" } : before;
      if (isAbort(error)) break;
      say("error", sentenceOf(error));
    } finally {
      snapping.value = undefined;
    }
  }
}

/** Stops snapping or converting a picture. */
export function stop(picture: Picture): void {
  if (snapping.value === picture) void gridWorker().stop();
  else queue.remove(picture);
}

/** Returns a snapped picture to the network, which draws it unless it already has. */
export async function convertInstead(picture: Picture): Promise<void> {
  await (await worker()).useOwnGrid(picture.id, null);
  batch(() => {
    picture.isOnGrid.value = false;
    if (picture.painted.value === null) picture.state.value = { kind: "waiting" };
  });
  // Without a model it waits like the others.
  if (picture.painted.value === null && model.value.kind === "ready") queue.add([picture], "first");
  refreshThumbnails([picture]);
}
