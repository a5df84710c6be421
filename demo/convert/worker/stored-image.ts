// Images whose pixels are in a Blob. Browsers can move Blobs to disk, so a large batch need not fit
// into memory.

import type { Image } from "../../../src/picture/image.ts";

export interface StoredImage extends Omit<Image, "data"> {
  readonly pixels: Blob;
}

export function stored({ data, ...rest }: Image): StoredImage {
  return { ...rest, pixels: new Blob([data]) };
}

export async function restored({ pixels, ...rest }: StoredImage): Promise<Image> {
  return { ...rest, data: new Uint8ClampedArray(await pixels.arrayBuffer()) };
}
