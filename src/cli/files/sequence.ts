// Pictures that are the frames of one animation (picture/frame-sequence.ts). They form one entry of
// a plan.

import { basename, dirname, extname, join } from "node:path";
import { UserError } from "../../errors.ts";
import type { Animation } from "../../picture/animation.ts";
import { anchors } from "../../picture/common-canvas.ts";
import {
  commonFrameName,
  compareFrameNames,
  isDelay,
  longestDelay,
  sequenceOf,
  usualDelay,
} from "../../picture/frame-sequence.ts";
import { decodeImage, type DecodeOptions } from "../../platform/pictures/images.node.ts";
import { animatedKindOf, type AnimationChoice, type AnimationResult } from "./animations.ts";

/** One frame's file, and the file that it is written to. */
export interface FrameFile {
  readonly source: string;
  readonly relative: string;
  readonly output: string;
}

export interface PlannedSequence extends FrameFile {
  readonly animation: AnimationResult;
  readonly frames: readonly FrameFile[];
}

/** @throws UserError if the options of a sequence contradict each other */
export function checkSequence({ sequence, delay, anchor }: AnimationChoice, shard?: unknown): void {
  if (!sequence) {
    if (anchor !== undefined)
      throw new UserError("--anchor applies only to --sequence: it places that animation's frames.");
    if (delay !== undefined)
      throw new UserError("--delay applies only to --sequence: animations have their own delays.");
    return;
  }
  if (shard) throw new UserError("A --sequence is one animation and cannot be divided: leave out --shard.");
  if (delay !== undefined && !isDelay(delay))
    throw new UserError(`--delay must be a whole number of milliseconds from 1 to ${longestDelay}, not ${delay}.`);
}

export function compareFrames(a: { readonly relative: string }, b: { readonly relative: string }): number {
  return compareFrameNames(a.relative, b.relative);
}

/**
 * All frames as one entry: an animation or a sheet if `--out`, `--format` or `--sheet` requests
 * one, otherwise a picture of each.
 *
 * @param frames in order, each with the path of its own picture
 * @param file the file name that the user gave
 * @throws UserError if a frame is itself an animation, or if the name does not suit
 */
export async function planSequence(
  frames: readonly FrameFile[],
  out: string,
  file: string | undefined,
  { format, sheet }: AnimationChoice,
): Promise<PlannedSequence> {
  for (const { source } of frames)
    if (await animatedKindOf(source))
      throw new UserError(`${source} is already an animation: leave out --sequence, which is for still pictures.`);
  const source = dirname(frames[0].source);
  const named = file === undefined ? undefined : extname(file).slice(1).toLowerCase();
  if (named === "png" && !sheet)
    throw new UserError(
      `--out ${file}: the frames of a --sequence do not make a single picture; name a .gif, a .webp or a folder, or give --sheet for one PNG of all frames.`,
    );
  if (named !== undefined && (sheet ? named !== "png" : format !== undefined && named !== format))
    throw new UserError(
      `--out ${file} is not a ${sheet ? "PNG, as a sheet must be" : `${format}: leave out --format`}.`,
    );
  const kind = sheet ? "sheet" : ((named as "gif" | "webp" | undefined) ?? format);
  // The last frame is written last, so if it exists, all do.
  if (kind === undefined)
    return { source, relative: source, output: frames.at(-1)!.output, animation: "frames", frames };
  const ending = kind === "sheet" ? "png" : kind;
  const output = join(out, file ?? `${sequenceName(frames)}.${ending}`);
  const together = frames.map((frame) => ({ ...frame, output }));
  return { source, relative: basename(output), output, animation: kind, frames: together };
}

/** The common beginning of the frames' names; otherwise their folder's name. */
export function sequenceName(frames: readonly { readonly source: string }[]): string {
  const common = commonFrameName(frames.map(({ source }) => basename(source)));
  return common || basename(dirname(frames[0].source)) || "sequence";
}

/** @throws UserError as `sequenceOf` */
export function decodeSequence(
  files: readonly { readonly source: string }[],
  { delay = usualDelay, anchor }: AnimationChoice,
  options: DecodeOptions = {},
): Promise<Animation> {
  const sources = files.map(({ source }) => {
    const onWarning = (reason: string) => options.onWarning?.(`${basename(source)}: ${reason}`);
    return { name: source, decode: () => decodeImage(source, { ...options, onWarning }) };
  });
  const remedy = `Give --anchor to place frames of several sizes on one canvas (${anchors[0]}, ${anchors[1]}, ...), or leave out --sequence to treat each picture separately.`;
  return sequenceOf(sources, { delay, anchor, remedy });
}
