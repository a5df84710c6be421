// What the page may ask of the worker that converts, and what it is told. Everything here can be sent between threads; every promise
// rejects with an error whose message is a sentence for the visitor.

import type { AdapterDescription } from "../../src/gpu/adapter.ts";
import type { ColourOptions } from "../../src/pixelart/colours.ts";
import type { GridOptions } from "../../src/pixelart/grid/geometry.ts";
import type { Colour, Palette } from "../../src/pixelart/palettes/palette.ts";
import type { ModelCard } from "../../src/platform/model-card.ts";
import type { OwnCells, Place, Timing } from "../parts/grid-api.ts";
import type { FileNetworks } from "../parts/own-network.ts";
import type { PictureFiles } from "../parts/picture-files.ts";

/** A generator that is ready, in the words of the tensors it was read from and of its card, if it has one. */
export interface ModelDescription {
  /** The card's, or the file's. */
  readonly name: string;
  /** What it makes of what; of a bundled model. */
  readonly description: string | null;
  readonly network: string;
  readonly ngf: number;
  readonly norm: string;
  readonly parameters: number;
  readonly precision: string;
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** Pixels of a cell's side that its pictures have; null where nobody says. */
  readonly cell: number | null;
  /** Pixels that are mirrored around a picture before, and cut away after. */
  readonly margin: number;
  /** The networks of the file that it is of. */
  readonly networks: FileNetworks;
}

export interface ArtOptions {
  /** What is made of the network's picture; null leaves it as it is. */
  readonly grid: GridOptions | null;
  /** What is made of a picture on its own grid: pixels along a cell, and its colours. */
  readonly own: { readonly scale: number; readonly colours: ColourOptions };
}

export interface PaletteSearch {
  /** The most colours; `auto` finds their number. */
  readonly colors: number | "auto";
  /** Colours that the palette is to have in any case. */
  readonly locked: readonly Colour[];
}

/** A picture before the network: made small enough for the limit, and fit for the network. */
export interface SourcePicture {
  readonly thumbnail: ImageBitmap;
  readonly width: number;
  readonly height: number;
  /** Of the file. */
  readonly fullWidth: number;
  readonly fullHeight: number;
  readonly timing: Timing;
  /** What is wrong with the file, although it could be read. */
  readonly warning: string | null;
}

export interface Art {
  /** Of each frame; a pixel a cell, where it has cells. */
  readonly bitmaps: readonly ImageBitmap[];
  /** The part of a bitmap that is seen, from its upper left corner: the last cells may be cut. */
  readonly seen: { readonly width: number; readonly height: number };
  /** As it is saved. */
  readonly width: number;
  readonly height: number;
  /** Where it lies in the picture before, in pixels of that. */
  readonly place: Place;
  /** Pixels of the picture before along a cell, and 1 where there is no grid. */
  readonly cell: number;
  /** [red, green, blue] from dark to light, where the number of colours was limited. */
  readonly palette: readonly Colour[] | null;
  /** Whether a GIF holds its colours. */
  readonly suitsGif: boolean;
}

/** How an animation is saved; a sheet is a zip of all frames in one PNG and their places as JSON, `frames` a zip of a PNG of each. */
export type AnimationFile = "gif" | "png" | "sheet" | "frames";

/** A picture that is saved. */
export interface SavedPicture {
  readonly id: number;
  /** Of its file, if that were a PNG. */
  readonly name: string;
  /** Milliseconds of each frame, in place of the times that it was read with. */
  readonly delay?: number | undefined;
}

/** A camera's frame, converted. */
export interface Frame {
  readonly source: ImageBitmap;
  readonly art: Art;
  /** From its arrival in the worker to its result. */
  readonly seconds: number;
}

export interface ConvertApi {
  /** Opens the GPU. Must be the first call. @param onNews is told in a sentence when a lost device was opened anew */
  open(onNews: (sentence: string) => void): Promise<AdapterDescription>;
  /** The cards of the models in the box, the default first. */
  models(): Promise<readonly ModelCard[]>;
  /** @param onShare is told the share of the file that has arrived; null where its length is not known */
  useBundled(name: string, onShare: (share: number | null) => void): Promise<ModelDescription>;
  /** Takes the best bundled model that is fast enough here, and says in a sentence which and why. */
  useFastEnough(
    onShare: (name: string, share: number | null) => void,
  ): Promise<{ description: ModelDescription; sentence: string }>;
  /**
   * Reads a checkpoint; until it is found good, the model in use stays.
   *
   * @param key which of its networks; without it, the first generator
   */
  useFile(file: File, key?: string): Promise<ModelDescription>;

  /**
   * Reads a picture and keeps it under `id`.
   *
   * @param longestSide pictures with a longer one are shrunk; null for no limit
   */
  read(id: number, picture: PictureFiles, longestSide: number | null): Promise<SourcePicture>;
  /** A picture as the network gets it, frame by frame. */
  source(id: number): Promise<readonly ImageBitmap[]>;
  /** Has the network draw a picture that was read, and keeps what it draws. Gives the seconds that it took. */
  draw(id: number, onShare: (share: number) => void): Promise<number>;
  /** Stops the reading or drawing of a picture; its promise rejects with an AbortError. */
  stop(id: number): Promise<void>;
  forget(id: number): Promise<void>;

  /** Has a picture's art made from its own grid, and not from what the network draws; null for the network again. */
  useOwnGrid(id: number, own: OwnCells | null): Promise<void>;
  /** Art from what the network drew, as often as one likes: the network does not run. @param only of an animation, its first frame alone */
  art(id: number, options: ArtOptions, only?: "first"): Promise<Art>;
  /** A palette's file, or a picture with few colours. */
  readPalette(file: File): Promise<Palette>;
  /** One palette for several pictures that are drawn, found in their cells on the options' grid. */
  sharedPalette(ids: readonly number[], options: ArtOptions, search: PaletteSearch): Promise<readonly Colour[]>;
  /** The same as a PNG, an indexed one where its colours allow it. */
  png(id: number, options: ArtOptions): Promise<Blob>;
  /** An animation as a file. @param frameNames of the PNG of each frame */
  animation(
    picture: SavedPicture,
    options: ArtOptions,
    file: AnimationFile,
    frameNames: readonly string[],
    onShare: (share: number) => void,
  ): Promise<Blob>;
  /** PNGs of several in one zip; animations in it are GIFs, or animated PNGs where they have too many colours. */
  zip(pictures: readonly SavedPicture[], options: ArtOptions, onShare: (share: number) => void): Promise<Blob>;

  /** Converts a camera's frame. */
  frame(bitmap: ImageBitmap, options: ArtOptions): Promise<Frame>;
}
