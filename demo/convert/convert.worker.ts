// The worker of the view that converts: files in, bitmaps and PNGs out.

import { expose, transfer } from "comlink";
import { Zip, ZipPassThrough } from "fflate";
import type { Image } from "../../src/data/image.ts";
import { fitWithin } from "../../src/data/resize.ts";
import { UserError } from "../../src/errors.ts";
import { chooseBySpeed } from "../../src/pixelart/model-speed.ts";
import { encodeIndexed } from "../../src/pixelart/palettes/indexed.ts";
import { maximumPaletteBytes, readPalette } from "../../src/pixelart/palettes/read.ts";
import type { PixelArt } from "../../src/pixelart/pixelate.ts";
import { decodeImage, decodeNumbers, encodePng } from "../../src/platform/images.browser.ts";
import { defaultModel, lightModel } from "../../src/platform/model-card.ts";
import type { Art, ArtOptions, ConvertApi, ModelDescription, OwnCells } from "./api.ts";
import { bundledBytes, bundledModels } from "./bundled.ts";
import { Engine } from "./engine.ts";
import { checkpointBytes, readModel } from "./model.ts";

/** This script is workers/convert.js beside the page. */
const weights = new URL("../weights/", self.location.href).href;

/** Pixels of a thumbnail's longer side. */
const thumbnailSide = 192;

let engine: Engine;
/** Models that the visitor asked for: what is chosen without being asked for gives way to them. */
let askedFor = 0;

const api: ConvertApi = {
  async open(onNews) {
    engine = new Engine(onNews);
    return (await engine.openGpu()).adapter;
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
    const { name, sentence } = await chooseBySpeed(defaultModel, lightModel, async (name) => {
      await use(name);
      return engine.secondsAPicture();
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

  async read(id, file, longestSide) {
    let warning: string | null = null;
    const full = await decodeImage(file, { onWarning: (sentence) => (warning = `${file.name}: ${sentence}`) });
    const source = engine.read(id, full, longestSide);
    const { width, height } = source;
    const thumbnail = await bitmapOf(fitWithin(source, thumbnailSide));
    return transfer({ thumbnail, width, height, fullWidth: full.width, fullHeight: full.height, warning }, [thumbnail]);
  },

  async source(id) {
    const bitmap = await bitmapOf(await engine.source(id));
    return transfer(bitmap, [bitmap]);
  },

  async draw(id, onShare) {
    const start = performance.now();
    await engine.draw(id, rarely(onShare));
    return (performance.now() - start) / 1000;
  },

  stop: async (id) => engine.stop(id),
  forget: async (id) => engine.forget(id),

  async art(id, options) {
    const made = await engine.art(id, options);
    const own = engine.ownGrid(id);
    const art = await describeArt(made, own ? placeOnGrid(own) : placeOf(made, options));
    return transfer(art, [art.bitmap]);
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

  async zip(pictures, options, onShare) {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const zip = new Zip((error, part) => {
      if (error) throw error;
      parts.push(part as Uint8Array<ArrayBuffer>);
    });
    for (const [i, { id, name }] of pictures.entries()) {
      // PNGs are compressed already.
      const file = new ZipPassThrough(name);
      zip.add(file);
      file.push(await pngOf(await engine.art(id, options)), true);
      onShare((i + 1) / pictures.length);
    }
    zip.end();
    return new Blob(parts, { type: "application/zip" });
  },

  async frame(bitmap, options) {
    const start = performance.now();
    const image = pixelsOf(bitmap);
    const made = await engine.convert(image, options);
    const art = await describeArt(made, placeOf(made, options));
    return transfer({ source: bitmap, art, seconds: (performance.now() - start) / 1000 }, [bitmap, art.bitmap]);
  },
};

async function useBundled(name: string, onShare: (share: number | null) => void): Promise<ModelDescription> {
  const card = (await bundledModels(weights)).find((card) => card.name === name);
  if (!card) throw new Error(`There is no bundled model called ${name}.`);
  const model = await bundledBytes(weights, card, onShare, (bytes) => readModel(name, bytes, { card }));
  await engine.use(model);
  return model.description;
}

async function describeArt({ image, palette }: PixelArt, at: Pick<Art, "place" | "cell">): Promise<Art> {
  const { width, height } = image;
  return { bitmap: await bitmapOf(image), width, height, ...at, palette: palette ?? null };
}

function placeOf({ image }: PixelArt, { grid }: ArtOptions): Pick<Art, "place" | "cell"> {
  const sourcePixels = grid ? grid.cell / grid.scale : 1;
  const [width, height] = [sourcePixels * image.width, sourcePixels * image.height];
  return { place: { left: 0, top: 0, width, height }, cell: grid?.cell ?? 1 };
}

function placeOnGrid({ cells, place }: OwnCells): Pick<Art, "place" | "cell"> {
  return { place, cell: place.width / cells.width };
}

async function pngOf({ image, palette }: PixelArt): Promise<Uint8Array<ArrayBuffer>> {
  const indexed = palette && (await encodeIndexed(image, palette));
  return (indexed ?? (await encodePng(image))) as Uint8Array<ArrayBuffer>;
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

/** Passes on no more than a dozen shares a second: each is a message to the page. */
function rarely(onShare: (share: number) => void): (share: number) => void {
  let last = -Infinity;
  return (share) => {
    if (performance.now() - last < 80 && share < 1) return;
    last = performance.now();
    onShare(share);
  };
}

expose(api);
