// An animation: whole frames of one size, each with its duration. Frames are streamed, so a long
// animation takes no more memory than a short one. Formats that store only changes compose their
// frames here, on a canvas.

import { UserError } from "../errors.ts";
import { hasTransparentPixel, pixelsOf, type Image } from "./image.ts";

/** Frames of one size and their timing. */
export interface Sequence {
  /** Milliseconds for which each frame is shown; 0 for the only frame of a still picture. */
  readonly delays: readonly number[];
  /** How often it plays; 0 means forever. */
  readonly loops: number;
  /** The frames from the first on; may be called several times. */
  readonly frames: () => AsyncGenerator<Image, void, undefined>;
}

/**
 * A file's frames, decoded on demand.
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

/** The same sequence with `change` applied to each frame. */
export function mapped({ delays, loops, frames }: Sequence, change: (frame: Image) => Image): Sequence {
  async function* changed(): AsyncGenerator<Image, void, undefined> {
    for await (const frame of frames()) yield change(frame);
  }
  return { delays, loops, frames: changed };
}

/** What a frame draws on the canvas. */
export interface Patch {
  readonly image: Image;
  readonly x: number;
  readonly y: number;
  /** What happens to its area before the next frame. */
  readonly dispose: "keep" | "clear" | "restore";
  /** Whether it replaces what is there, alpha included, or is drawn over it. */
  readonly blend: "replace" | "over";
}

/** The most pixels in all frames together: a small file may declare frames that take days. */
const mostPixels = 2 ** 34;

/** @throws UserError if there are too many frames of this size */
export function checkFrameCount(width: number, height: number, count: number): void {
  if (width * height * count > mostPixels) {
    throw new UserError(
      `it has ${count} frames of ${width} x ${height} pixels, more than ${mostPixels / 2 ** 30} giga-pixels in all; cut it or make it smaller first.`,
    );
  }
}

/** @throws UserError if a frame's area is not within the canvas */
export function checkPlace(
  { x, y, width, height }: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  canvas: { readonly width: number; readonly height: number },
): void {
  if (x + width > canvas.width || y + height > canvas.height) throw new UserError("a frame lies beyond its picture.");
}

/**
 * The frames that patches produce. Each is drawn onto what the one before left; the canvas starts
 * transparent.
 *
 * @throws UserError if a patch is not within the canvas
 */
export async function* composed(
  width: number,
  height: number,
  patches: AsyncIterable<Patch> | Iterable<Patch>,
): AsyncGenerator<Image, void, undefined> {
  const canvas = new Uint32Array(width * height);
  let isFirst = true;
  for await (const { image, x, y, dispose, blend } of patches) {
    checkPlace({ x, y, width: image.width, height: image.height }, { width, height });
    // Before the first frame there is nothing, so "restore" clears the canvas.
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

/**
 * One pixel over another, with unassociated alpha and red in the lowest byte
 * (https://www.w3.org/TR/png-3/#13Alpha-channel-processing).
 */
function over(above: number, below: number): number {
  const [front, back] = [above >>> 24, below >>> 24];
  if (front === 255 || back === 0) return above;
  if (front === 0) return below;
  const [weight, rest] = [255 * front, (255 - front) * back];
  const mixed = (shift: number) =>
    Math.round((((above >>> shift) & 255) * weight + ((below >>> shift) & 255) * rest) / (weight + rest));
  return (mixed(0) | (mixed(8) << 8) | (mixed(16) << 16) | (Math.round((weight + rest) / 255) << 24)) >>> 0;
}
