// The sizes of still pictures, by the headers of their files: known before anything is decoded.

import { animatedKind } from "../../../src/data/animated-file.ts";
import { uprightSize } from "../../../src/data/picture-file.ts";
import type { Size } from "../../../src/data/preprocess.ts";
import type { Picture } from "./pictures.ts";

/** Most headers fit into this. */
const beginningBytes = 65536;

export async function measure({ files: [file], stillSize }: Picture): Promise<void> {
  const read = async (start: number, length: number) =>
    new Uint8Array(await file.slice(start, start + length).arrayBuffer());
  try {
    if (await animatedKind(read)) return;
    stillSize.value = uprightSize(await read(0, beginningBytes)) ?? null;
  } catch {
    // It cannot be read, which the list says where it is to be converted.
  }
}

/** By its header, or as it was read. Null of animations, and of what was not looked at. */
export function sizeOf({ stillSize, source }: Picture): Size | null {
  if (stillSize.value) return stillSize.value;
  if (source.value?.timing.delays.length !== 1) return null;
  const { fullWidth: width, fullHeight: height } = source.value;
  return { width, height };
}
