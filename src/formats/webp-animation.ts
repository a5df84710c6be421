// Writes animated WebPs (https://developers.google.com/speed/webp/docs/riff_container): a container
// of still WebPs, each with its area and its duration. The caller encodes the stills, so only one
// frame needs to be in memory.

import type { Part } from "./changed-part.ts";
import { joined } from "./png-chunks.ts";

export interface WebpFrame {
  /** The area that it replaces, alpha included, at even coordinates. */
  readonly part: Part;
  /** Milliseconds. */
  readonly delay: number;
  /** A still WebP of the area's size, without metadata. */
  readonly file: Uint8Array;
}

/** The maximum width and height of a WebP. */
export const largestWebpSide = 16383;

/** @param loops how often it plays; 0 means forever */
export function animatedWebp(
  width: number,
  height: number,
  loops: number,
  frames: readonly WebpFrame[],
): Uint8Array<ArrayBuffer> {
  const hasAlpha = 0x10;
  const isAnimated = 0x02;
  const chunks = [
    chunk("VP8X", Uint8Array.of(hasAlpha | isAnimated, 0, 0, 0, ...bytes3(width - 1), ...bytes3(height - 1))),
    chunk("ANIM", Uint8Array.of(0, 0, 0, 0, ...bytes3(Math.min(loops, 65535)).slice(0, 2))), // a transparent background
    ...frames.map(frameChunk),
  ];
  return chunk("RIFF", joined([letters("WEBP"), ...chunks]));
}

function frameChunk({ part, delay, file }: WebpFrame): Uint8Array {
  const numbers = [part.x / 2, part.y / 2, part.width - 1, part.height - 1, Math.min(Math.round(delay), 0xffffff)];
  const replaces = 0x02;
  // The still's own chunks follow its header of twelve bytes.
  return chunk("ANMF", joined([Uint8Array.of(...numbers.flatMap(bytes3), replaces), file.subarray(12)]));
}

function chunk(name: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, data.length, true);
  return joined([letters(name), size, data, new Uint8Array(data.length % 2)]);
}

function letters(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function bytes3(value: number): number[] {
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255];
}
