// Cells become files: a still picture a PNG, an animation a GIF, a WebP or a sheet with its JSON.

import { basename } from "node:path";
import type { Image } from "../../data/image.ts";
import { coloursOfFrames } from "../../pixelart/colours.ts";
import { encodeIndexed } from "../../pixelart/palettes/indexed.ts";
import type { Colour } from "../../pixelart/palettes/palette.ts";
import { sheetOf } from "../../pixelart/sheet.ts";
import { encodeAnimation, type AnimationTiming } from "../../platform/animations.node.ts";
import { writeFileAtomically } from "../../platform/files.node.ts";
import { encodePng } from "../../platform/images.node.ts";
import type { PlannedPicture } from "./inputs.ts";

export interface Result {
  /** One of a still picture. */
  readonly frames: readonly Image[];
  /** As large as it is to be written. */
  readonly enlarged: (cells: Image) => Image;
  readonly timing: AnimationTiming;
  readonly palette?: readonly Colour[] | undefined;
}

/** @throws UserError where the format cannot hold it, or the file cannot be written; nothing is left behind then */
export async function writeResult({ animation, output }: PlannedPicture, result: Result): Promise<void> {
  const { frames, enlarged, timing, palette } = result;
  if (animation === "gif" || animation === "webp") {
    const colours = palette ?? coloursOfFrames(frames, 256);
    const bytes = await encodeAnimation(each(frames, enlarged), animation, timing, colours);
    return writeFileAtomically(output, bytes);
  }
  if (animation === "sheet") {
    const file = basename(output);
    const name = file.replace(/\.[^.]*$/, "");
    const { image, json } = sheetOf(frames.map(enlarged), timing.delays, name, file);
    // Before the picture, whose being there says that all is done.
    await writeFileAtomically(output.replace(/\.[^.]*$/, ".json"), json);
    return writePng(output, image, palette);
  }
  return writePng(output, enlarged(frames[0]), palette);
}

/** One at a time: enlarged frames take far more memory than their cells. */
function* each(frames: readonly Image[], enlarged: (cells: Image) => Image): Generator<Image> {
  for (const cells of frames) yield enlarged(cells);
}

async function writePng(output: string, image: Image, palette?: readonly Colour[]): Promise<void> {
  const indexed = palette && (await encodeIndexed(image, palette));
  await writeFileAtomically(output, indexed ?? (await encodePng(image)));
}
