// Writes a picture as an indexed PNG, with its palette in the artist's order and transparency at
// index 0, where Aseprite expects it.

import { encodeIndexedPng } from "../../formats/pictures/indexed-png.ts";
import type { Image } from "../../picture/image.ts";
import type { Colour } from "./palette.ts";

const mostEntries = 256;

/**
 * An indexed PNG of a picture whose colours are those of a palette. Its entries are transparency,
 * if there is any, then the whole palette in its order, then half-transparent colours as they
 * occur. Colour hidden under full transparency is lost.
 *
 * @returns undefined if there are too many entries, or a colour that the palette does not have
 */
export async function encodeIndexed(
  { width, height, data, hasAlpha }: Image,
  palette: readonly Colour[],
): Promise<Uint8Array | undefined> {
  const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const opaque = palette.map(([red, green, blue]) => (red | (green << 8) | (blue << 16) | 0xff000000) >>> 0);
  const seesThrough = hasAlpha && pixels.some((pixel) => pixel >>> 24 === 0);
  const entries = seesThrough ? [0, ...opaque] : opaque;
  const places = new Map(entries.map((entry, i) => [entry, i]));
  const known = new Set(opaque);
  const indices = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i] >>> 24 === 0 ? 0 : pixels[i];
    let place = places.get(pixel);
    if (place === undefined) {
      if (!known.has((pixel | 0xff000000) >>> 0)) return undefined;
      places.set(pixel, (place = entries.length));
      entries.push(pixel);
    }
    if (entries.length > mostEntries) return undefined;
    indices[i] = place;
  }
  return encodeIndexedPng(
    width,
    height,
    indices,
    entries.map((entry) => [0, 8, 16, 24].map((shift) => (entry >>> shift) & 255)),
  );
}
