// Limits the frames of an animation. The page keeps each frame at least twice: the network's input,
// its output, and the frame as shown.

import { UserError } from "../../src/errors.ts";

/** The most pixels of all frames together: 900 frames of 256 x 144, or 57 of 1024 x 576. */
export const mostFramePixels = 2 ** 25;

/** A smaller side is never suggested. */
const leastSide = 32;

/**
 * @param canShrink whether the visitor can shrink the frames with the setting for the longest side
 * @throws UserError if there are too many, with a longest side that would fit
 */
export function checkFrames(name: string, count: number, width: number, height: number, canShrink: boolean): void {
  if (count === 1 || count * width * height <= mostFramePixels) return;
  const longest = Math.floor(Math.max(width, height) * Math.sqrt(mostFramePixels / (count * width * height)));
  const remedy =
    canShrink && longest >= leastSide
      ? `Choose a longest side of ${longest} pixels or less, or cut the clip`
      : "Cut the clip or make it smaller first";
  throw new UserError(
    `${name}: ${count} frames of ${width} x ${height} pixels are more than this page can hold. ${remedy}; the command line accepts longer ones.`,
  );
}
