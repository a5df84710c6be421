// Animations in and out, for Node. GIF and WebP go through sharp, a few frames at a time, so that neither a long clip's memory nor its time grows
// with the square of its length: libvips draws a GIF from its first frame on whenever it is opened. APNG goes through our own reader
// (formats/apng.ts), for libvips reads its first frame alone; the frames themselves are PNGs, which images.node.ts decodes.

import sharp from "sharp";
import { checkFrameCount, composed, type Animation, type Patch } from "../data/animation.ts";
import { checkImageSize, defaultPixelLimit, hasTransparentPixel, type Image } from "../data/image.ts";
import { pictureKind } from "../data/picture-file.ts";
import { UserError } from "../errors.ts";
import { readApng, type Apng } from "../formats/apng.ts";
import { readFileBytes } from "./files.node.ts";
import { decodeImage, named, understood, type DecodeOptions } from "./images.node.ts";

/** Frames that are decoded at a time have no more pixels than this, unless one alone has. */
const pixelsAtATime = 2 ** 22;

/**
 * Opens an animated GIF, WebP or PNG, or any other picture as an animation of one frame. Where a file is cut short, the frames are those
 * that could be read, and `onWarning` is told; a WebP is refused then.
 *
 * @param source a file's path, or its bytes
 * @throws UserError `PATH: reason` as `decodeImage`, and where all frames together are too many; frames that turn out damaged throw as they are read
 */
export async function decodeAnimation(source: string | Uint8Array, options: DecodeOptions = {}): Promise<Animation> {
  const bytes = typeof source === "string" ? await readFileBytes(source) : source;
  const animation = await named(source, async () => {
    const kind = pictureKind(bytes);
    const apng = kind === "PNG" ? readApng(bytes) : undefined;
    if (apng) return ofApng(apng, options);
    if (kind === "GIF" || kind === "WebP") return ofPages(bytes, kind, options);
    return undefined;
  });
  if (animation) return { ...animation, frames: () => namedFrames(source, animation.frames()) };
  const still = await decodeImage(source, options);
  return {
    ...{ width: still.width, height: still.height, delays: [0], loops: 1 },
    frames: async function* () {
      yield still;
    },
  };
}

async function* namedFrames(source: string | Uint8Array, frames: AsyncGenerator<Image, void, undefined>) {
  for (;;) {
    const next = await named(source, () => frames.next());
    if (next.done) return;
    yield next.value;
  }
}

function ofApng(apng: Apng, options: DecodeOptions): Animation {
  const { width, height, loops, frames, promised } = apng;
  checkImageSize(width, height, options.pixelLimit ?? defaultPixelLimit);
  checkFrameCount(width, height, frames.length);
  if (frames.length === 0) throw new UserError("it is an animated PNG that ends before its first frame does.");
  if (frames.length < promised) {
    options.onWarning?.(`it ends too early: ${frames.length} of its ${promised} frames could be read.`);
  }
  async function* patches(): AsyncGenerator<Patch, void, undefined> {
    for (const { png, ...place } of frames) {
      checkImageSize(place.width, place.height, width * height);
      yield { ...place, image: await decodeFrame(png, options) };
    }
  }
  const delays = frames.map(({ delay }) => delay);
  return { width, height, delays, loops, frames: () => composed(width, height, patches()) };
}

/** What is wrong with a frame is wrong with the file. */
async function decodeFrame(png: Uint8Array, options: DecodeOptions): Promise<Image> {
  try {
    return await decodeImage(png, options);
  } catch (error) {
    if (error instanceof UserError) error.message = error.message.replace(/^the picture: /, "");
    throw error;
  }
}

async function ofPages(bytes: Uint8Array, kind: "GIF" | "WebP", options: DecodeOptions): Promise<Animation> {
  const reading = { failOn: "error", limitInputPixels: false } as const;
  const metadata = await understood(kind, sharp(bytes, { ...reading, animated: true }).metadata());
  const { width, pageHeight: height = metadata.height, pages: count = 1, delay, loop = 1, hasProfile } = metadata;
  checkImageSize(width, height, options.pixelLimit ?? defaultPixelLimit);
  checkFrameCount(width, height, count);
  if (kind === "GIF" && bytes.findLast((byte) => byte !== 0) !== gifEnd) {
    options.onWarning?.(
      `it ends too early: ${count} of its frames could be read, the last of them perhaps not wholly.`,
    );
  }
  const ignoreIcc = options.ignoreProfile === true || !hasProfile;
  const atATime = Math.max(1, Math.floor(pixelsAtATime / (width * height)));
  async function* frames(): AsyncGenerator<Image, void, undefined> {
    for (let page = 0; page < count; page += atATime) {
      const some = sharp(bytes, { ...reading, ignoreIcc, page, pages: Math.min(atATime, count - page) });
      const rgba = some.toColourspace("srgb").ensureAlpha().raw();
      const { data, info } = await understood(kind, rgba.toBuffer({ resolveWithObject: true }));
      if (info.channels !== 4) throw new Error(`expected 4 channels from sharp, got ${info.channels}`);
      for (let start = 0; start < data.length; start += 4 * width * height) {
        const pixels = Uint8ClampedArray.from(data.subarray(start, start + 4 * width * height));
        yield { width, height, data: pixels, hasAlpha: hasTransparentPixel(pixels) };
      }
    }
  }
  return { width, height, delays: count > 1 && delay ? delay : [0], loops: loop, frames };
}

/** The byte that ends a GIF. */
const gifEnd = 0x3b;

export type AnimationKind = "gif" | "webp";

export interface AnimationTiming {
  /** Milliseconds of each frame; GIF counts hundredths of a second. */
  readonly delays: readonly number[];
  /** How often it is played; 0 for ever. */
  readonly loops: number;
}

/**
 * Writes frames as an animation: WebP to the last bit, alpha included; GIF with 256 colors at most, found for all frames, and pixels that are
 * there or not. All frames are held until it is written. A frame that is like the one before lengthens that one's delay in WebP.
 *
 * @throws UserError where frames are of several sizes, or not as many as there are delays
 */
export async function encodeAnimation(
  frames: AsyncIterable<Image> | Iterable<Image>,
  kind: AnimationKind,
  { delays, loops }: AnimationTiming,
): Promise<Uint8Array> {
  const all: Image[] = [];
  for await (const frame of frames) {
    const { width, height } = all[0] ?? frame;
    if (frame.width !== width || frame.height !== height) {
      throw new UserError(
        `Frame ${all.length + 1} has ${frame.width} x ${frame.height} pixels and the first ${width} x ${height}: the frames of an animation are of one size.`,
      );
    }
    all.push(frame);
  }
  if (all.length === 0 || all.length !== delays.length) {
    throw new UserError(`An animation has a delay for each frame: ${all.length} frames have ${delays.length} delays.`);
  }
  const { width, height } = all[0];
  const stacked = new Uint8Array(4 * width * height * all.length);
  all.forEach(({ data }, i) => stacked.set(data, i * 4 * width * height));
  const raw = { width, height: height * all.length, channels: 4, pageHeight: height } as const;
  const picture = sharp(stacked, { raw, limitInputPixels: false });
  const timing = { delay: [...delays], loop: loops };
  if (kind === "gif") picture.gif({ ...timing, dither: 0, effort: 7, keepDuplicateFrames: true });
  else picture.webp({ ...timing, lossless: true, exact: true });
  return picture.toBuffer();
}
