// What a plan's pictures are read as: still ones as animations of one frame, so that nothing further on tells them apart.

import { mapped, still, type Sequence } from "../../data/animation.ts";
import type { Image } from "../../data/image.ts";
import { decodeAnimation } from "../../platform/animations.node.ts";
import { decodeImage, type DecodeOptions } from "../../platform/images.node.ts";
import type { AnimationChoice } from "./animations.ts";
import type { PlannedPicture } from "./inputs.ts";
import { decodeSequence } from "./sequence.ts";

/**
 * @param change what becomes of each frame; of a still picture at once, of others as they are read
 * @throws UserError for what cannot be read; frames of animations are read, and refused, in their turn
 */
export async function readPlanned(
  { source, animation, frames }: PlannedPicture,
  { delay }: AnimationChoice,
  options: DecodeOptions,
  change: (frame: Image) => Image = (frame) => frame,
): Promise<Sequence> {
  if (frames) return mapped(await decodeSequence(frames, delay, options), change);
  if (animation) return mapped(await decodeAnimation(source, options), change);
  return still(change(await decodeImage(source, options)));
}
