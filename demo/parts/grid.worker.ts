// The worker that finds the grids that pictures already have, on the CPU.

import { expose, transfer } from "comlink";
import type { Animation } from "../../src/data/animation.ts";
import type { Image } from "../../src/data/image.ts";
import { middleOf } from "../../src/data/preprocess.ts";
import { examine } from "../../src/dataset/audit/judge.ts";
import type { AuditVerdict } from "../../src/dataset/audit/row.ts";
import { findGrid, type GridFinding } from "../../src/pixelart/grid/detect.ts";
import { framesOnGrid, gridOfFrames } from "../../src/pixelart/grid/sequence.ts";
import { decodeAnimation } from "../../src/platform/animations.browser.ts";
import { checkFrames } from "./frame-limit.ts";
import type { GridApi, OwnGrid, Place } from "./grid-api.ts";

/**
 * A full phone photo would take seconds and a gigabyte. For longer sides, the middle decides
 * whether the whole is examined.
 */
const mostSide = 2048;

let stopped = new AbortController();

const api: GridApi = {
  async find(file) {
    const { delays, loops, frames } = await decodeAnimation(file);
    const first = await firstOf(frames);
    const found = delays.length > 1 ? await gridOfFrames(delays.length, frames) : findInMiddleFirst(first);
    const { verdict, cuts, cell, size, confidence } = found;
    const looksLike = verdict === "none" ? "photo" : likenessOf(examine(first, found).verdict);
    const grid = verdict === "none" || verdict === "native" ? null : { verdict, cuts };
    return { verdict, cell, size, confidence, looksLike, grid, timing: { delays, loops } };
  },

  async snap(file, grid, onShare) {
    stopped = new AbortController();
    const { signal } = stopped;
    const { delays, loops, frames } = await decodeAnimation(file);
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

  async picture(file) {
    const { delays, width, height, frames } = await decodeAnimation(file);
    checkFrames(file.name, delays.length, width, height, false);
    const bitmaps: ImageBitmap[] = [];
    for await (const { data, width, height } of frames())
      bitmaps.push(await createImageBitmap(new ImageData(data, width, height)));
    return transfer(bitmaps, bitmaps);
  },
};

async function firstOf(frames: Animation["frames"]): Promise<Image> {
  for await (const frame of frames()) return frame;
  throw new Error("There is no frame.");
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
