// Reads and writes animations in Node. sharp reads GIF and WebP, several frames at a time: memory
// stays bounded, and libvips, which redraws a GIF from its first frame whenever it opens one, does
// not do so for every frame. Our own reader (formats/animations/apng.ts) splits APNG, since libvips
// reads only its first frame; images.node.ts decodes the frames. Our own writers work frame by
// frame. sharp's needs all frames at once, chooses its own palette for a GIF, and merges equal
// frames.

import sharp from "sharp";
import { UserError } from "../../errors.ts";
import { splitApng } from "../../formats/animations/apng.ts";
import { changedPart, cutOut, type FramePixels } from "../../formats/animations/changed-part.ts";
import { GifWriter } from "../../formats/animations/gif-writer.ts";
import { animatedWebp, largestWebpSide, type WebpFrame } from "../../formats/animations/webp-animation.ts";
import { pictureKind } from "../../formats/pictures/picture-file.ts";
import { checkFrameCount, still, type Animation } from "../../picture/animation.ts";
import { checkImageSize, defaultPixelLimit, hasTransparentPixel, pixelsOf, type Image } from "../../picture/image.ts";
import { readFileBytes } from "../files/files.node.ts";
import { decodeImage, named, understood, type DecodeOptions } from "./images.node.ts";
import { framesOfSplit } from "./split-frames.ts";

/** The most pixels of frames that are decoded together, unless a single frame has more. */
const pixelsAtATime = 2 ** 22;

/**
 * Opens an animated GIF, WebP or PNG, or any other picture as an animation of one frame. From a
 * truncated file it returns the frames that it can read and calls `onWarning`; a truncated WebP is
 * refused.
 *
 * @param source a file's path, or its bytes
 * @throws UserError `PATH: reason` as `decodeImage`, and if there are too many frames; a damaged
 * frame throws when it is read
 * @example
 * ```ts
 * const clip = await decodeAnimation("walk.gif");
 * const palette = (await loadPalette("pico-8")).colours; // one for all frames
 * async function* drawn() {
 *   for await (const frame of clip.frames()) yield await generator.convert(frame, { cell: 4, scale: 4, palette });
 * }
 * await writeFile("walk.webp", await encodeAnimation(drawn(), "webp", clip));
 * ```
 */
export async function decodeAnimation(source: string | Uint8Array, options: DecodeOptions = {}): Promise<Animation> {
  const bytes = typeof source === "string" ? await readFileBytes(source) : source;
  const moving = await named(source, async () => {
    const kind = pictureKind(bytes);
    const apng = kind === "PNG" ? splitApng(bytes) : undefined;
    if (apng) return framesOfSplit("PNG", apng, (png) => decodeImage(png, options), options);
    if (kind === "GIF" || kind === "WebP") return ofPages(bytes, kind, options);
    return undefined;
  });
  if (moving) return { ...moving, frames: () => namedFrames(source, moving.frames()) };
  return still(await decodeImage(source, options));
}

async function* namedFrames(source: string | Uint8Array, frames: AsyncGenerator<Image, void, undefined>) {
  for (;;) {
    const next = await named(source, () => frames.next());
    if (next.done) return;
    yield next.value;
  }
}

/** @returns undefined for a still picture */
async function ofPages(
  bytes: Uint8Array,
  kind: "GIF" | "WebP",
  options: DecodeOptions,
): Promise<Animation | undefined> {
  const reading = { failOn: "error", limitInputPixels: false } as const;
  const metadata = await understood(kind, sharp(bytes, { ...reading, animated: true }).metadata());
  const { width, pageHeight: height = metadata.height, pages: count = 1, delay, loop = 1, hasProfile } = metadata;
  if (count === 1) return undefined;
  checkImageSize(width, height, options.pixelLimit ?? defaultPixelLimit);
  checkFrameCount(width, height, count);
  if (kind === "GIF" && bytes.findLast((byte) => byte !== 0) !== gifEnd) {
    options.onWarning?.(`it ends too early: ${count} of its frames could be read, and the last may be incomplete.`);
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
  return { width, height, delays: delay ?? new Array<number>(count).fill(0), loops: loop, frames };
}

/** The byte that ends a GIF. */
const gifEnd = 0x3b;

/**
 * The kinds of animations that `encodeAnimation` writes.
 *
 * @example
 * ```ts
 * const kind: AnimationKind = "gif";
 * const still = await encodeAnimation([art, art], kind, { delays: [500, 500], loops: 0 });
 * ```
 */
export type AnimationKind = "gif" | "webp";

/**
 * The timing of an animation's frames.
 *
 * @example
 * ```ts
 * const timing: AnimationTiming = { delays: [100, 400], loops: 3 };
 * const file = await encodeAnimation([photo, photo], "webp", timing);
 * ```
 */
export interface AnimationTiming {
  /** The duration of each frame in milliseconds. GIF stores hundredths of a second. */
  readonly delays: readonly number[];
  /** How often it plays; 0 means forever. */
  readonly loops: number;
}

/**
 * Writes frames as an animation. A WebP is lossless, including alpha. A GIF has exactly the colors
 * of the frames, at most 256, and pixels that are either opaque or transparent. After a frame is
 * written, only its encoded bytes stay in memory.
 *
 * @param palette for a GIF: all colors of its frames, [red, green, blue], in the order to store
 * them. Default: in order of appearance
 * @throws UserError if the frames differ in size, do not match the delays in number, or have more
 * colors than a GIF can hold
 */
export async function encodeAnimation(
  frames: AsyncIterable<Image> | Iterable<Image>,
  kind: AnimationKind,
  { delays, loops }: AnimationTiming,
  palette?: readonly (readonly number[])[],
): Promise<Uint8Array<ArrayBuffer>> {
  const webp: WebpFrame[] = [];
  let gif: GifWriter | undefined;
  let count = 0;
  let before: FramePixels | undefined;
  for await (const image of frames) {
    const { width, height } = image;
    if (before && (before.width !== width || before.height !== height)) {
      throw new UserError(
        `Frame ${count + 1} has ${width} x ${height} pixels and the first ${before.width} x ${before.height}: all frames of an animation must have the same size.`,
      );
    }
    const frame = { width, height, pixels: pixelsOf(image) };
    const delay = delays[count++] ?? 0;
    if (kind === "gif") (gif ??= new GifWriter(width, height, { loops, palette })).add(frame, delay);
    else webp.push({ delay, ...(await webpOf(frame, before)) });
    before = frame;
  }
  if (!before || count !== delays.length) {
    throw new UserError(`An animation has a delay for each frame: ${count} frames have ${delays.length} delays.`);
  }
  return gif?.finish() ?? animatedWebp(before.width, before.height, loops, webp);
}

/** The changed part of a frame, as a WebP file. */
async function webpOf(frame: FramePixels, before?: FramePixels): Promise<Pick<WebpFrame, "part" | "file">> {
  const { width, height } = frame;
  if (Math.max(width, height) > largestWebpSide)
    throw new UserError(`A WebP has at most ${largestWebpSide} pixels a side, not ${width} x ${height}.`);
  const part = before ? changedPart(before, frame, 2) : { x: 0, y: 0, width, height };
  const raw = { width: part.width, height: part.height, channels: 4 } as const;
  const picture = sharp(new Uint8Array(cutOut(frame, part).buffer), { raw, limitInputPixels: false });
  return { part, file: await picture.webp({ lossless: true, exact: true }).toBuffer() };
}
