// How animations among the pictures are written: as a file of their own or another kind, or as a
// sheet of all their frames.

import { open } from "node:fs/promises";
import { extname } from "node:path";
import { UserError } from "../../errors.ts";
import { animatedKind, type AnimatedKind } from "../../formats/animations/animated-file.ts";
import type { Anchor } from "../../picture/common-canvas.ts";
import type { AnimationKind } from "../../platform/pictures/animations.node.ts";

/** `frames`: a picture of each frame. */
export type AnimationResult = AnimationKind | "sheet" | "frames";

/** How to write animations. */
export interface AnimationChoice {
  /** Default: their own kind, and WebP for animated PNGs. */
  readonly format?: AnimationKind;
  /** All frames in one PNG. */
  readonly sheet?: boolean;
  /** The result may have more colours than a GIF allows, so the default is WebP. */
  readonly isRich?: boolean;
  /** The pictures are the frames of one animation. */
  readonly sequence?: boolean;
  /** Milliseconds per frame of a sequence. Default: 100. */
  readonly delay?: number;
  /** Where frames of several sizes meet on a common canvas. Default: they are refused. */
  readonly anchor?: Anchor;
}

/** @throws UserError if the options contradict each other */
export function checkResultOptions({ format, sheet }: AnimationChoice): void {
  if (format && sheet)
    throw new UserError("--sheet writes one PNG of all frames, --format an animation: give only one of them.");
}

/**
 * How a picture is written.
 *
 * @param kind an animation's kind
 * @param file the file name that the user gave
 * @throws UserError if it does not suit
 */
export function resultOf(
  source: string,
  kind: AnimatedKind | undefined,
  file?: string,
  { format, sheet, isRich }: AnimationChoice = {},
): { ending: string; animation?: AnimationResult } {
  const wanted = file === undefined ? undefined : extname(file).slice(1).toLowerCase();
  if (!kind || sheet) {
    if (wanted !== undefined && wanted !== "png")
      throw new UserError(
        `--out ${file}: ${kind ? "a sheet" : `${source} is not an animation, and a picture`} is written as PNG.`,
      );
    return { ending: "png", ...(kind && { animation: "sheet" }) };
  }
  if (wanted === "png")
    throw new UserError(
      `--out ${file}: ${source} is an animation; name a .gif, a .webp or a folder, or give --sheet for all frames in one PNG.`,
    );
  const named = wanted as AnimationKind | undefined;
  if (named && format && named !== format) throw new UserError(`--out ${file} is not a ${format}: leave out --format.`);
  const ending = named ?? format ?? (kind === "GIF" && !isRich ? "gif" : "webp");
  return { ending, animation: ending };
}

/**
 * The kind of an animation; undefined for still pictures, and for unreadable files, which are
 * reported when they are loaded.
 */
export async function animatedKindOf(path: string): Promise<AnimatedKind | undefined> {
  const file = await open(path).catch(() => undefined);
  if (!file) return undefined;
  try {
    return await animatedKind(async (start, length) => {
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, start);
      return buffer.subarray(0, bytesRead);
    });
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
