// How many frames of an animation the page keeps: each is in memory twice or more, as the network got it, as it painted it, and as it is shown.

import { UserError } from "../../src/errors.ts";

/** Pixels of all frames together: 900 frames of 256 x 144 pixels, 57 of 1024 x 576. */
export const mostFramePixels = 2 ** 25;

/** A smaller side is of no use to anybody. */
const leastSide = 32;

/**
 * @param canShrink whether the frames may be made smaller, by the setting for the longest side
 * @throws UserError where they are too many; it says what would do
 */
export function checkFrames(name: string, count: number, width: number, height: number, canShrink: boolean): void {
  if (count === 1 || count * width * height <= mostFramePixels) return;
  const longest = Math.floor(Math.max(width, height) * Math.sqrt(mostFramePixels / (count * width * height)));
  const remedy =
    canShrink && longest >= leastSide
      ? `Choose a longest side of ${longest} pixels or fewer, or cut the clip`
      : "Cut the clip or make it smaller first";
  throw new UserError(
    `${name}: ${count} frames of ${width} x ${height} pixels are more than this page keeps. ${remedy}; the command line takes longer ones.`,
  );
}
