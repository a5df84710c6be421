// Palettes for pages: by name, from addresses, files and bytes.

import type { Image } from "../data/image.ts";
import { UserError } from "../errors.ts";
import { builtInPalette } from "../pixelart/palettes/built-in.ts";
import type { Palette } from "../pixelart/palettes/palette.ts";
import { maximumPaletteBytes, readPalette } from "../pixelart/palettes/read.ts";
import { fetchBytes } from "./fetch.browser.ts";

/**
 * Loads a palette: .gpl, .hex, .pal, .txt, .act, .aseprite, or a picture with at most 256 colours.
 *
 * @param source the name of a built-in palette, such as `pico-8`; or an address, a file, or bytes
 * @throws UserError where it cannot be fetched or is no palette
 */
export async function loadPalette(source: string | File | Uint8Array): Promise<Palette> {
  if (source instanceof Uint8Array) return readPalette(source, "the palette", decodePicture);
  if (typeof source === "string") {
    return builtInPalette(source) ?? readPalette(await fetchBytes(source), source, decodePicture);
  }
  if (source.size > maximumPaletteBytes) throw new UserError(`${source.name}: it is too large for a palette.`);
  return readPalette(new Uint8Array(await source.arrayBuffer()), source.name, decodePicture);
}

/** The numbers that are in the file, whatever its colour profile. Alpha is rounded, and of no account here. */
async function decodePicture(bytes: Uint8Array): Promise<Image> {
  const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  }).catch(() => {
    throw new UserError("the picture: it is damaged, or of a kind that this browser does not read; save it as PNG.");
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, data: new Uint8ClampedArray(data), hasAlpha: true };
}
