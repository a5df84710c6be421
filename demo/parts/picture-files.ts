// The files of a picture: a single one, or the frames of one animation.

import type { Animation } from "../../src/picture/animation.ts";
import type { Anchor } from "../../src/picture/common-canvas.ts";
import { sequenceOf, usualDelay } from "../../src/picture/frame-sequence.ts";
import { decodeAnimation } from "../../src/platform/pictures/animations.browser.ts";
import { decodeImage, type DecodeOptions } from "../../src/platform/pictures/images.browser.ts";

export interface PictureFiles {
  /** Used in messages and for results. */
  readonly name: string;
  /** More than one file means the frames of one animation, in order. */
  readonly files: readonly File[];
  /** Milliseconds per frame, if there is more than one file. Default: 100. */
  readonly delay?: number;
  /** Where frames of several sizes meet on a common canvas; needed if they have several. */
  readonly anchor?: Anchor | undefined;
}

/** @throws UserError `NAME: reason` as `decodeAnimation`, and as `sequenceOf` */
export function openPicture(
  { files, delay = usualDelay, anchor }: PictureFiles,
  options: DecodeOptions = {},
): Promise<Animation> {
  const warn = (file: File) => (sentence: string) => options.onWarning?.(`${file.name}: ${sentence}`);
  const [first] = files;
  if (files.length === 1) return decodeAnimation(first, { ...options, onWarning: warn(first) });
  const sources = files.map((file) => ({
    name: file.name,
    decode: () => decodeImage(file, { ...options, onWarning: warn(file) }),
  }));
  return sequenceOf(sources, {
    delay,
    anchor,
    remedy: "Uncheck “frames of one animation” to treat each picture separately.",
  });
}
