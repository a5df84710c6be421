// The sizes of still pictures from the headers of their files, before anything is decoded.

import { animatedKind } from "../../../src/formats/animations/animated-file.ts";
import { uprightSize } from "../../../src/formats/pictures/picture-file.ts";
import type { Size } from "../../../src/picture/preprocess.ts";
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
    // The list reports unreadable files when they are converted.
  }
}

/** From the header, or else from the decoded picture; null if it is unknown or animated. */
export function sizeOf({ stillSize, source }: Picture): Size | null {
  if (stillSize.value) return stillSize.value;
  if (source.value?.timing.delays.length !== 1) return null;
  const { fullWidth: width, fullHeight: height } = source.value;
  return { width, height };
}
