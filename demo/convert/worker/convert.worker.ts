// The Convert view's worker: files in, bitmaps and PNGs out.

import { expose, transfer } from "comlink";
import { Zip, ZipPassThrough } from "fflate";
import { UserError } from "../../../src/errors.ts";
import type { Image } from "../../../src/picture/image.ts";
import { fitWithin } from "../../../src/picture/resize.ts";
import { chooseBySpeed } from "../../../src/pixelart/model-speed.ts";
import { maximumPaletteBytes, readPalette } from "../../../src/pixelart/palettes/read.ts";
import { defaultModel, lightModel } from "../../../src/platform/models/model-card.ts";
import { decodeNumbers } from "../../../src/platform/pictures/images.browser.ts";
import { bundledBytes, bundledModels } from "../../parts/bundled-models.ts";
import type { OwnCells } from "../../parts/grid-api.ts";
import type { ModelDescription } from "../../parts/model.ts";
import { checkpointBytes, readModel } from "../../parts/model.ts";
import { openPicture } from "../../parts/picture-files.ts";
import type { Art, ArtOptions, ConvertApi, SavedPicture } from "../api.ts";
import { compileGrid } from "./compile-grid.ts";
import { Engine, type Made } from "./engine.ts";
import { animationFile, encodedAnimation, pngOf, suitsGif } from "./files.ts";
import { Network } from "./network.ts";

/** This script is served as workers/convert.js. */
const weights = new URL("../weights/", self.location.href).href;

/** Pixels of a thumbnail's longer side. */
const thumbnailSide = 192;

let network: Network;
let engine: Engine;
/** Counts the models that the visitor chose. They take precedence over the automatic choice. */
let askedFor = 0;

const api: ConvertApi = {
  async open(onNews) {
    network = new Network(onNews);
    engine = new Engine(network);
    const gpu = await network.openGpu();
    compileGrid(gpu);
    return gpu.adapter;
  },

  models: () => bundledModels(weights),

  async useBundled(name, onShare) {
    askedFor++;
    return useBundled(name, onShare);
  },

  async useFastEnough(onShare) {
    const before = askedFor;
    const unlessAsked = () => {
      if (askedFor !== before) throw new DOMException("another model was chosen", "AbortError");
    };
    const used: ModelDescription[] = [];
    const use = async (name: string) => {
      unlessAsked();
      used.push(await useBundled(name, (share) => onShare(name, share)));
    };
    const { software } = (await network.openGpu()).adapter;
    const { name, sentence } = await chooseBySpeed(defaultModel, lightModel, software, async (name) => {
      await use(name);
      return network.secondsAPicture();
    });
    if (used.at(-1)!.name !== name) await use(name);
    unlessAsked();
    return { description: used.at(-1)!, sentence };
  },

  async useFile(file, key) {
    const model = readModel(file.name, await checkpointBytes(file), { key });
    askedFor++;
    await engine.use(model);
    return model.description;
  },

  usePrecision: (precision) => engine.usePrecision(precision),

  async read(id, picture, longestSide) {
    let warning: string | null = null;
    const full = await openPicture(picture, { onWarning: (sentence) => (warning = sentence) });
    const source = await engine.read(id, picture.name, full, longestSide);
    const { width, height } = source;
    const { width: fullWidth, height: fullHeight, delays, loops } = full;
    const thumbnail = await bitmapOf(fitWithin(source, thumbnailSide));
    const timing = { delays, loops };
    return transfer({ thumbnail, width, height, fullWidth, fullHeight, timing, warning }, [thumbnail]);
  },

  async source(id) {
    const bitmaps: ImageBitmap[] = [];
    for await (const frame of engine.source(id)) bitmaps.push(await bitmapOf(frame));
    return transfer(bitmaps, bitmaps);
  },

  async draw(id, onShare) {
    const start = performance.now();
    await engine.draw(id, rarely(onShare));
    return (performance.now() - start) / 1000;
  },

  stop: async (id) => engine.stop(id),
  forget: async (id) => engine.forget(id),

  async art(id, options, only) {
    const own = engine.ownGrid(id);
    const art = await describeArt(await engine.art(id, options, only), options, own);
    return transfer(art, [...art.bitmaps]);
  },

  useOwnGrid: async (id, own) => engine.useOwnGrid(id, own),

  async readPalette(file) {
    if (file.size > maximumPaletteBytes) throw new UserError(`${file.name}: it is too large for a palette.`);
    return readPalette(new Uint8Array(await file.arrayBuffer()), file.name, decodeNumbers);
  },
  sharedPalette: (ids, options, search) => engine.sharedPalette(ids, options, search),

  async png(id, options) {
    return new Blob([await pngOf(await engine.art(id, options))], { type: "image/png" });
  },

  async animation(picture, options, file, frameNames, onShare) {
    return animationFile(await saved(picture, options), file, picture.name, frameNames, rarely(onShare));
  },

  async zip(pictures, options, onShare) {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const zip = new Zip((error, part) => {
      if (error) throw error;
      parts.push(part as Uint8Array<ArrayBuffer>);
    });
    for (const [i, picture] of pictures.entries()) {
      const made = await saved(picture, options);
      const kind = made.timing.delays.length > 1 && suitsGif(made) ? "gif" : "png";
      // The files are compressed already.
      const file = new ZipPassThrough(picture.name.replace(/png$/, kind));
      zip.add(file);
      file.push(made.timing.delays.length > 1 ? await encodedAnimation(made, kind) : await pngOf(made), true);
      onShare((i + 1) / pictures.length);
    }
    zip.end();
    return new Blob(parts, { type: "application/zip" });
  },

  async frame(bitmap, options) {
    const start = performance.now();
    const image = pixelsOf(bitmap);
    const { image: after, palette } = await engine.convert(image, options);
    const { width, height } = after;
    const made = { frames: [after], palette, timing: { delays: [0], loops: 1 }, width, height };
    const art = { ...(await describeArt(made, options)), seen: { width, height } };
    return transfer({ source: bitmap, art, seconds: (performance.now() - start) / 1000 }, [bitmap, ...art.bitmaps]);
  },
};

