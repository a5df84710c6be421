// Finds what changes from one frame of an animation to the next: the smallest rectangle around the
// changes. File formats store only that part.

/** The pixels of a frame, row by row, one number each, with red in the lowest byte. */
export interface FramePixels {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
}

export interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The rectangle in which two frames of one size differ; a single pixel if they are equal. Its
 * position is a multiple of `step`.
 */
export function changedPart(before: FramePixels, after: FramePixels, step = 1): Part {
  const { width, height } = after;
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    const [start, end] = [y * width, (y + 1) * width];
    let first = start;
    while (first < end && before.pixels[first] === after.pixels[first]) first++;
    if (first === end) continue;
    let last = end - 1;
    while (before.pixels[last] === after.pixels[last]) last--;
    left = Math.min(left, first - start);
    right = Math.max(right, last - start);
    top = Math.min(top, y);
    bottom = y;
  }
  if (bottom < 0) return { x: 0, y: 0, width: 1, height: 1 };
  const [x, y] = [left - (left % step), top - (top % step)];
  return { x, y, width: right + 1 - x, height: bottom + 1 - y };
}

/** A part of a frame, row by row. */
export function cutOut({ width, pixels }: FramePixels, part: Part): Uint32Array<ArrayBuffer> {
  const cut = new Uint32Array(part.width * part.height);
  for (let row = 0; row < part.height; row++) {
    const start = (part.y + row) * width + part.x;
    cut.set(pixels.subarray(start, start + part.width), row * part.width);
  }
  return cut;
}
