// A sprite sheet: all frames of an animation in one picture, row by row. The JSON that says where
// each frame is and how long it is shown has Aseprite's format ("array"), which game engines and
// their tools read.

import { checkImageSize, type Image } from "../picture/image.ts";

export interface Sheet {
  readonly image: Image;
  readonly json: string;
}

/**
 * @param name of the animation; its frames are called `NAME 0`, `NAME 1` and so on
 * @param file the file name of the picture
 * @param delays milliseconds of each frame
 * @throws UserError if they are too many for one picture
 */
export function sheetOf(frames: readonly Image[], delays: readonly number[], name: string, file: string): Sheet {
  const { width, height } = frames[0];
  const columns = Math.min(frames.length, Math.ceil(Math.sqrt((frames.length * height) / width)));
  const rows = Math.ceil(frames.length / columns);
  const size = { w: columns * width, h: rows * height };
  checkImageSize(size.w, size.h);
  const data = new Uint8ClampedArray(4 * size.w * size.h);
  const places = frames.map((frame, i) => {
    const [x, y] = [(i % columns) * width, Math.floor(i / columns) * height];
    for (let row = 0; row < height; row++) {
      const from = frame.data.subarray(4 * row * width, 4 * (row + 1) * width);
      data.set(from, 4 * ((y + row) * size.w + x));
    }
    return { x, y, w: width, h: height };
  });
  const isFull = frames.length === columns * rows;
  const image = { width: size.w, height: size.h, data, hasAlpha: !isFull || frames.some(({ hasAlpha }) => hasAlpha) };
  const whole = { x: 0, y: 0, w: width, h: height };
  const listed = places.map((frame, i) => ({
    filename: `${name} ${i}`,
    frame,
    ...{ rotated: false, trimmed: false, spriteSourceSize: whole, sourceSize: { w: width, h: height } },
    duration: delays[i],
  }));
  const meta = { app: "pixelcycle", image: file, format: "RGBA8888", size, scale: "1" };
  return { image, json: `${JSON.stringify({ frames: listed, meta }, null, 2)}\n` };
}
