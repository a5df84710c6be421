// Animations in and out, for browsers. GIF and WebP are decoded by the browser's ImageDecoder, frame by frame, with the times that the file says; APNG goes
// through our own reader, as in Node, since browsers that have no ImageDecoder read its frames as well. They are written by our own writers: GIF and APNG. A canvas that
// writes WebP may change what is half transparent, and not every browser's writes it at all.

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
 * Opens an animated GIF, WebP or PNG, or any other picture as an animation of one frame. Where the browser cannot take one apart, or a file is cut
 * short, `onWarning` is told, and the frames are those that can be had.
 *
 * @throws UserError `NAME: reason` as `decodeImage`, and where all frames together are too many; frames that turn out damaged throw as they are read
 */
export async function decodeAnimation(file: File, options: DecodeOptions = {}): Promise<Animation> {
  // What cannot be read says so where it is decoded.
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
    `it is an animated ${kind}, and this browser gives its first frame alone (it has no ImageDecoder). Chrome, Edge and Firefox 133 or later read all, and so does the command line.`,
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

/** A frame's pixels as they are decoded, and by a canvas, which rounds what is half transparent, where they come in another form. */
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

/** `png`: an animated one. */
export type AnimationKind = "gif" | "png";

/**
 * Writes frames as an animation: GIF with 256 colours at most, those of the frames and no others, and pixels that are there or not; APNG to the last bit.
 *
 * @param palette of a GIF: all colours of its frames, in the order in which they are wanted. Default: as they come
 * @throws UserError where frames have more colours than a GIF
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
