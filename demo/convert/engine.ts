// The converter behind the page: one GPU, one model, and of every picture what it was and what the network made of it. The network runs
// once a picture; art is made from what it drew as often as the sliders move. A lost device is opened anew, and the work at hand begun again.

import { fillHidden } from "../../src/data/fill-hidden.ts";
import { pixelsOf, type Image } from "../../src/data/image.ts";
import { fitWithin, resizeBicubic } from "../../src/data/resize.ts";
import { UserError } from "../../src/errors.ts";
import { DeviceLostError } from "../../src/gpu/errors.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { maximumColours } from "../../src/kernels/pixelart/palette.ts";
import { Generator } from "../../src/nn/generator.ts";
import { colourCells, coloursOf, SharedPalette } from "../../src/pixelart/colours.ts";
import { drawPicture } from "../../src/pixelart/convert.ts";
import { enlarge, type GridOptions } from "../../src/pixelart/grid/geometry.ts";
import { secondsAPicture } from "../../src/pixelart/model-speed.ts";
import type { Colour } from "../../src/pixelart/palettes/palette.ts";
import { finishCells, pixelate, snapCells, type Cells, type PixelArt } from "../../src/pixelart/pixelate.ts";
import { openGpu } from "../../src/platform/gpu.browser.ts";
import type { ArtOptions, OwnCells, PaletteSearch } from "./api.ts";
import type { Model } from "./model.ts";

interface Picture {
  readonly source: StoredImage;
  /** By the network; not there before it has drawn. */
  drawn?: StoredImage;
  /** Of what was drawn, as it was last brought to a grid. */
  cells?: { readonly image: StoredImage; readonly drawn: StoredImage } & Pick<GridOptions, "cell" | "keepColors">;
}

/** Pixels in a Blob, which browsers may put on the disk: a hundred pictures need not fit the memory. */
interface StoredImage extends Omit<Image, "data"> {
  readonly pixels: Blob;
}

/** A device that is lost so often in a row will be lost again. */
const mostLosses = 3;

export class Engine {
  private gpu: Promise<Gpu> | undefined;
  private model: Model | undefined;
  private generator: Promise<Generator> | undefined;
  private readonly pictures = new Map<number, Picture>();
  /** Of pictures that the network has no part in. */
  private readonly own = new Map<number, OwnCells>();
  private readonly drawing = new Map<number, AbortController>();
  /** The network has one program, for one picture at a time. */
  private lastRun: Promise<unknown> = Promise.resolve();

  /** @param onNews is told in a sentence when a lost device was opened anew */
  constructor(private readonly onNews: (sentence: string) => void) {}

  openGpu(): Promise<Gpu> {
    if (!this.gpu) {
      const opening = (this.gpu = openGpu());
      // What failed may be tried again.
      opening.catch(() => this.gpu === opening && (this.gpu = undefined));
    }
    return this.gpu;
  }

  /** Changes the model, and stops what the old one draws: pictures have to be read and drawn anew. */
  async use(model: Model): Promise<void> {
    for (const id of this.drawing.keys()) this.stop(id);
    await this.serially(async () => {
      const old = this.generator;
      this.model = model;
      this.generator = undefined;
      (await old?.catch(() => undefined))?.release();
    });
    await this.onGpu(() => this.openGenerator());
  }

  /** Makes a picture small enough and fit for the network, with nothing hidden in it, and keeps it. */
  read(id: number, image: Image, longestSide: number | null): Image {
    const seen = fillHidden(image);
    const small = longestSide === null ? seen : fitWithin(seen, longestSide);
    const multiple = this.model?.multiple ?? 1;
    const fitting = (side: number) => multiple * Math.max(1, Math.round(side / multiple));
    const source = multiple === 1 ? small : resizeBicubic(small, fitting(small.width), fitting(small.height));
    this.pictures.set(id, { source: stored(source) });
    return source;
  }

  forget(id: number): void {
    this.stop(id);
    this.pictures.delete(id);
    this.own.delete(id);
  }

  /** @throws an AbortError when `stop` is called meanwhile */
  async draw(id: number, onProgress: (share: number) => void): Promise<void> {
    const picture = this.picture(id);
    const controller = new AbortController();
    this.drawing.set(id, controller);
    try {
      const { signal } = controller;
      const drawn = await this.runNetwork(await restored(picture.source), { onProgress, signal });
      picture.drawn = stored(drawn);
    } finally {
      if (this.drawing.get(id) === controller) this.drawing.delete(id);
    }
  }

  stop(id: number): void {
    this.drawing.get(id)?.abort(new DOMException("stopped", "AbortError"));
  }

  source(id: number): Promise<Image> {
    return restored(this.picture(id).source);
  }

  useOwnGrid(id: number, own: OwnCells | null): void {
    if (own) this.own.set(id, own);
    else this.own.delete(id);
  }

  ownGrid(id: number): OwnCells | undefined {
    return this.own.get(id);
  }

