// Encodes art as files: a picture as PNG; an animation as GIF, as animated PNG, or as a sprite
// sheet with a JSON file of positions and times.

import { zipSync, type Zippable } from "fflate";
import type { Image } from "../../../src/picture/image.ts";
import { coloursOfFrames } from "../../../src/pixelart/found-palette.ts";
import { encodeIndexed } from "../../../src/pixelart/palettes/indexed.ts";
import type { Colour } from "../../../src/pixelart/palettes/palette.ts";
import { sheetOf } from "../../../src/pixelart/sheet.ts";
import { encodeAnimation, type AnimationKind } from "../../../src/platform/pictures/animations.browser.ts";
import { encodePng } from "../../../src/platform/pictures/images.browser.ts";
import type { AnimationFile } from "../api.ts";
import type { Made } from "./engine.ts";

/** The most colours of a GIF, including transparency. */
const mostOfGif = 256;

export function suitsGif({ frames, palette }: Pick<Made, "frames" | "palette">): boolean {
  const colours = palette ?? coloursOfFrames(frames, mostOfGif);
  const more = frames.some(({ hasAlpha }) => hasAlpha) ? 1 : 0;
  return colours !== undefined && colours.length + more <= mostOfGif;
}

export function pngOf({ frames, palette, atScale }: Made): Promise<Uint8Array<ArrayBuffer>> {
  return encoded(atScale(frames[0]), palette);
}

async function encoded(image: Image, palette: readonly Colour[] | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const indexed = palette && (await encodeIndexed(image, palette));
  return (indexed ?? (await encodePng(image))) as Uint8Array<ArrayBuffer>;
}

/** @throws UserError if a GIF cannot hold the colours */
export function encodedAnimation(
  { frames, palette, timing, atScale }: Made,
  kind: AnimationKind,
  onShare: (share: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  async function* large() {
    for (const [i, frame] of frames.entries()) {
      // Lets other requests run in between.
      await new Promise((resolve) => setTimeout(resolve));
      onShare(i / frames.length);
      yield atScale(frame);
    }
  }
  return encodeAnimation(large(), kind, timing, palette ?? coloursOfFrames(frames, mostOfGif));
}

/**
 * @param name the animation's name, as a PNG
 * @param frameNames the names of the frames' PNGs
 * @throws UserError if a GIF cannot hold the colours, or a sheet the frames
 */
export async function animationFile(
  made: Made,
  file: AnimationFile,
  name: string,
  frameNames: readonly string[],
  onShare: (share: number) => void,
): Promise<Blob> {
  if (file === "gif" || file === "png")
    return new Blob([await encodedAnimation(made, file, onShare)], { type: `image/${file}` });
  const { frames, palette, timing, atScale } = made;
  const files: Zippable = {};
  const add = async (name: string, image: Image) => void (files[name] = [await encoded(image, palette), { level: 0 }]); // compressed already
  if (file === "sheet") {
    const stem = name.replace(/\.png$/, "");
    const { image, json } = sheetOf(frames.map(atScale), timing.delays, stem, name);
    await add(name, image);
    files[`${stem}.json`] = new TextEncoder().encode(json);
  } else {
    for (const [i, frame] of frames.entries()) {
      onShare(i / frames.length);
      await add(frameNames[i], atScale(frame));
    }
  }
  return new Blob([zipSync(files) as Uint8Array<ArrayBuffer>], { type: "application/zip" });
}
