// Writes cells to files: a still picture as a PNG; an animation as a GIF, a WebP or a sheet with
// its JSON; a sequence as one of these or as a PNG of each frame.

import { basename } from "node:path";
import type { Image } from "../../picture/image.ts";
import { encodeIndexed } from "../../pixelart/palettes/indexed.ts";
import type { Colour } from "../../pixelart/palettes/palette.ts";
import { sheetOf } from "../../pixelart/sheet.ts";
import { writeFileAtomically } from "../../platform/files/files.node.ts";
import { encodeAnimation, type AnimationTiming } from "../../platform/pictures/animations.node.ts";
import { encodePng } from "../../platform/pictures/images.node.ts";
import type { PlannedPicture } from "./inputs.ts";

export interface Result {
  /** Frames in their final form; one for a still picture. */
  readonly frames: AsyncIterable<Image> | Iterable<Image>;
  readonly timing: AnimationTiming;
  /** All their colours, if they were chosen. */
  readonly palette?: readonly Colour[] | undefined;
  /** All their colours, if they are known; this makes a GIF smaller. */
  readonly known?: readonly Colour[] | undefined;
}

/**
 * @throws UserError if the format cannot represent the result, or the file cannot be written;
 * nothing is left behind then
 */
export async function writeResult(picture: PlannedPicture, result: Result): Promise<void> {
  const { animation, output } = picture;
  const { frames, timing, palette, known = palette } = result;
  if (animation === "gif" || animation === "webp")
    return writeFileAtomically(output, await encodeAnimation(frames, animation, timing, known));
  if (animation === "frames") {
    let place = 0;
    for await (const frame of frames) await writePng(picture.frames![place++].output, frame, palette);
    return;
  }
  const all: Image[] = [];
  for await (const frame of frames) all.push(frame);
  if (animation === undefined) return writePng(output, all[0], palette);
  const file = basename(output);
  const stem = /\.[^.]*$/;
  const { image, json } = sheetOf(all, timing.delays, file.replace(stem, ""), file);
  // Written before the picture, since an existing picture means that it is done.
  await writeFileAtomically(output.replace(stem, ".json"), json);
  return writePng(output, image, palette);
}

async function writePng(output: string, image: Image, palette?: readonly Colour[]): Promise<void> {
  const indexed = palette && (await encodeIndexed(image, palette));
  await writeFileAtomically(output, indexed ?? (await encodePng(image)));
}

/**
 * Enlarges frames one at a time, when they are written, since enlarged frames take far more memory.
 */
export function* enlarged(frames: readonly Image[], draw: (cells: Image) => Image): Generator<Image> {
  for (const cells of frames) yield draw(cells);
}
