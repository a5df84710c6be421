// An animation: whole frames of one size, each for its time. Frames are given one after the other, so that a long one takes no more memory
// than a short one. Kinds that store only what changes draw it on a canvas here.

import { UserError } from "../errors.ts";
import { hasTransparentPixel, pixelsOf, type Image } from "./image.ts";

/** Frames of one size, and when each is shown. */
export interface Sequence {
  /** Milliseconds that each frame is shown; 0 for the one of a still picture. */
  readonly delays: readonly number[];
  /** How often it is played; 0 for ever. */
  readonly loops: number;
  /** The frames from the first on; may be called again. */
  readonly frames: () => AsyncGenerator<Image, void, undefined>;
}

/**
 * A file's frames, which are decoded as they are asked for.
 *
 * @example
 * ```ts
 * const clip: Animation = await decodeAnimation("walk.gif");
 * const seconds = clip.delays.reduce((sum, delay) => sum + delay, 0) / 1000;
 * for await (const frame of clip.frames()) await writeFile("frame.png", await encodePng(frame));
 * ```
 */
export interface Animation extends Sequence {
  /** Pixels per row of each frame. */
  readonly width: number;
  /** Rows of each frame. */
  readonly height: number;
}

/** A still picture as an animation of one frame. */
export function still(image: Image): Animation {
  const { width, height } = image;
  async function* frames(): AsyncGenerator<Image, void, undefined> {
    yield image;
  }
  return { width, height, delays: [0], loops: 1, frames };
}

/** The same with each of its frames changed. */
export function mapped({ delays, loops, frames }: Sequence, change: (frame: Image) => Image): Sequence {
  async function* changed(): AsyncGenerator<Image, void, undefined> {
    for await (const frame of frames()) yield change(frame);
  }
  return { delays, loops, frames: changed };
}

/** What is drawn on the canvas for a frame. */
export interface Patch {
  readonly image: Image;
  readonly x: number;
  readonly y: number;
  /** What becomes of its place before the next frame. */
  readonly dispose: "keep" | "clear" | "restore";
  /** Whether it replaces what is there, alpha included, or is laid over it. */
  readonly blend: "replace" | "over";
}

/** The most pixels of all frames together: a small file may claim frames for days. */
const mostPixels = 2 ** 34;

/** @throws UserError where there are too many frames for their size */
export function checkFrameCount(width: number, height: number, count: number): void {
  if (width * height * count > mostPixels) {
    throw new UserError(
      `it has ${count} frames of ${width} x ${height} pixels, more than ${mostPixels / 2 ** 30} giga-pixels in all; cut it or make it smaller first.`,
    );
  }
}

/**
 * The frames that patches make, each drawn on what the one before left, at first nothing.
 *
 * @throws UserError for a patch that is not within the canvas
 */
export async function* composed(
  width: number,
  height: number,
  patches: AsyncIterable<Patch> | Iterable<Patch>,
): AsyncGenerator<Image, void, undefined> {
  const canvas = new Uint32Array(width * height);
  let isFirst = true;
  for await (const { image, x, y, dispose, blend } of patches) {
    if (x + image.width > width || y + image.height > height) throw new UserError("a frame lies beyond its picture.");
    // To what was before the first frame is to nothing.
    const before = dispose === "restore" ? (isFirst ? new Uint32Array(canvas.length) : canvas.slice()) : undefined;
    const pixels = pixelsOf(image);
    for (let row = 0; row < image.height; row++) {
      const start = (y + row) * width + x;
      for (let column = 0; column < image.width; column++) {
        const pixel = pixels[row * image.width + column];
        canvas[start + column] = blend === "over" ? over(pixel, canvas[start + column]) : pixel;
      }
    }
    const data = new Uint8ClampedArray(canvas.slice().buffer);
    yield { width, height, data, hasAlpha: hasTransparentPixel(data) };
    isFirst = false;
    if (before) canvas.set(before);
    if (dispose === "clear") {
      for (let row = y; row < y + image.height; row++) canvas.fill(0, row * width + x, row * width + x + image.width);
    }
  }
}

/** One pixel over another, neither multiplied by its alpha: red in the lowest byte (https://www.w3.org/TR/png-3/#13Alpha-channel-processing). */
function over(above: number, below: number): number {
  const [front, back] = [above >>> 24, below >>> 24];
  if (front === 255 || back === 0) return above;
  if (front === 0) return below;
  const [weight, rest] = [255 * front, (255 - front) * back];
  const mixed = (shift: number) =>
    Math.round((((above >>> shift) & 255) * weight + ((below >>> shift) & 255) * rest) / (weight + rest));
  return (mixed(0) | (mixed(8) << 8) | (mixed(16) << 16) | (Math.round((weight + rest) / 255) << 24)) >>> 0;
}
