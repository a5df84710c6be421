// Reads a plan's pictures. Still pictures become animations of one frame, so later code need not
// distinguish them.

import { mapped, still, type Sequence } from "../../picture/animation.ts";
import type { Image } from "../../picture/image.ts";
import { decodeAnimation } from "../../platform/pictures/animations.node.ts";
import { decodeImage, type DecodeOptions } from "../../platform/pictures/images.node.ts";
import type { AnimationChoice } from "./animations.ts";
import type { PlannedPicture } from "./inputs.ts";
import { decodeSequence } from "./sequence.ts";

/**
 * @param change applied to each frame: at once for a still picture, otherwise as frames are read
 * @throws UserError if the file cannot be read; the frames of animations are read, and refused, in
 * turn
 */
export async function readPlanned(
  { source, animation, frames }: PlannedPicture,
  choice: AnimationChoice,
  options: DecodeOptions,
  change: (frame: Image) => Image = (frame) => frame,
): Promise<Sequence> {
  if (frames) return mapped(await decodeSequence(frames, choice, options), change);
  if (animation) return mapped(await decodeAnimation(source, options), change);
  return still(change(await decodeImage(source, options)));
}
