// Updates the thumbnails of the list when the sliders have come to rest.

import { effect } from "@preact/signals";
import { latestOnly } from "../latest.ts";
import { artOptions } from "../settings.ts";
import { pictures, type Picture } from "./pictures.ts";
import { worker } from "./worker.ts";

const stale = new Set<Picture>();
const drawStale = latestOnly(async () => {
  const remote = await worker();
  for (const picture of stale) {
    stale.delete(picture);
    if (picture.state.value.kind !== "done") continue;
    try {
      const { grid, own } = artOptions.value;
      const small = { grid: grid && { ...grid, scale: 1 }, own: { ...own, scale: 1 } };
      const { bitmaps } = await remote.art(picture.id, small, "first");
      const [bitmap] = bitmaps;
      picture.thumbnail.value?.close();
      picture.thumbnail.value = bitmap;
    } catch {
      // The picture was removed meanwhile, or memory ran out, which the stage reports.
    }
  }
});

export function refreshThumbnails(those: readonly Picture[]): void {
  for (const picture of those) stale.add(picture);
  drawStale(undefined);
}

let rest: ReturnType<typeof setTimeout> | undefined;
effect(() => {
  void artOptions.value;
  clearTimeout(rest);
  rest = setTimeout(() => refreshThumbnails(pictures.value), 500);
});
