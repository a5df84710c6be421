// The worker that finds the grids that pictures have already, on the processor alone.

import { expose, transfer } from "comlink";
import type { Image } from "../../src/data/image.ts";
import { middleOf } from "../../src/data/preprocess.ts";
import { examine } from "../../src/dataset/audit/judge.ts";
import type { AuditVerdict } from "../../src/dataset/audit/row.ts";
import { findGrid, type GridFinding } from "../../src/pixelart/grid/detect.ts";
import { decodeImage } from "../../src/platform/images.browser.ts";
import type { GridApi, OwnGrid, Place } from "./grid-api.ts";

/** A phone's photo would take seconds, and a gigabyte: of pictures with a longer side the middle tells whether the whole is worth it. */
const mostSide = 2048;

const api: GridApi = {
  async find(file) {
    const image = await decodeImage(file);
    const grid = findInMiddleFirst(image);
    const { verdict, cell, size, confidence } = grid;
    const examined = verdict === "none" ? null : examine(image, grid);
    const cells = examined && verdict !== "native" ? examined.cells : null;
    const looksLike = examined ? likenessOf(examined.verdict) : "photo";
    const found = { verdict, cell, size, confidence, looksLike, cells, place: placeOf(grid) };
    return transfer(found, cells ? [cells.data.buffer] : []);
  },

  async picture(file) {
    const { data, width, height } = await decodeImage(file);
    const bitmap = await createImageBitmap(new ImageData(data, width, height));
    return transfer(bitmap, [bitmap]);
  },
};

function findInMiddleFirst(image: Image): GridFinding {
  const middle = middleOf(image, mostSide);
  const found = findGrid([middle]);
  return middle === image || found.verdict === "none" || found.verdict === "native" ? found : findGrid([image]);
}

function likenessOf(verdict: AuditVerdict): OwnGrid["looksLike"] {
  return verdict === "not-pixel-art" ? "photo" : verdict === "naive-conversion" ? "shrunk photo" : "art";
}

function placeOf({ cuts: { x, y } }: GridFinding): Place {
  return { left: x[0], top: y[0], width: x[x.length - 1] - x[0], height: y[y.length - 1] - y[0] };
}

expose(api);
