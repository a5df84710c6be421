// One palette for several pictures. Colours that look the same become the one that more cells have,
// so that a still area does not flicker from frame to frame. No colour is invented.

import { oklabOf, squaredDistance, type Oklab } from "../../../kernels/pixelart/oklab.ts";
import { pixelsOf, type Image } from "../../../picture/image.ts";

/**
 * Colours closer than this in OKLab, in units of 2^-15, are merged: side by side, the eye
 * distinguishes 0.02.
 */
const alike = Math.round(0.025 * 2 ** 15);

/** The same pictures in their shared colours. Fully transparent pixels stay unchanged. */
export function shareColours(pictures: readonly Image[]): Image[] {
  const counts = new Map<number, number>();
  const all = pictures.map(pixelsOf);
  for (const pixels of all)
    for (const pixel of pixels)
      if (pixel >>> 24 !== 0) counts.set(pixel & 0xffffff, (counts.get(pixel & 0xffffff) ?? 0) + 1);
  const colours = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)! || a - b);
  const kept: { colour: number; lab: Oklab }[] = [];
  const becomes = new Map<number, number>();
  for (const colour of colours) {
    const lab = oklabOf(colour);
    const near = kept.find((other) => squaredDistance(lab, other.lab) < alike ** 2);
    if (!near) kept.push({ colour, lab });
    becomes.set(colour, near?.colour ?? colour);
  }
  return pictures.map((picture, i) => {
    const pixels = all[i].map((pixel) =>
      pixel >>> 24 === 0 ? pixel : ((pixel & 0xff000000) | becomes.get(pixel & 0xffffff)!) >>> 0,
    );
    return { ...picture, data: new Uint8ClampedArray(pixels.buffer) };
  });
}
