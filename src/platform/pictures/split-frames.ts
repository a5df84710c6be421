// The frames of an animation that was split into stills (formats/animations/split-animation.ts):
// each is decoded as a picture of its own and drawn onto those before it.

import { UserError } from "../../errors.ts";
import type { AnimatedKind } from "../../formats/animations/animated-file.ts";
import type { SplitAnimation } from "../../formats/animations/split-animation.ts";
import { checkFrameCount, checkPlace, composed, type Animation, type Patch } from "../../picture/animation.ts";
import { checkImageSize, defaultPixelLimit, type Image } from "../../picture/image.ts";
import { crop } from "../../picture/preprocess.ts";

export interface SplitOptions {
  readonly pixelLimit?: number | undefined;
  /** Receives a sentence if frames are missing. */
  readonly onWarning?: ((sentence: string) => void) | undefined;
}

/**
 * @param decode reads one frame's file
 * @throws UserError if there are too many frames, or none is complete; a frame throws what `decode`
 * throws
 */
export function framesOfSplit(
  kind: AnimatedKind,
  { width, height, loops, frames, isCut, promised }: SplitAnimation,
  decode: (file: Uint8Array) => Promise<Image>,
  { pixelLimit = defaultPixelLimit, onWarning }: SplitOptions,
): Animation {
  checkImageSize(width, height, pixelLimit);
  checkFrameCount(width, height, frames.length);
  if (frames.length === 0) throw new UserError(`it is an animated ${kind} that ends within its first frame.`);
  if (isCut) {
    const all = promised === undefined ? "its" : `its ${promised}`;
    onWarning?.(`it ends too early: ${frames.length} of ${all} frames could be read.`);
  }
  async function* patches(): AsyncGenerator<Patch, void, undefined> {
    for (const { file, ...place } of frames) {
      if (kind === "GIF") checkImageSize(place.width, place.height, pixelLimit);
      else checkPlace(place, { width, height }); // before its pixels are decoded
      const image = await decodeFrame(file);
      yield kind === "GIF" ? within(width, height, { ...place, image }) : { ...place, image };
    }
  }
  /** An error in a frame is an error in the file. */
  async function decodeFrame(file: Uint8Array): Promise<Image> {
    try {
      return await decode(file);
    } catch (error) {
      if (error instanceof UserError) error.message = error.message.replace(/^the picture: /, "");
      throw error;
    }
  }
  return {
    width,
    height,
    delays: frames.map(({ delay }) => delay),
    loops,
    frames: () => composed(width, height, patches()),
  };
}

/** Players clip what lies beyond a GIF's canvas; the other kinds forbid it. */
function within(width: number, height: number, patch: Patch): Patch {
  const [x, y] = [Math.min(patch.x, width), Math.min(patch.y, height)];
  const { image } = patch;
  return {
    ...patch,
    x,
    y,
    image: crop(image, 0, 0, Math.min(image.width, width - x), Math.min(image.height, height - y)),
  };
}
