// The converter behind the page: for every picture its source and the network's output. The network
// runs once per picture; moving a slider only makes new art from the kept output. A still picture
// is an animation with one frame.

import { allInOrder, UserError } from "../../../src/errors.ts";
import type { Gpu } from "../../../src/gpu/gpu.ts";
import type { Precision } from "../../../src/kernels/core/operation.ts";
import { maximumColours } from "../../../src/kernels/pixelart/palette.ts";
import type { Animation } from "../../../src/picture/animation.ts";
import { fillHidden } from "../../../src/picture/fill-hidden.ts";
import { checkImageSize, type Image } from "../../../src/picture/image.ts";
import { fitWithin, resizeBicubic } from "../../../src/picture/resize.ts";
import { colourFrames, type ColouredFrames } from "../../../src/pixelart/colours.ts";
import { gridFrames, paintFrames, type PaintedFrame } from "../../../src/pixelart/convert-frames.ts";
import { drawCells } from "../../../src/pixelart/convert.ts";
import { coloursOfFrames, SharedPalette } from "../../../src/pixelart/found-palette.ts";
import { enlarge, outputSize, type GridOptions } from "../../../src/pixelart/grid/cells/geometry.ts";
import type { Colour } from "../../../src/pixelart/palettes/palette.ts";
import { drawnAtScale, finishCells, finishFrames, type Cells, type PixelArt } from "../../../src/pixelart/pixelate.ts";
import { checkFrames } from "../../parts/frame-limit.ts";
import type { OwnCells, Timing } from "../../parts/grid-api.ts";
import type { Model } from "../../parts/model.ts";
import type { ArtOptions, PaletteSearch } from "../api.ts";
import type { Network } from "./network.ts";
import { advisingSettings } from "./picture-size.ts";
import { restored, stored, type StoredImage } from "./stored-image.ts";

interface Picture {
  readonly timing: Timing;
  readonly sources: readonly StoredImage[];
  /** The network's output; absent until it has run. */
  drawn?: readonly StoredImage[];
  /** The output's cells on the grid that was used last. */
  cells?: { readonly stored: readonly StoredImage[] } & Pick<GridOptions, "cell" | "keepColors">;
}

/** The art of a picture, or of all frames of an animation. */
export interface Made extends ColouredFrames {
  readonly timing: Timing;
  /** The width of the saved file. */
  readonly width: number;
  readonly height: number;
  /** Enlarges a frame to the size of the saved file. */
  readonly atScale: (frame: Image) => Image;
}

export class Engine {
  private readonly pictures = new Map<number, Picture>();
  /** The cells of pictures that are snapped to their own grids. */
  private readonly own = new Map<number, OwnCells>();
  private readonly drawing = new Map<number, AbortController>();
  /** The last result of `colour`, with its cells and options. */
  private coloured: { readonly of: object; readonly how: string; readonly made: ColouredFrames } | undefined;
  constructor(private readonly network: Network) {}

  /**
   * Changes the model and stops the old one's work. All pictures must then be read and drawn again.
   */
  async use(model: Model): Promise<void> {
    this.stopAll();
    await this.network.use(model);
  }

  /** Changes the precision, as `use` does the model. */
  async usePrecision(precision: Precision): Promise<void> {
    this.stopAll();
    await this.network.usePrecision(precision);
  }

  private stopAll(): void {
    for (const id of this.drawing.keys()) this.stop(id);
  }

  /**
   * Keeps all frames of a picture, resized for the network and with their hidden colours replaced.
   *
   * @returns the first frame
   * @throws UserError if there are too many, and an AbortError if `stop` is called meanwhile
   */
  async read(id: number, name: string, animation: Animation, longestSide: number | null): Promise<Image> {
    const { delays, loops, frames } = animation;
    let first: Image | undefined;
    const sources: StoredImage[] = [];
    await this.stoppably(id, async (signal) => {
      for await (const frame of frames()) {
        signal.throwIfAborted();
        const source = this.prepared(frame, longestSide);
        if (!first) checkFrames(name, delays.length, source.width, source.height, true);
        first ??= source;
        sources.push(stored(source));
      }
    });
    this.pictures.set(id, { timing: { delays, loops }, sources });
    return first!;
  }

  private prepared(frame: Image, longestSide: number | null): Image {
    const seen = fillHidden(frame);
    const small = longestSide === null ? seen : fitWithin(seen, longestSide);
    const { multiple } = this.network;
    const fitting = (side: number) => multiple * Math.max(1, Math.round(side / multiple));
    return multiple === 1 ? small : resizeBicubic(small, fitting(small.width), fitting(small.height));
  }

  forget(id: number): void {
    this.stop(id);
    this.pictures.delete(id);
    this.own.delete(id);
  }

  /** @throws an AbortError if `stop` is called meanwhile */
  async draw(id: number, onProgress: (share: number) => void): Promise<void> {
    const picture = this.picture(id);
    const { timing, sources } = picture;
    async function* frames() {
      for (const source of sources) yield await restored(source);
    }
    const drawn = await this.stoppably(id, (signal) =>
      advisingSettings(() =>
        this.network.run(async (generator, margin) => {
          const all: StoredImage[] = [];
          const options = { onProgress, signal, margin };
          for await (const frame of paintFrames(generator, { ...timing, frames }, options))
            all.push(stored(frame.drawn));
          return all;
        }, signal),
      ),
    );
    picture.drawn = drawn;
    delete picture.cells;
  }

  private async stoppably<T>(id: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.drawing.set(id, controller);
    try {
      return await work(controller.signal);
    } finally {
      if (this.drawing.get(id) === controller) this.drawing.delete(id);
    }
  }

