// Splits animated GIFs (https://www.w3.org/Graphics/GIF/spec-gif89a.txt) into frames. Each frame
// becomes a GIF of its own size, with its own palette or the animation's, so any GIF decoder reads
// it.

import { joined } from "../bytes/joined.ts";
import type { SplitAnimation, SplitFrame } from "./split-animation.ts";

/** What the bytes before a block mean. */
const [image, extension, trailer] = [0x2c, 0x21, 0x3b];
const [graphicControl, application] = [0xf9, 0xff];

/** Disposal 0 says nothing, and 4 was written by mistake for 3. */
const disposals = ["keep", "keep", "clear", "restore", "restore"] as const;

/** Milliseconds of a frame without a graphic control, as players and libvips have it. */
const usualDelay = 100;

/** @param bytes a GIF; if it is truncated, the frames are those that are complete */
export function splitGif(bytes: Uint8Array): SplitAnimation {
  const word = (place: number) => bytes[place] | (bytes[place + 1] << 8);
  const frames: SplitFrame[] = [];
  let loops = 1;
  let isCut = true;
  /** The graphic control of the next image. */
  let control = new Uint8Array(0);
  let place = 13 + paletteBytes(bytes[10]);
  for (;;) {
    const kind = bytes[place];
    const data = kind === image ? place + 11 + paletteBytes(bytes[place + 9]) : place + 2;
    const end = kind === image || kind === extension ? endOfBlocks(bytes, data) : undefined;
    if (end === undefined) {
      isCut = kind !== trailer;
      break;
    }
    if (kind === image) {
      frames.push(frameOf(bytes, place, data, end, control));
      control = new Uint8Array(0);
    } else if (bytes[place + 1] === graphicControl) control = bytes.slice(place, end);
    // The number counts the repetitions after the first time.
    else if (isRepetition(bytes, place)) loops = word(place + 16) === 0 ? 0 : word(place + 16) + 1;
    place = end;
  }
  return { width: word(6), height: word(8), loops, frames, isCut };
}

function frameOf(bytes: Uint8Array, place: number, data: number, end: number, control: Uint8Array): SplitFrame {
  const [x, y, width, height] = [1, 3, 5, 7].map((at) => bytes[place + at] | (bytes[place + at + 1] << 8));
  const flags = bytes[place + 9];
  const isInterlaced = flags & 0x40;
  const screen = bytes.slice(0, 13);
  screen.set(bytes.subarray(place + 5, place + 9), 6);
  const own = Uint8Array.of(image, 0, 0, 0, 0, ...bytes.subarray(place + 5, place + 9), isInterlaced);
  let palette = bytes.subarray(13, 13 + paletteBytes(screen[10]));
  if (paletteBytes(flags) > 0) {
    palette = bytes.subarray(place + 10, data - 1);
    screen[10] = (screen[10] & 0x70) | (flags & 0x87);
  }
  const still = [screen, palette, control, own, bytes.subarray(data - 1, end), Uint8Array.of(trailer)];
  return {
    ...{ file: joined(still), x, y, width, height },
    delay: control.length > 0 ? 10 * (control[4] | (control[5] << 8)) : usualDelay,
    dispose: disposals[(control[3] >> 2) & 7] ?? "keep",
    blend: "over",
  };
}

/** Netscape's extension, under either of its names. */
function isRepetition(bytes: Uint8Array, place: number): boolean {
  const name = String.fromCharCode(...bytes.subarray(place + 3, place + 14));
  return bytes[place + 1] === application && /^(NETSCAPE2\.0|ANIMEXTS1\.0)$/.test(name) && bytes[place + 15] === 1;
}

/**
 * @returns where sub-blocks, each preceded by its length, end with an empty one; undefined beyond
 * the file
 */
function endOfBlocks(bytes: Uint8Array, place: number): number | undefined {
  for (; place < bytes.length; place += 1 + bytes[place]) if (bytes[place] === 0) return place + 1;
  return undefined;
}

function paletteBytes(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}
