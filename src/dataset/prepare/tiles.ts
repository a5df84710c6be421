// Cuts large pictures into square tiles that lie edge to edge, from the first cell or pixel on. So
// all tiles have the picture's phase, none overlap, and nothing is left out between them.

import type { Size } from "../../picture/preprocess.ts";
import { hexOf, type Colour } from "../../pixelart/palettes/palette.ts";
import { checkArtSize, leastShare, type ArtTransformation } from "./art.ts";
import { checkPhotoSize } from "./photo.ts";

/** Left, top, width and height: in cells for art, in pixels for photos. */
export type Part = readonly [number, number, number, number];

/** A part of a source that no training picture shows, and why. */
export interface LeftOut {
  readonly crop: Part;
  readonly reason: string;
}

/** The photo at its own scale. Together with the photo it determines every byte of the result. */
export interface PhotoTileTransformation {
  readonly kind: "photo-tile";
  readonly crop: Part;
}

export interface Cut<Transformation> {
  readonly transformations: readonly Transformation[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Whole tiles. The rest at the right and lower border is left out, since padding would look like a
 * part of the photo.
 *
 * @throws UserError if the photo is smaller than a tile
 */
export function photoTiles(photo: Size, size: number): Cut<PhotoTileTransformation> {
  checkPhotoSize(photo, size);
  const { tiles, leftOut } = tilesOf(photo, size, 1, "pixels");
  return { transformations: tiles.map((crop) => ({ kind: "photo-tile", crop })), leftOut };
}

/**
 * The last tiles are padded, like a picture that is smaller than a square, and left out if less
 * than half would be visible along an axis.
 *
 * @param cells the picture's size in cells
 * @throws UserError if it is too small
 */
export function artTiles(cells: Size, cell: number, size: number, background: Colour): Cut<ArtTransformation> {
  checkArtSize(cells, cell, size);
  const { tiles, leftOut } = tilesOf(cells, size / cell, leastShare, "cells");
  const common = { kind: "art", before: [0, 0], cell, size, background: `#${hexOf(background)}` } as const;
  return { transformations: tiles.map((crop) => ({ ...common, crop })), leftOut };
}

/** Row by row; those at the right and lower border may be smaller. */
function tilesOf({ width, height }: Size, side: number, least: number, unit: string) {
  const [tiles, leftOut]: [Part[], LeftOut[]] = [[], []];
  for (let top = 0; top < height; top += side)
    for (let left = 0; left < width; left += side) {
      const crop = [left, top, Math.min(side, width - left), Math.min(side, height - top)] as const;
      const [, , across, down] = crop;
      if (Math.min(across, down) >= least * side) tiles.push(crop);
      else leftOut.push({ crop, reason: `only ${across} x ${down} ${unit} of a tile are left at the border` });
    }
  return { tiles, leftOut };
}
