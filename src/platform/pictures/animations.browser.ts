// Reads and writes animations in browsers. Our own code splits GIF, WebP and APNG into stills, and
// the browser decodes these one by one. So no ImageDecoder is needed, which Safari and Firefox
// before 133 lack. Our own writers produce GIF and APNG. There is no WebP: a canvas may change
// half-transparent pixels, and not every browser's canvas can write WebP.

import { UserError } from "../../errors.ts";
import { animatedKind, type AnimatedKind } from "../../formats/animations/animated-file.ts";
import { ApngWriter } from "../../formats/animations/apng-writer.ts";
import { splitApng } from "../../formats/animations/apng.ts";
import { splitGif } from "../../formats/animations/gif-frames.ts";
import { GifWriter } from "../../formats/animations/gif-writer.ts";
import type { SplitAnimation } from "../../formats/animations/split-animation.ts";
import { splitWebp } from "../../formats/animations/webp-animation.ts";
import { still, type Animation, type Sequence } from "../../picture/animation.ts";
import { pixelsOf, type Image } from "../../picture/image.ts";
import { decodeImage, type DecodeOptions } from "./images.browser.ts";
import { framesOfSplit } from "./split-frames.ts";

/**
 * Opens an animated GIF, WebP or PNG, or any other picture as an animation of one frame. If the
 * file is truncated, it calls `onWarning` and returns the frames that are complete.
 *
 * @throws UserError `NAME: reason` as `decodeImage`, and if there are too many frames; a damaged
 * frame throws when it is read
 */
export async function decodeAnimation(file: File, options: DecodeOptions = {}): Promise<Animation> {
  // Errors are reported when the file is decoded.
  const kind = await animatedKind(async (start, length) => {
    return new Uint8Array(await file.slice(start, start + length).arrayBuffer());
  }).catch(() => undefined);
  const moving =
    kind &&
    (await named(file, async () => {
      const stills = split(kind, new Uint8Array(await file.arrayBuffer()));
      return stills && framesOfSplit(kind, stills, (still) => decodeImage(still, options), options);
    }));
  if (!moving) return still(await decodeImage(file, options));
  return { ...moving, frames: () => namedFrames(file, moving.frames()) };
}

function split(kind: AnimatedKind, bytes: Uint8Array): SplitAnimation | undefined {
  switch (kind) {
    case "PNG":
      return splitApng(bytes);
    case "GIF":
      return splitGif(bytes);
    case "WebP":
      return splitWebp(bytes);
  }
}

async function named<T>(file: File, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${file.name}: ${error.message}`);
  }
}

async function* namedFrames(file: File, frames: AsyncGenerator<Image, void, undefined>) {
  try {
    for (;;) {
      const next = await named(file, () => frames.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await frames.return();
  }
}

/** `png` is an animated PNG. */
export type AnimationKind = "gif" | "png";

/**
 * Writes frames as an animation. A GIF has exactly the colours of the frames, at most 256, and
 * pixels that are either opaque or transparent. An APNG is lossless.
 *
 * @param palette for a GIF: all colours of its frames, in the order to store them. Default: in
 * order of appearance
 * @throws UserError if the frames have more colours than a GIF can hold
 */
export async function encodeAnimation(
  frames: AsyncIterable<Image> | Iterable<Image>,
  kind: AnimationKind,
  { delays, loops }: Pick<Sequence, "delays" | "loops">,
  palette?: readonly (readonly number[])[],
): Promise<Uint8Array<ArrayBuffer>> {
  let writer: GifWriter | ApngWriter | undefined;
  let place = 0;
  for await (const image of frames) {
    const { width, height } = image;
    writer ??= kind === "gif" ? new GifWriter(width, height, { loops, palette }) : new ApngWriter(width, height, loops);
    writer.add({ width, height, pixels: pixelsOf(image) }, delays[place++]);
  }
  return writer!.finish();
}
