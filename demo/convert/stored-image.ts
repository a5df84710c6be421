// Pixels in a Blob, which browsers may put on the disk: a hundred pictures need not fit the memory.

import type { Image } from "../../src/data/image.ts";

export interface StoredImage extends Omit<Image, "data"> {
  readonly pixels: Blob;
}

export function stored({ data, ...rest }: Image): StoredImage {
  return { ...rest, pixels: new Blob([data]) };
}

export async function restored({ pixels, ...rest }: StoredImage): Promise<Image> {
  return { ...rest, data: new Uint8ClampedArray(await pixels.arrayBuffer()) };
}
