// Pictures that are the frames of one animation: their order, their common name, and the animation
// that they form. Frames are read one after the other, as often as needed, so a long sequence takes
// no more memory than a short one.

import { UserError } from "../errors.ts";
import { checkFrameCount, type Animation } from "./animation.ts";
import { commonCanvas, type Anchor } from "./common-canvas.ts";
import type { Image } from "./image.ts";

/** The default milliseconds per frame, as in Aseprite. */
export const usualDelay = 100;

/** A GIF stores hundredths of a second in 16 bits. */
export const longestDelay = 655_350;

/** Whether frames can be shown for so many milliseconds. */
export function isDelay(delay: number): boolean {
  return Number.isInteger(delay) && delay >= 1 && delay <= longestDelay;
}

/** The order of frames. Numbers in their names are compared as numbers, so that 10 follows 9. */
export function compareFrameNames(a: string, b: string): number {
  return frameOrder.compare(a, b);
}

const frameOrder = new Intl.Collator("en", { numeric: true });

/**
 * The common beginning of the frames' file names, without their numbers: `walk` for `walk-01.png`
 * and `walk-02.png`; empty if there is none.
 */
export function commonFrameName(names: readonly string[]): string {
  const stems = names.map((name) => name.replace(/(?<=.)\.[^.]*$/, ""));
  let common = stems[0];
  for (const stem of stems) while (!stem.startsWith(common)) common = common.slice(0, -1);
  return common.replace(/[\s\d._()[\]-]*$/, "");
}

/** The same for file names that differ in numbers alone; undefined for a name without any. */
export function seriesOf(name: string): string | undefined {
  return /\d/.test(name) ? name.replace(/\d+/g, "#").toLowerCase() : undefined;
}

export interface FrameSource {
  /** In messages. */
  readonly name: string;
  readonly decode: () => Promise<Image>;
}

export interface SequenceOptions {
  /** Milliseconds per frame. */
  readonly delay: number;
  /** Places frames of several sizes on one canvas. Default: they are refused. */
  readonly anchor?: Anchor | undefined;
  /** Completes the refusal: how to give an anchor, and how to keep the pictures separate. */
  readonly remedy: string;
}

/**
 * @param sources in order
 * @throws UserError for a frame that cannot be read, or that differs from the first one in size
 * without an anchor; here or as frames are read
 */
export async function sequenceOf(
  sources: readonly FrameSource[],
  { delay, anchor, remedy }: SequenceOptions,
): Promise<Animation> {
  async function* read(): AsyncGenerator<Image, void, undefined> {
    for (const { decode } of sources) yield await decode();
  }
  const first = anchor ? await commonCanvas(read(), anchor) : await sources[0].decode();
  const { width, height } = first;
  checkFrameCount(width, height, sources.length);
  async function* frames(): AsyncGenerator<Image, void, undefined> {
    for (const { name, decode } of sources) {
      const frame = await decode();
      if ("placed" in first) yield first.placed(frame);
      else if (frame.width === width && frame.height === height) yield frame;
      else
        throw new UserError(
          `${name} has ${frame.width} x ${frame.height} pixels and the first frame ${width} x ${height}. ${remedy}`,
        );
    }
  }
  return { width, height, delays: sources.map(() => delay), loops: 0, frames };
}
