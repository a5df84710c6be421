// Splits animated PNGs (https://www.w3.org/TR/png-3/#apng-frame-based-animation) into frames. Each
// frame becomes a PNG file with the animation's palette and colour chunks, so any PNG decoder reads
// it. The new files have new checksums, which would hide damage, so the original ones are checked
// here.

import { crc32 } from "../bytes/crc32.ts";
import { joined } from "../bytes/joined.ts";
import { pngChunk, pngSignature } from "../pictures/png-chunks.ts";
import type { SplitAnimation, SplitFrame } from "./split-animation.ts";

interface Chunk {
  readonly name: string;
  readonly data: Uint8Array;
}

/** @returns undefined for a PNG that is not animated, or not a PNG */
export function splitApng(bytes: Uint8Array): SplitAnimation | undefined {
  if (!pngSignature.every((byte, i) => bytes[i] === byte)) return undefined;
  let header: Uint8Array | undefined;
  let control: DataView | undefined;
  /** Chunks that all frames need: palette, transparency, colour space. */
  const shared: Uint8Array[] = [];
  let begun: { readonly control: DataView; readonly data: Uint8Array[] } | undefined;
  const frames: SplitFrame[] = [];
  let seesPixels = false;
  const end = () => {
    if (begun && begun.data.length > 0 && header) frames.push(frameOf(header, shared, begun.control, begun.data));
    begun = undefined;
  };
  for (const { name, data } of wholeChunks(bytes)) {
    if (name === "IHDR" && data.length === 13) header = data;
    else if (name === "acTL" && data.length === 8) control = viewOf(data);
    else if (name === "fcTL" && data.length === 26) {
      end();
      begun = { control: viewOf(data), data: [] };
    } else if (name === "IDAT") {
      seesPixels = true;
      // An IDAT without an fcTL before it is the fallback for decoders without animation, not a
      // frame.
      begun?.data.push(data);
    } else if (name === "fdAT") begun?.data.push(data.subarray(4));
    else if (name === "IEND") {
      end();
      break;
    } else if (!seesPixels) shared.push(pngChunk(name, data));
  }
  // In a truncated file the last frame may be incomplete, so it is left out.
  if (!header || !control) return undefined;
  const view = viewOf(header);
  const promised = control.getUint32(0);
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    loops: control.getUint32(4),
    promised,
    frames: frames.slice(0, promised),
    isCut: frames.length < promised,
  };
}

/** Yields chunks up to the first that is truncated or damaged. */
function* wholeChunks(bytes: Uint8Array): Generator<Chunk> {
  const view = viewOf(bytes);
  for (let start = 8; start + 12 <= bytes.length;) {
    const length = view.getUint32(start);
    if (start + 12 + length > bytes.length) return;
    const checked = bytes.subarray(start + 4, start + 8 + length);
    if (crc32(checked) !== view.getUint32(start + 8 + length)) return;
    yield { name: String.fromCharCode(...checked.subarray(0, 4)), data: checked.subarray(4) };
    start += 12 + length;
  }
}

function frameOf(
  header: Uint8Array,
  shared: readonly Uint8Array[],
  control: DataView,
  data: readonly Uint8Array[],
): SplitFrame {
  const [width, height, x, y] = [4, 8, 12, 16].map((place) => control.getUint32(place));
  // Not slice: of a Buffer, as readFile gives, that would be the file's own bytes.
  const own = Uint8Array.from(header);
  viewOf(own).setUint32(0, width);
  viewOf(own).setUint32(4, height);
  const chunks = [
    pngChunk("IHDR", own),
    ...shared,
    pngChunk("IDAT", joined(data)),
    pngChunk("IEND", new Uint8Array(0)),
  ];
  // A fraction of a second; a denominator of 0 means 100.
  const delay = (1000 * control.getUint16(20)) / (control.getUint16(22) || 100);
  return {
    ...{ file: joined([pngSignature, ...chunks]), x, y, width, height, delay: Math.round(delay) },
    dispose: (["keep", "clear", "restore"] as const)[control.getUint8(24)] ?? "keep",
    blend: control.getUint8(25) === 1 ? "over" : "replace",
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
