// The requests to the Convert view's worker, and its answers. Everything here can be sent between
// threads. Every promise rejects with an error whose message the page can show.

import type { AdapterDescription } from "../../src/gpu/adapter.ts";
import type { Precision } from "../../src/kernels/core/operation.ts";
import type { ColourOptions } from "../../src/pixelart/colour-options.ts";
import type { GridOptions } from "../../src/pixelart/grid/cells/geometry.ts";
import type { Colour, Palette } from "../../src/pixelart/palettes/palette.ts";
import type { ModelCard } from "../../src/platform/models/model-card.ts";
import type { OwnCells, Place, Timing } from "../parts/grid-api.ts";
import type { ModelDescription } from "../parts/model.ts";
import type { PictureFiles } from "../parts/picture-files.ts";

export interface ArtOptions {
  /** The grid for the network's output; null shows the output itself. */
  readonly grid: GridOptions | null;
  /** For a picture snapped to its own grid: pixels along a cell, and colours. */
  readonly own: { readonly scale: number; readonly colours: ColourOptions };
}

export interface PaletteSearch {
  /** The most colours; `auto` finds their number. */
  readonly colors: number | "auto";
  /** Colours that the palette must contain. */
  readonly locked: readonly Colour[];
}

/** A picture before the network, resized to the limit and to a size that the network accepts. */
export interface SourcePicture {
  readonly thumbnail: ImageBitmap;
  readonly width: number;
  readonly height: number;
  /** The width in the file. */
  readonly fullWidth: number;
  readonly fullHeight: number;
  readonly timing: Timing;
  /** A defect of the file that did not prevent reading it. */
  readonly warning: string | null;
}

export interface Art {
  /** One per frame; with one pixel per cell if there are cells. */
  readonly bitmaps: readonly ImageBitmap[];
  /**
   * The visible part of a bitmap, from its upper left corner. The last cells may be partly visible.
   */
  readonly seen: { readonly width: number; readonly height: number };
  /** The width of the saved file. */
  readonly width: number;
  readonly height: number;
  /** Its rectangle in the source picture, in the source's pixels. */
  readonly place: Place;
  /** The source's pixels along a cell; 1 without a grid. */
  readonly cell: number;
  /** Sorted from dark to light; null if the number of colours is not limited. */
  readonly palette: readonly Colour[] | null;
  /** Whether a GIF can hold its colours. */
  readonly suitsGif: boolean;
}

/**
 * The format of a saved animation. A sheet is a zip with all frames in one PNG and their positions
 * as JSON; `frames` is a zip with a PNG of each frame.
 */
export type AnimationFile = "gif" | "png" | "sheet" | "frames";

/** A picture to save. */
export interface SavedPicture {
  readonly id: number;
  /** The name of its file, as a PNG. */
  readonly name: string;
  /** Milliseconds per frame, instead of the delays that the picture was read with. */
  readonly delay?: number | undefined;
}

/** A camera's frame, converted. */
export interface Frame {
  readonly source: ImageBitmap;
  readonly art: Art;
  /** The time from its arrival in the worker to its result. */
  readonly seconds: number;
}

export interface ConvertApi {
  /**
   * Opens the GPU. Must be the first call.
   *
   * @param onNews is called with a sentence when a lost device was reopened
   */
  open(onNews: (sentence: string) => void): Promise<AdapterDescription>;
  /** The cards of the bundled models, the default first. */
  models(): Promise<readonly ModelCard[]>;
  /**
   * @param onShare is called with the downloaded share of the file; null if its length is unknown
   */
  useBundled(name: string, onShare: (share: number | null) => void): Promise<ModelDescription>;
  /**
   * Chooses the best bundled model that is fast enough on this device, with a sentence that says
   * why.
   */
  useFastEnough(
    onShare: (name: string, share: number | null) => void,
  ): Promise<{ description: ModelDescription; sentence: string }>;
  /**
   * Loads a checkpoint. If it is bad, the current model stays.
   *
   * @param key the network in the file; by default the first generator
   */
  useFile(file: File, key?: string): Promise<ModelDescription>;
  /** How the numbers of this and later models are stored. */
  usePrecision(precision: Precision): Promise<void>;

  /**
   * Reads a picture and keeps it under `id`.
   *
   * @param longestSide pictures with a longer side are shrunk; null for no limit
   */
  read(id: number, picture: PictureFiles, longestSide: number | null): Promise<SourcePicture>;
  /** A picture as the network reads it, frame by frame. */
  source(id: number): Promise<readonly ImageBitmap[]>;
  /**
   * Runs the network on a picture that was read, and keeps the output.
   *
   * @returns the seconds that it took
   */
  draw(id: number, onShare: (share: number) => void): Promise<number>;
  /** Stops reading or drawing a picture. Its promise rejects with an AbortError. */
  stop(id: number): Promise<void>;
  forget(id: number): Promise<void>;

  /**
   * Makes the picture's art from its own grid instead of the network's output; null returns to the
   * network.
   */
  useOwnGrid(id: number, own: OwnCells | null): Promise<void>;
  /**
   * Makes art from the network's kept output, without running it.
   *
   * @param only just the first frame of an animation
   */
  art(id: number, options: ArtOptions, only?: "first"): Promise<Art>;
  /** @param file a palette file, or a picture with few colours */
  readPalette(file: File): Promise<Palette>;
  /** Finds one palette for several drawn pictures, from their cells on the options' grid. */
  sharedPalette(ids: readonly number[], options: ArtOptions, search: PaletteSearch): Promise<readonly Colour[]>;
  /** The art as a PNG, indexed if its colours allow it. */
  png(id: number, options: ArtOptions): Promise<Blob>;
  /** An animation as a file. @param frameNames the names of the frames' PNGs */
  animation(
    picture: SavedPicture,
    options: ArtOptions,
    file: AnimationFile,
    frameNames: readonly string[],
    onShare: (share: number) => void,
  ): Promise<Blob>;
  /** A zip of PNGs. Animations are GIFs, or animated PNGs if they have too many colours. */
  zip(pictures: readonly SavedPicture[], options: ArtOptions, onShare: (share: number) => void): Promise<Blob>;

  /** Converts a camera's frame. */
  frame(bitmap: ImageBitmap, options: ArtOptions): Promise<Frame>;
}