  async art(id: number, { grid, own: wanted }: ArtOptions): Promise<PixelArt> {
    const own = this.own.get(id);
    if (own) {
      const { cells, palette } = await this.onGpu((gpu) => colourCells(gpu, own.cells, wanted.colours));
      const { scale } = wanted;
      const image = enlarge(cells, scale, scale * cells.width, scale * cells.height);
      return { image, palette: palette ?? coloursOf(pixelsOf(cells), maximumColours) };
    }
    const picture = this.picture(id);
    if (!grid) return { image: await restored(drawnOf(picture)) };
    const cells = await this.cellsOf(picture, grid);
    return this.onGpu((gpu) => finishCells(gpu, cells, grid));
  }

  /** From a picture to its art at once: for a camera's frames, of which nothing is kept. */
  async convert(image: Image, { grid }: ArtOptions): Promise<PixelArt> {
    const drawn = await this.runNetwork(image);
    if (!grid) return { image: drawn };
    const { width, height } = image;
    return this.onGpu((gpu) => pixelate(gpu, drawn, { ...grid, width, height, source: image }));
  }

  /** One palette for several pictures on the options' grid. */
  async sharedPalette(
    ids: readonly number[],
    { grid }: ArtOptions,
    { colors, locked }: PaletteSearch,
  ): Promise<readonly Colour[]> {
    const shared = new SharedPalette(colors, locked);
    for (const id of ids) {
      const own = this.own.get(id);
      if (own) shared.add(own.cells);
      else if (grid) shared.add((await this.cellsOf(this.picture(id), grid)).image);
    }
    const found = await this.onGpu((gpu) => shared.find(gpu));
    if (!found) throw new UserError("There is nothing to be seen in these pictures, and so no colour to find.");
    return found;
  }

  /** Of the model in use, from a small trial. */
  secondsAPicture(): Promise<number> {
    return this.serially(() =>
      this.onGpu(async () => secondsAPicture(await this.openGenerator(), this.model!.description.margin)),
    );
  }

  private picture(id: number): Picture {
    const picture = this.pictures.get(id);
    if (!picture) throw new Error(`There is no picture ${id}.`);
    return picture;
  }

  /** What the network drew, on its grid, with all the colours that it has. It is kept: colours change more often than the grid. */
  private async cellsOf(picture: Picture, grid: GridOptions): Promise<Cells> {
    const { source } = picture;
    const drawn = drawnOf(picture);
    const { cell, keepColors } = grid;
    const { width, height } = source;
    const { cells: kept } = picture;
    if (kept?.drawn === drawn && kept.cell === cell && kept.keepColors === keepColors)
      return { image: await restored(kept.image), width, height };
    const image = await restored(drawn);
    const own = { ...grid, width, height, source: await restored(source) };
    const cells = await this.onGpu((gpu) => snapCells(gpu, image, own));
    picture.cells = { image: stored(cells.image), drawn, cell, keepColors };
    return cells;
  }

  private runNetwork(
    image: Image,
    options: { onProgress?: (share: number) => void; signal?: AbortSignal } = {},
  ): Promise<Image> {
    return this.serially(() =>
      this.onGpu(async () => {
        options.signal?.throwIfAborted();
        const generator = await this.openGenerator();
        return drawPicture(generator, image, { ...options, margin: this.model!.description.margin });
      }),
    );
  }

  private openGenerator(): Promise<Generator> {
    if (!this.model) throw new UserError("Choose a model first.");
    const { tensors } = this.model;
    if (!this.generator) {
      const opening = (this.generator = this.openGpu().then((gpu) => Generator.create(gpu, tensors)));
      opening.catch(() => this.generator === opening && (this.generator = undefined));
    }
    return this.generator;
  }

  private async onGpu<T>(work: (gpu: Gpu) => Promise<T>): Promise<T> {
    for (let losses = 0; ; losses++) {
      const opening = this.openGpu();
      const gpu = await opening;
      try {
        return await work(gpu);
      } catch (error) {
        if (!(error instanceof DeviceLostError) || losses === mostLosses) throw error;
        // Others that worked on it hear of the loss too; the first of them opens the next. Its memory went with the device.
        if (this.gpu === opening) {
          this.gpu = undefined;
          this.generator = undefined;
          await this.openGpu();
          this.onNews("The GPU was lost, and taken up again: the picture at hand was begun anew.");
        }
      }
    }
  }

  private serially<T>(work: () => Promise<T>): Promise<T> {
    const run = this.lastRun.then(work);
    this.lastRun = run.catch(() => undefined);
    return run;
  }
}

function drawnOf({ drawn }: Picture): StoredImage {
  if (!drawn) throw new Error("The network has not drawn this picture.");
  return drawn;
}

function stored({ data, ...rest }: Image): StoredImage {
  return { ...rest, pixels: new Blob([data]) };
}

async function restored({ pixels, ...rest }: StoredImage): Promise<Image> {
  return { ...rest, data: new Uint8ClampedArray(await pixels.arrayBuffer()) };
}