  stop(id: number): void {
    this.drawing.get(id)?.abort(new DOMException("stopped", "AbortError"));
  }

  async *source(id: number): AsyncGenerator<Image, void, undefined> {
    for (const source of this.picture(id).sources) yield await restored(source);
  }

  useOwnGrid(id: number, own: OwnCells | null): void {
    if (own) this.own.set(id, own);
    else this.own.delete(id);
  }

  ownGrid(id: number): OwnCells | undefined {
    return this.own.get(id);
  }

  /** @param only just the first frame of an animation */
  async art(id: number, { grid, own: wanted }: ArtOptions, only?: "first"): Promise<Made> {
    const own = this.own.get(id);
    if (own) {
      const cells = only ? own.cells.slice(0, 1) : own.cells;
      const { scale, colours } = wanted;
      const [width, height] = [scale * cells[0].width, scale * cells[0].height];
      checkImageSize(width, height);
      const { frames, palette } = await this.colour(own, colours, only, (gpu) => colourFrames(gpu, cells, colours));
      const atScale = (frame: Image) => enlarge(frame, scale, width, height);
      const { timing } = own;
      return { frames, palette: palette ?? coloursOfFrames(frames, maximumColours), timing, width, height, atScale };
    }
    const picture = this.picture(id);
    const { timing } = picture;
    if (!grid) {
      const drawn = drawnOf(picture);
      const frames: Image[] = [];
      for (const image of only ? drawn.slice(0, 1) : drawn) frames.push(await restored(image));
      const [{ width, height }] = frames;
      return { frames, timing, width, height, atScale: (frame) => frame };
    }
    const [width, height] = [picture.sources[0].width, picture.sources[0].height].map((side) => outputSize(side, grid));
    checkImageSize(width, height);
    const cells = await this.cellsOf(picture, grid, only);
    const { scale: _, ...how } = grid;
    const coloured = await this.colour(picture.cells ?? cells, how, only, (gpu) => finishFrames(gpu, cells, grid));
    return { ...coloured, timing, width, height, atScale: (frame) => drawnAtScale(frame, cells[0], grid) };
  }

  /** Keeps its last result: the same art is shown, then shrunk for the list, then saved. */
  private async colour(
    of: object,
    options: object,
    only: "first" | undefined,
    work: (gpu: Gpu) => Promise<ColouredFrames>,
  ): Promise<ColouredFrames> {
    const how = JSON.stringify(options);
    if (this.coloured?.of === of && this.coloured.how === how) {
      const { frames, palette } = this.coloured.made;
      return { frames: only ? frames.slice(0, 1) : frames, palette };
    }
    const made = await this.network.onGpu(work, "Only the colours are computed again.");
    if (!only) this.coloured = { of, how, made };
    return made;
  }

  /** Converts a picture without keeping anything, for a camera's frames. */
  async convert(image: Image, { grid }: ArtOptions): Promise<PixelArt> {
    if (!grid) return { image: await this.network.run((generator, margin) => generator.convert(image, { margin })) };
    const cells = await this.network.run((generator, margin) => drawCells(generator, image, { ...grid, margin }));
    return this.network.onGpu((gpu) => finishCells(gpu, cells, grid), "Only the colours are computed again.");
  }

  /** Finds one palette for several pictures on the options' grid. */
  async sharedPalette(
    ids: readonly number[],
    { grid }: ArtOptions,
    { colors, locked }: PaletteSearch,
  ): Promise<readonly Colour[]> {
    const shared = new SharedPalette(colors, locked);
    for (const id of ids) {
      const own = this.own.get(id);
      if (own) own.cells.forEach((cells) => shared.add(cells));
      else if (grid) (await this.cellsOf(this.picture(id), grid)).forEach(({ image }) => shared.add(image));
    }
    const found = await this.network.onGpu((gpu) => shared.find(gpu), "The palette is searched again.");
    if (!found)
      throw new UserError("These pictures are fully transparent, so they have no colours to find a palette in.");
    return found;
  }

  private picture(id: number): Picture {
    const picture = this.pictures.get(id);
    if (!picture) throw new Error(`There is no picture ${id}.`);
    return picture;
  }

  /**
   * The network's output on its grid, with all its colours. It is kept, since colours change more
   * often than the grid.
   */
  private async cellsOf(picture: Picture, grid: GridOptions, only?: "first"): Promise<readonly Cells[]> {
    const { sources, cells: kept } = picture;
    const drawn = drawnOf(picture);
    const { cell, keepColors } = grid;
    const { width, height } = sources[0];
    const count = only ? 1 : sources.length;
    if (kept && kept.cell === cell && kept.keepColors === keepColors) {
      const images = await allInOrder(kept.stored.slice(0, count).map(restored));
      return images.map((image) => ({ image, width, height }));
    }
    async function* painted(): AsyncGenerator<PaintedFrame, void, undefined> {
      for (let i = 0; i < count; i++) yield { source: await restored(sources[i]), drawn: await restored(drawn[i]) };
    }
    const cells = await this.network.onGpu(
      (gpu) => gridFrames(gpu, painted(), grid),
      "Only the cells and colours are computed again.",
    );
    if (picture.drawn === drawn && count === sources.length)
      picture.cells = { stored: cells.map(({ image }) => stored(image)), cell, keepColors };
    return cells;
  }
}

function drawnOf({ drawn }: Picture): readonly StoredImage[] {
  if (!drawn) throw new Error("The network has not drawn this picture.");
  return drawn;
}
