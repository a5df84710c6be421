// Pictures that are the frames of one animation. They form one entry of a plan and are read one
// after the other, as often as needed, so a long sequence takes no more memory than a short one.

import { basename, dirname, extname, join } from "node:path";
import { checkFrameCount, type Animation } from "../../data/animation.ts";
import type { Image } from "../../data/image.ts";
import { UserError } from "../../errors.ts";
import { decodeImage, type DecodeOptions } from "../../platform/images.node.ts";
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

/** The default milliseconds per frame, as in Aseprite. */
const usualDelay = 100;

/** A GIF stores hundredths of a second in 16 bits. */
const longestDelay = 655_350;

/** @throws UserError if the options of a sequence contradict each other */
export function checkSequence({ sequence, delay }: AnimationChoice, shard?: unknown): void {
  if (!sequence) {
    if (delay !== undefined)
      throw new UserError("--delay applies only to --sequence: animations have their own delays.");
    return;
  }
  if (shard) throw new UserError("A --sequence is one animation and cannot be divided: leave out --shard.");
  if (delay !== undefined && (!Number.isInteger(delay) || delay < 1 || delay > longestDelay))
    throw new UserError(`--delay must be a whole number of milliseconds from 1 to ${longestDelay}, not ${delay}.`);
}

/** The order of frames. Numbers in their names are compared as numbers, so that 10 follows 9. */
export function compareFrames(a: { readonly relative: string }, b: { readonly relative: string }): number {
  return frameOrder.compare(a.relative, b.relative);
}

const frameOrder = new Intl.Collator("en", { numeric: true });

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

/**
 * The common part of the frames' names, without their numbers: `walk` for `walk-01.png` and
 * `walk-02.png`; otherwise their folder's name.
 */
export function sequenceName(frames: readonly { readonly source: string }[]): string {
  const stems = frames.map(({ source }) => basename(source, extname(source)));
  let common = stems[0];
  for (const stem of stems) while (!stem.startsWith(common)) common = common.slice(0, -1);
  return common.replace(/[\s\d._()[\]-]*$/, "") || basename(dirname(frames[0].source)) || "sequence";
}

/**
 * @throws UserError for a frame that cannot be read or differs from the first one in size, here or
 * as frames are read
 */
export async function decodeSequence(
  files: readonly { readonly source: string }[],
  delay: number = usualDelay,
  options: DecodeOptions = {},
): Promise<Animation> {
  const first = await decodeImage(files[0].source, options);
  const { width, height } = first;
  checkFrameCount(width, height, files.length);
  async function* frames(): AsyncGenerator<Image, void, undefined> {
    for (const { source } of files) {
      const frame = await decodeImage(source, {
        ...options,
        onWarning: (reason) => options.onWarning?.(`${basename(source)}: ${reason}`),
      });
      if (frame.width !== width || frame.height !== height)
        throw new UserError(
          `${source} has ${frame.width} x ${frame.height} pixels and the first frame ${width} x ${height}: ` +
            "all frames of a --sequence must have the same size. Leave out --sequence to treat each picture separately.",
        );
      yield frame;
    }
  }
  return { width, height, delays: files.map(() => delay), loops: 0, frames };
}
