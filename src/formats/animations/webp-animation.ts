// Animated WebPs: a container of still WebPs, each with its area and its duration. Writing one, the
// caller encodes the stills, so only one frame needs to be in memory. Reading one, each frame
// becomes a still WebP with the animation's colour profile.

import { joined } from "../bytes/joined.ts";
import type { Part } from "./changed-part.ts";
import type { SplitAnimation, SplitFrame } from "./split-animation.ts";
import { bytes3, webpChunk, webpChunks, webpFile, webpFlags, webpHeader } from "./webp-chunks.ts";

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

/**
 * In a frame's chunk: whether its area is cleared before the next, and whether it replaces what is
 * there.
 */
const clears = 0x01;
const replaces = 0x02;

/** @param loops how often it plays; 0 means forever */
export function animatedWebp(
  width: number,
  height: number,
  loops: number,
  frames: readonly WebpFrame[],
): Uint8Array<ArrayBuffer> {
  return webpFile([
    webpHeader(webpFlags.alpha | webpFlags.animation, width, height),
    webpChunk("ANIM", Uint8Array.of(0, 0, 0, 0, ...bytes3(Math.min(loops, 65535)).slice(0, 2))), // a transparent background
    ...frames.map(frameChunk),
  ]);
}

function frameChunk({ part, delay, file }: WebpFrame): Uint8Array {
  const numbers = [part.x / 2, part.y / 2, part.width - 1, part.height - 1, Math.min(Math.round(delay), 0xffffff)];
  // The still's own chunks follow its header of twelve bytes.
  return webpChunk("ANMF", joined([Uint8Array.of(...numbers.flatMap(bytes3), replaces), file.subarray(12)]));
}

/** @param bytes an animated WebP; if it is truncated, the frames are those that are complete */
export function splitWebp(bytes: Uint8Array): SplitAnimation {
  let [width, height, loops] = [0, 0, 1];
  let profile: Uint8Array | undefined;
  const frames: SplitFrame[] = [];
  // The first chunk is the file, and begins with "WEBP".
  const [{ data, isWhole }] = webpChunks(bytes);
  let isCut = !isWhole;
  for (const { name, data: content, isWhole } of webpChunks(data.subarray(4))) {
    if (!isWhole) isCut = true;
    else if (name === "VP8X" && content.length >= 10)
      [width, height] = [number3(content, 4) + 1, number3(content, 7) + 1];
    else if (name === "ANIM" && content.length >= 6) loops = content[4] | (content[5] << 8);
    else if (name === "ICCP") profile = content;
    else if (name === "ANMF" && content.length > 16) frames.push(frameOf(content, profile));
  }
  return { width, height, loops, frames, isCut };
}

function frameOf(content: Uint8Array, profile: Uint8Array | undefined): SplitFrame {
  const [x, y, width, height, delay] = [0, 3, 6, 9, 12].map((place) => number3(content, place));
  const flags = content[15];
  const size = { width: width + 1, height: height + 1 };
  return {
    ...{ file: stillOf(content.subarray(16), size, profile), x: 2 * x, y: 2 * y, ...size, delay },
    dispose: flags & clears ? "clear" : "keep",
    blend: flags & replaces ? "replace" : "over",
  };
}

/** @param content the chunks of a frame's pixels */
function stillOf(
  content: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  profile: Uint8Array | undefined,
): Uint8Array {
  const pixels = [...webpChunks(content)].filter(({ name }) => ["ALPH", "VP8 ", "VP8L"].includes(name));
  const hasAlpha = pixels.some(({ name }) => name !== "VP8 ");
  return webpFile([
    webpHeader((hasAlpha ? webpFlags.alpha : 0) | (profile ? webpFlags.profile : 0), width, height),
    ...(profile ? [webpChunk("ICCP", profile)] : []),
    ...pixels.map(({ name, data }) => webpChunk(name, data)),
  ]);
}

function number3(bytes: Uint8Array, place: number): number {
  return bytes[place] | (bytes[place + 1] << 8) | (bytes[place + 2] << 16);
}
