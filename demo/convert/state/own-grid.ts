// Pictures that are pixel art already: each that comes is looked at, one after the other, and the visitor chooses for each whether it goes onto its own grid.

import { batch, computed } from "@preact/signals";
import type { Remote } from "comlink";
import type { GridApi } from "../../parts/grid-api.ts";
import { sentenceOf } from "../../parts/sentence.ts";
import { openWorker } from "../../parts/worker.ts";
import { findingSentence } from "../grid-words.ts";
import { queue } from "./drawing.ts";
import { model } from "./model.ts";
import { pictures, type Picture } from "./pictures.ts";
import { refreshThumbnails } from "./thumbnails.ts";
import { say, worker } from "./worker.ts";

let opened: Remote<GridApi> | undefined;

export function gridWorker(): Remote<GridApi> {
  return (opened ??= openWorker<GridApi>("grid", (sentence) => say("error", sentence)));
}

let lastLook: Promise<unknown> = Promise.resolve();

/** Looks for the grids of pictures that have come. */
export function look(those: readonly Picture[]): void {
  for (const picture of those) {
    lastLook = lastLook.then(async () => {
      if (!pictures.value.includes(picture)) return;
      try {
        picture.finding.value = await gridWorker().find(picture.file);
      } catch {
        // It cannot be read, which the list says where it is to be converted.
      }
    });
  }
}

/** Those that could go onto their grids, and have not. */
export const offered = computed(() =>
  pictures.value.filter(({ finding, isOnGrid }) => {
    const found = finding.value;
    return !isOnGrid.value && found?.cells && findingSentence(found) !== null;
  }),
);

/** Pictures are taken onto their own grids; the network has no part in them any more. */
export async function snap(those: readonly Picture[]): Promise<void> {
  try {
    const remote = await worker();
    for (const picture of those) {
      const { cells, place } = picture.finding.value!;
      await remote.useOwnGrid(picture.id, { cells: cells!, place });
      batch(() => {
        picture.isOnGrid.value = true;
        picture.state.value = { kind: "done" };
      });
      queue.remove(picture);
    }
    refreshThumbnails(those);
  } catch (error) {
    say("error", sentenceOf(error));
  }
}

/** Has the network draw a picture after all, unless it has. */
export async function convertInstead(picture: Picture): Promise<void> {
  await (await worker()).useOwnGrid(picture.id, null);
  batch(() => {
    picture.isOnGrid.value = false;
    if (picture.painted.value === null) picture.state.value = { kind: "waiting" };
  });
  // Without a model it waits for one with the others.
  if (picture.painted.value === null && model.value.kind === "ready") queue.add([picture], "first");
  refreshThumbnails([picture]);
}
