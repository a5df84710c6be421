// What is on the stage: the picture that is selected, before and after. It follows how far that is, and every slider.

import { effect, signal } from "@preact/signals";
import type { OwnGrid } from "../../parts/grid-api.ts";
import { sentenceOf } from "../../parts/sentence.ts";
import type { Art, ArtOptions, SourcePicture } from "../api.ts";
import { latestOnly } from "../latest.ts";
import { artOptions } from "../settings.ts";
import { gridWorker } from "./own-grid.ts";
import { filesOf, pictures, selected, type Picture } from "./pictures.ts";
import { say, worker } from "./worker.ts";

/** A picture before and after, as the stage shows it. */
export interface Scene {
  /** Of the picture; the stage fits what is new to it. */
  readonly id: number | "camera";
  /** Of each frame. */
  readonly before: readonly ImageBitmap[];
  readonly after: Art | null;
}

export const scene = signal<Scene | null>(null);
/** The stage then shows no picture of the list. */
export const cameraHasStage = signal(false);

const refreshScene = latestOnly(
  async ({ picture, options }: { readonly picture: Picture; readonly options: ArtOptions }) => {
    try {
      const remote = await worker();
      const isOnGrid = picture.isOnGrid.value;
      const source = isOnGrid ? picture.finding.value : picture.source.value;
      if (shownSource !== source) {
        const before = await (isOnGrid ? gridWorker().picture(filesOf(picture)) : remote.source(picture.id));
        if (cameraHasStage.value) return closeAll(before);
        show({ id: picture.id, before, after: null });
        shownSource = source;
      }
      if (picture.state.value.kind !== "done") return;
      const after = await remote.art(picture.id, options);
      if (scene.value?.id === picture.id) show({ ...scene.value, after });
      else closeAll(after.bitmaps);
    } catch (error) {
      if (pictures.value.includes(picture)) say("error", sentenceOf(error));
    }
  },
);

/** What the scene's picture was read as. */
let shownSource: SourcePicture | OwnGrid | null = null;

/** Puts a scene on the stage; bitmaps that are on it no longer are given back. */
export function show(next: Scene | null): void {
  const old = scene.value;
  scene.value = next;
  if (old && old.before !== next?.before) closeAll(old.before);
  if (old?.after && old.after !== next?.after) closeAll(old.after.bitmaps);
}

function closeAll(bitmaps: readonly ImageBitmap[]): void {
  for (const bitmap of bitmaps) bitmap.close();
}

effect(() => {
  const picture = selected.value;
  const options = artOptions.value;
  if (!picture || cameraHasStage.value) {
    shownSource = null;
    if (!cameraHasStage.value) show(null);
    return;
  }
  void picture.isOnGrid.value;
  // A share of the work changes nothing to be seen here.
  const isDone = picture.state.value.kind === "done";
  if (picture.source.value || isDone) refreshScene({ picture, options });
});
