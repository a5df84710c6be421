// The worker that finds the grids that pictures already have, on the CPU.

import { expose, transfer } from "comlink";
import { examine } from "../../src/dataset/audit/judge.ts";
import type { AuditVerdict } from "../../src/dataset/audit/row.ts";
import { countDistinct } from "../../src/distinct.ts";
import type { Animation } from "../../src/picture/animation.ts";
import { seenPixels, type Image } from "../../src/picture/image.ts";
import { middleOf } from "../../src/picture/preprocess.ts";
import { findGrid, isLookedAt, type GridFinding } from "../../src/pixelart/grid/detect.ts";
import { framesOnGrid, gridOfFrames } from "../../src/pixelart/grid/sequence.ts";
import { checkFrames } from "./frame-limit.ts";
import type { GridApi, OwnGrid, Place } from "./grid-api.ts";
import { openPicture } from "./picture-files.ts";

/**
 * A full phone photo would take seconds and a gigabyte. For longer sides, the middle decides
 * whether the whole is examined.
 */
const mostSide = 2048;

let stopped = new AbortController();

const api: GridApi = {
  async find(picture) {
    const { delays, loops, frames } = await openPicture(picture);
    const telling = await tellingFrame(delays.length, frames);
    const found = delays.length > 1 ? await gridOfFrames(delays.length, frames) : findInMiddleFirst(telling);
    const { verdict, cuts, cell, size, confidence } = found;
    const looksLike = verdict === "none" ? "photo" : likenessOf(examine(telling, found).verdict);
    const grid = verdict === "none" || verdict === "native" ? null : { verdict, cuts };
    return { verdict, cell, size, confidence, looksLike, grid, timing: { delays, loops } };
  },

  async snap(picture, grid, onShare) {
    stopped = new AbortController();
    const { signal } = stopped;
    const { delays, loops, frames } = await openPicture(picture);
    async function* stoppable() {
      for await (const frame of frames()) {
        // Lets a call of `stop` arrive between frames.
        await new Promise((resolve) => setTimeout(resolve));
        signal.throwIfAborted();
        yield frame;
      }
    }
    const cells = await framesOnGrid(grid, delays.length, stoppable, onShare);
    return transfer(
      { cells, place: placeOf(grid), timing: { delays, loops } },
      cells.map(({ data }) => data.buffer),
    );
  },

  stop: async () => stopped.abort(new DOMException("stopped", "AbortError")),

  async picture(picture) {
    const { delays, width, height, frames } = await openPicture(picture);
    checkFrames(picture.name, delays.length, width, height, false);
    const bitmaps: ImageBitmap[] = [];
    for await (const { data, width, height } of frames())
      bitmaps.push(await createImageBitmap(new ImageData(data, width, height)));
    return transfer(bitmaps, bitmaps);
  },
};

/**
 * The frame with the most colours out of four evenly spaced ones: an animation may begin in black.
 */
async function tellingFrame(count: number, frames: Animation["frames"]): Promise<Image> {
  let best: { readonly frame: Image; readonly colours: number } | undefined;
  let place = 0;
  for await (const frame of frames()) {
    if (!isLookedAt(place++, count, 4)) continue;
    const colours = count > 1 ? countDistinct(seenPixels(frame)) : 0;
    if (!best || colours > best.colours) best = { frame, colours };
  }
  if (!best) throw new Error("There is no frame.");
  return best.frame;
}

function findInMiddleFirst(image: Image): GridFinding {
  const middle = middleOf(image, mostSide);
  const found = findGrid([middle]);
  return middle === image || found.verdict === "none" || found.verdict === "native" ? found : findGrid([image]);
}

function likenessOf(verdict: AuditVerdict): OwnGrid["looksLike"] {
  return verdict === "not-pixel-art" ? "photo" : verdict === "naive-conversion" ? "shrunk photo" : "art";
}

function placeOf({ cuts: { x, y } }: Pick<GridFinding, "cuts">): Place {
  return { left: x[0], top: y[0], width: x[x.length - 1] - x[0], height: y[y.length - 1] - y[0] };
}

expose(api);
