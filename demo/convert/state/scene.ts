// The contents of the stage: the selected picture before and after. They follow its state and every
// slider.

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
  /** The picture's id. The stage fits a new picture to its box. */
  readonly id: number | "camera";
  /** One bitmap per frame. */
  readonly before: readonly ImageBitmap[];
  readonly after: Art | null;
}

export const scene = signal<Scene | null>(null);
/** Whether the stage shows the camera instead of a picture. */
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

/** The source from which the scene's bitmaps were made. */
let shownSource: SourcePicture | OwnGrid | null = null;

/** Puts a scene on the stage, and closes bitmaps that are no longer shown. */
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
  // Only completion matters here, not the progress.
  const isDone = picture.state.value.kind === "done";
  if (picture.source.value || isDone) refreshScene({ picture, options });
});
