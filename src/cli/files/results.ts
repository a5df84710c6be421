// Cells become files: a still picture a PNG, an animation a GIF, a WebP or a sheet with its JSON, a sequence these or a PNG of each frame.

import { basename } from "node:path";
import type { Image } from "../../data/image.ts";
import { encodeIndexed } from "../../pixelart/palettes/indexed.ts";
import type { Colour } from "../../pixelart/palettes/palette.ts";
import { sheetOf } from "../../pixelart/sheet.ts";
import { encodeAnimation, type AnimationTiming } from "../../platform/animations.node.ts";
import { writeFileAtomically } from "../../platform/files.node.ts";
import { encodePng } from "../../platform/images.node.ts";
import type { PlannedPicture } from "./inputs.ts";

export interface Result {
  /** As they are to be written; one of a still picture. */
  readonly frames: AsyncIterable<Image> | Iterable<Image>;
  readonly timing: AnimationTiming;
  /** All their colours, where they were chosen. */
  readonly palette?: readonly Colour[] | undefined;
  /** All their colours, where they are known: a GIF is smaller then. */
  readonly known?: readonly Colour[] | undefined;
}

/** @throws UserError where the format cannot hold it, or the file cannot be written; nothing is left behind then */
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
  // Before the picture, whose being there says that all is done.
  await writeFileAtomically(output.replace(stem, ".json"), json);
  return writePng(output, image, palette);
}

async function writePng(output: string, image: Image, palette?: readonly Colour[]): Promise<void> {
  const indexed = palette && (await encodeIndexed(image, palette));
  await writeFileAtomically(output, indexed ?? (await encodePng(image)));
}

/** Cells drawn one frame at a time, when it is written: enlarged they take far more memory. */
export function* enlarged(frames: readonly Image[], draw: (cells: Image) => Image): Generator<Image> {
  for (const cells of frames) yield draw(cells);
}
