// What a picture is read from: its file, or several that are the frames of one animation.

import type { Animation } from "../../src/data/animation.ts";
import { sequenceOf, usualDelay } from "../../src/data/frame-sequence.ts";
import { decodeAnimation } from "../../src/platform/animations.browser.ts";
import { decodeImage, type DecodeOptions } from "../../src/platform/images.browser.ts";

export interface PictureFiles {
  /** In messages, and of results. */
  readonly name: string;
  /** Several are the frames of one animation, in order. */
  readonly files: readonly File[];
  /** Milliseconds of each of several; by default the usual. */
  readonly delay?: number;
}

/** @throws UserError `NAME: reason` as `decodeAnimation`, and as `sequenceOf` */
export function openPicture(
  { files, delay = usualDelay }: PictureFiles,
  options: DecodeOptions = {},
): Promise<Animation> {
  const warn = (file: File) => (sentence: string) => options.onWarning?.(`${file.name}: ${sentence}`);
  const [first] = files;
  if (files.length === 1) return decodeAnimation(first, { ...options, onWarning: warn(first) });
  const sources = files.map((file) => ({
    name: file.name,
    decode: () => decodeImage(file, { ...options, onWarning: warn(file) }),
  }));
  return sequenceOf(sources, delay, "Uncheck that they are the frames of one animation to have each as a picture.");
}
