// Makes the bytes of a prepared picture from those of its source. `dataset prepare` and `dataset
// pixelate` write them, and anybody can make them again from a manifest.

import { artCells, paintedArt, type ArtCells } from "../../../../dataset/prepare/art.ts";
import type { ManifestRow } from "../../../../dataset/prepare/manifest.ts";
import { naiveArt } from "../../../../dataset/prepare/naive.ts";
import { opaquePhoto, shrunkPhoto } from "../../../../dataset/prepare/photo.ts";
import { crop } from "../../../../picture/preprocess.ts";
import { fitWithin } from "../../../../picture/resize.ts";
import { decodeImage, encodePng } from "../../../../platform/pictures/images.node.ts";
import { recolor } from "../../../../train/batches/recolor.ts";

/** A photo's colours are taken from a copy whose longer side has this length. */
const coloursSide = 128;

/**
 * The cells of a picture, recolored like a photo if one is given.
 *
 * @throws UserError like `artCells`
 */
export async function cellsOf(bytes: Uint8Array, isArt: boolean, photo?: Uint8Array): Promise<ArtCells> {
  const made = artCells(await decodeImage(bytes), isArt);
  if (!photo) return made;
  return { ...made, cells: recolor(made.cells, fitWithin(await decodeImage(photo), coloursSide)) };
}

/**
 * Makes a picture from its row in a manifest again.
 *
 * @param read the bytes of a source, by its name
 * @returns a PNG
 */
export async function remake(row: ManifestRow, read: (source: string) => Promise<Uint8Array>): Promise<Uint8Array> {
  const { source, transformation, colorsOf } = row;
  const bytes = await read(source);
  if (transformation.kind === "photo") return encodePng(shrunkPhoto(await decodeImage(bytes), transformation));
  if (transformation.kind === "photo-tile")
    return encodePng(crop(opaquePhoto(await decodeImage(bytes)), ...transformation.crop));
  if (transformation.kind === "naive") return encodePng(naiveArt(await decodeImage(bytes), transformation));
  const photo = colorsOf && (await read(colorsOf.source));
  const { cells } = await cellsOf(bytes, transformation.oneToOne === true, photo);
  return encodePng(paintedArt(cells, transformation));
}
