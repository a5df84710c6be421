// A JPEG in a form that decoders can read, and the warnings about it.

import { jpegFault } from "./jpeg-scan.ts";

/**
 * The file with the end marker added, if only that is missing. `onWarning` receives a sentence
 * about damaged pixels. A file that is cut short is left for the decoder to refuse.
 */
export function mendedJpeg(bytes: Uint8Array, onWarning: (sentence: string) => void = () => {}): Uint8Array {
  const fault = jpegFault(bytes);
  if (fault === "spoilt") {
    onWarning("its data is damaged, so part of the picture may be wrong; get a fresh copy.");
  }
  if (fault !== "no end") return bytes;
  onWarning("its end is missing, as if it was cut off while being copied; the pixels that are there were read.");
  const mended = new Uint8Array(bytes.length + 2);
  mended.set(bytes);
  mended.set([0xff, 0xd9], bytes.length);
  return mended;
}
