// Composes the frames of an animated PNG that formats/apng.ts has split into PNGs, with any PNG
// decoder.

import { checkFrameCount, checkPlace, composed, type Animation, type Patch } from "../data/animation.ts";
import { checkImageSize, defaultPixelLimit, type Image } from "../data/image.ts";
import { UserError } from "../errors.ts";
import type { Apng } from "../formats/apng.ts";

export interface ApngOptions {
  readonly pixelLimit?: number | undefined;
  /** Called if frames are missing. */
  readonly onWarning?: ((sentence: string) => void) | undefined;
}

/**
 * @param decode reads one frame's PNG
 * @throws UserError if there are too many frames, or no complete one; reading a frame throws what
 * `decode` throws
 */
export function framesOfApng(
  { width, height, loops, frames, promised }: Apng,
  decode: (png: Uint8Array) => Promise<Image>,
  { pixelLimit = defaultPixelLimit, onWarning }: ApngOptions,
): Animation {
  checkImageSize(width, height, pixelLimit);
  checkFrameCount(width, height, frames.length);
  if (frames.length === 0) throw new UserError("it is an animated PNG that ends within its first frame.");
  if (frames.length < promised)
    onWarning?.(`it ends too early: ${frames.length} of its ${promised} frames could be read.`);
  async function* patches(): AsyncGenerator<Patch, void, undefined> {
    for (const { png, ...place } of frames) {
      checkPlace(place, { width, height }); // before its pixels are decoded
      yield { ...place, image: await decodeFrame(png) };
    }
  }
  /** Reports an error in a frame as one in the file. */
  async function decodeFrame(png: Uint8Array): Promise<Image> {
    try {
      return await decode(png);
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