async function saved({ id, delay }: SavedPicture, options: ArtOptions): Promise<Made> {
  const made = await engine.art(id, options);
  if (delay === undefined) return made;
  const { delays, loops } = made.timing;
  return { ...made, timing: { delays: delays.map(() => delay), loops } };
}

async function useBundled(name: string, onShare: (share: number | null) => void): Promise<ModelDescription> {
  const card = (await bundledModels(weights)).find((card) => card.name === name);
  if (!card) throw new Error(`There is no bundled model called ${name}.`);
  const model = await bundledBytes(weights, card, onShare, (bytes) => readModel(name, bytes, { card }));
  await engine.use(model);
  return model.description;
}

/** @param own the cells of a picture that is snapped to its own grid */
async function describeArt(
  made: Omit<Made, "atScale">,
  { grid }: ArtOptions,
  own: OwnCells | undefined = undefined,
): Promise<Art> {
  const { frames, palette = null, width, height } = made;
  const bitmaps: ImageBitmap[] = [];
  for (const frame of frames) bitmaps.push(await bitmapOf(frame));
  const shown = { bitmaps, width, height, palette, suitsGif: suitsGif(made) };
  const [columns, rows] = [frames[0].width, frames[0].height];
  if (own)
    return { ...shown, seen: { width: columns, height: rows }, place: own.place, cell: own.place.width / columns };
  // Pixels of the source per pixel of the saved file.
  const pixels = grid ? grid.cell / grid.scale : 1;
  const cell = grid?.cell ?? 1;
  const place = { left: 0, top: 0, width: pixels * width, height: pixels * height };
  return { ...shown, seen: { width: place.width / cell, height: place.height / cell }, place, cell };
}

function bitmapOf({ data, width, height }: Image): Promise<ImageBitmap> {
  return createImageBitmap(new ImageData(data, width, height));
}

function pixelsOf(bitmap: ImageBitmap): Image {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, data: new Uint8ClampedArray(data), hasAlpha: false };
}

/** Limits the calls to about a dozen a second, since each is a message to the page. */
function rarely(onShare: (share: number) => void): (share: number) => void {
  let last = -Infinity;
  return (share) => {
    if (performance.now() - last < 80 && share < 1) return;
    last = performance.now();
    onShare(share);
  };
}

expose(api);
