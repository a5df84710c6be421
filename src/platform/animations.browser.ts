// Reads and writes animations in browsers. The browser's ImageDecoder decodes GIF and WebP frame by
// frame; the timing comes from the file's headers. Our own reader splits APNG, as in Node, which
// also works in browsers without ImageDecoder. Our own writers produce GIF and APNG. There is no
// WebP: a canvas may change half-transparent pixels, and not every browser's canvas can write WebP.

import { animatedKind } from "../data/animated-file.ts";
import { animationHeader } from "../data/animation-timing.ts";
import { checkFrameCount, still, type Animation, type Sequence } from "../data/animation.ts";
import { hasProfile } from "../data/colour-profile.ts";
import { checkImageSize, defaultPixelLimit, hasTransparentPixel, pixelsOf, type Image } from "../data/image.ts";
import { UserError, withoutFullStop } from "../errors.ts";
import { ApngWriter } from "../formats/apng-writer.ts";
import { readApng } from "../formats/apng.ts";
import { GifWriter } from "../formats/gif-writer.ts";
import { framesOfApng } from "./apng-frames.ts";
import { decodeImage, type DecodeOptions } from "./images.browser.ts";

/**
 * Opens an animated GIF, WebP or PNG, or any other picture as an animation of one frame. If the
 * browser cannot decode all frames, or the file is truncated, it calls `onWarning` and returns the
 * frames that it can read.
 *
 * @throws UserError `NAME: reason` as `decodeImage`, and if there are too many frames; a damaged
 * frame throws when it is read
 */
export async function decodeAnimation(file: File, options: DecodeOptions = {}): Promise<Animation> {
  // Errors are reported when the file is decoded.
  const kind = await animatedKind(async (start, length) => {
    return new Uint8Array(await file.slice(start, start + length).arrayBuffer());
  }).catch(() => undefined);
  const moving = kind && (await named(file, () => opened(file, kind, options)));
  if (!moving) return still(await decodeImage(file, options));
  return { ...moving, frames: () => namedFrames(file, moving.frames()) };
}

async function opened(
  file: File,
  kind: "GIF" | "WebP" | "PNG",
  options: DecodeOptions,
): Promise<Animation | undefined> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (kind === "PNG") {
    const apng = readApng(bytes);
    return apng && framesOfApng(apng, (png) => decodeImage(png, options), options);
  }
  if ("ImageDecoder" in globalThis) return ofDecoder(bytes, kind, options);
  options.onWarning?.(
    `it is an animated ${kind}, but this browser has no ImageDecoder and reads only its first frame. Chrome, Edge, Firefox 133 or later and the command line read all frames.`,
  );
  return undefined;
}

async function ofDecoder(
  bytes: Uint8Array<ArrayBuffer>,
  kind: "GIF" | "WebP",
  { pixelLimit = defaultPixelLimit, onWarning }: DecodeOptions,
): Promise<Animation> {
  const { width, height, delays, loops } = animationHeader(kind, bytes);
  checkImageSize(width, height, pixelLimit);
  checkFrameCount(width, height, delays.length);
  const decoder = () =>
    new ImageDecoder({
      data: bytes,
      type: `image/${kind.toLowerCase()}`,
      colorSpaceConversion: hasProfile(kind, bytes) ? "default" : "none",
    });
  const first = decoder();
  const count = await framesIn(first)
    .catch((error: Error) => {
      throw new UserError(`it is a damaged or incomplete ${kind} (${withoutFullStop(error.message)}).`);
    })
    .finally(() => first.close());
  const readable = Math.min(count, delays.length);
  if (readable < delays.length)
    onWarning?.(`it ends too early: ${readable} of its ${delays.length} frames could be read.`);
  async function* frames(): AsyncGenerator<Image, void, undefined> {
    const reading = decoder();
    try {
      for (let frameIndex = 0; frameIndex < readable; frameIndex++) {
        const { image } = await reading.decode({ frameIndex }).catch((error: Error) => {
          throw new UserError(
            `its frame ${frameIndex + 1} of ${readable} is damaged or incomplete (${withoutFullStop(error.message)}).`,
          );
        });
        try {
          yield await imageOf(image);
        } finally {
          image.close();
        }
      }
    } finally {
      reading.close();
    }
  }
  return { width, height, delays: delays.slice(0, readable), loops, frames };
}

async function framesIn(decoder: ImageDecoder): Promise<number> {
  await decoder.tracks.ready;
  await decoder.completed;
  return decoder.tracks.selectedTrack?.frameCount ?? 0;
}

/**
 * A frame's pixels: copied if they are RGB, otherwise drawn on a canvas, which rounds
 * half-transparent colours.
 */
async function imageOf(frame: VideoFrame): Promise<Image> {
  const { displayWidth: width, displayHeight: height, format } = frame;
  const data = new Uint8ClampedArray(4 * width * height);
  if (format === "RGBA" || format === "RGBX" || format === "BGRA" || format === "BGRX") {
    await frame.copyTo(data);
    if (format.startsWith("BGR")) {
      for (let i = 0; i < data.length; i += 4) [data[i], data[i + 2]] = [data[i + 2], data[i]];
    }
    if (format.endsWith("X")) for (let i = 3; i < data.length; i += 4) data[i] = 255;
  } else {
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (!context)
      throw new UserError(`this browser cannot draw a picture of ${width} x ${height} pixels; make it smaller.`);
    context.drawImage(frame, 0, 0);
    data.set(context.getImageData(0, 0, width, height).data);
  }
  return { width, height, data, hasAlpha: hasTransparentPixel(data) };
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
