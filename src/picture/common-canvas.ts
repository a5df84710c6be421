// One canvas for frames of several sizes, such as trimmed sprites. It is as wide as the widest
// frame and as high as the highest. An anchor says where the others lie on it; the rest is
// transparent.

import { greatestCommonDivisor } from "../divisors.ts";
import { checkImageSize, pixelsOf, seenPixels, type Image } from "./image.ts";
import type { Size } from "./preprocess.ts";

/** The shares of the free width and height that are left of a frame and above it. */
const shares = {
  bottom: [0.5, 1],
  center: [0.5, 0.5],
  top: [0.5, 0],
  left: [0, 0.5],
  right: [1, 0.5],
  "bottom-left": [0, 1],
  "bottom-right": [1, 1],
  "top-left": [0, 0],
  "top-right": [1, 0],
} as const;

/**
 * The part of the canvas at which all frames meet. `bottom` is the middle of its lower edge, where
 * a figure stands.
 */
export type Anchor = keyof typeof shares;

export const anchors = Object.keys(shares) as readonly Anchor[];

export interface CommonCanvas extends Size {
  /** Puts a frame on the canvas. A frame of the canvas's size is returned as it is. */
  readonly placed: (frame: Image) => Image;
}

/**
 * @param frames all of them; each is read once and not kept
 * @throws UserError if the canvas is too large; and whatever `frames` throws
 */
export async function commonCanvas(frames: AsyncIterable<Image>, anchor: Anchor): Promise<CommonCanvas> {
  let [width, height] = [0, 0];
  const enlargement = { across: 0, down: 0 };
  for await (const frame of frames) {
    [width, height] = [Math.max(width, frame.width), Math.max(height, frame.height)];
    reduceTo(enlargement, frame);
  }
  checkImageSize(width, height);
  const [shareLeft, shareAbove] = shares[anchor];
  const placed = (frame: Image): Image => {
    if (frame.width === width && frame.height === height) return frame;
    const left = offset(width - frame.width, shareLeft, enlargement.across);
    const top = offset(height - frame.height, shareAbove, enlargement.down);
    const canvas = new Uint32Array(width * height);
    const pixels = pixelsOf(frame);
    for (let row = 0; row < frame.height; row++)
      canvas.set(pixels.subarray(row * frame.width, (row + 1) * frame.width), (top + row) * width + left);
    return { width, height, data: new Uint8ClampedArray(canvas.buffer), hasAlpha: true };
  };
  return { width, height, placed };
}

/**
 * A half is rounded down to whole pixels of the picture before it was enlarged, so that all frames
 * keep one grid.
 */
function offset(free: number, share: number, enlargement: number): number {
  if (share !== 0.5) return share * free;
  const pixel = Math.max(1, enlargement);
  return pixel * Math.floor(free / (2 * pixel));
}

/**
 * Reduces a common enlargement to that of an image too: the greatest number of pixels at whose
 * multiples alone it changes. It is 1 for most pictures that were not enlarged without loss, and 0
 * before any change is seen.
 */
function reduceTo(enlargement: { across: number; down: number }, image: Image): void {
  const pixels = seenPixels(image);
  const { width, height } = image;
  for (let row = 0, i = 0; row < height && (enlargement.across !== 1 || enlargement.down !== 1); row++)
    for (let column = 0; column < width; column++, i++) {
      if (column > 0 && pixels[i] !== pixels[i - 1])
        enlargement.across = greatestCommonDivisor(column, enlargement.across);
      if (row > 0 && pixels[i] !== pixels[i - width]) enlargement.down = greatestCommonDivisor(row, enlargement.down);
    }
}
