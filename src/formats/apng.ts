// Animated PNGs (https://www.w3.org/TR/png-3/#apng-frame-based-animation), taken apart: each frame becomes a PNG of its own, with the file's
// palette and colour chunks, so that whatever reads PNGs decodes it. Data chunks are checked by their checksums, since the new ones hide faults.

import { joined, pngChunk, pngSignature } from "./png-chunks.ts";
import { crc32 } from "./zip.ts";

export interface ApngFrame {
  /** Its pixels alone, as a file. */
  readonly png: Uint8Array;
  /** Where it lies on the canvas. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Milliseconds. */
  readonly delay: number;
  /** What becomes of its place before the next frame. */
  readonly dispose: "keep" | "clear" | "restore";
  /** Whether it replaces what is there, alpha included, or is laid over it. */
  readonly blend: "replace" | "over";
}

export interface Apng {
  readonly width: number;
  readonly height: number;
  /** How often it is played; 0 for ever. */
  readonly loops: number;
  /** As many as the file says it has. */
  readonly promised: number;
  /** Those that are whole. */
  readonly frames: readonly ApngFrame[];
}

interface Chunk {
  readonly name: string;
  readonly data: Uint8Array;
}

/** @returns undefined for a PNG that is not animated, or not a PNG */
export function readApng(bytes: Uint8Array): Apng | undefined {
  if (!pngSignature.every((byte, i) => bytes[i] === byte)) return undefined;
  let header: Uint8Array | undefined;
  let control: DataView | undefined;
  /** What all frames need: palette, transparency, colour space. */
  const shared: Uint8Array[] = [];
  let begun: { readonly control: DataView; readonly data: Uint8Array[] } | undefined;
  const frames: ApngFrame[] = [];
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
      // Without a frame's control in front it is the picture for those who know no animations, and no frame.
      begun?.data.push(data);
    } else if (name === "fdAT") begun?.data.push(data.subarray(4));
    else if (name === "IEND") {
      end();
      break;
    } else if (!seesPixels) shared.push(pngChunk(name, data));
  }
  // Where the file is cut, a frame that no other follows may lack its rest: it is left out.
  if (!header || !control) return undefined;
  const view = viewOf(header);
  const promised = control.getUint32(0);
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    loops: control.getUint32(4),
    promised,
    frames: frames.slice(0, promised),
  };
}

/** Up to the first that is cut or damaged. */
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
): ApngFrame {
  const [width, height, x, y] = [4, 8, 12, 16].map((place) => control.getUint32(place));
  const own = header.slice();
  viewOf(own).setUint32(0, width);
  viewOf(own).setUint32(4, height);
  const chunks = [
    pngChunk("IHDR", own),
    ...shared,
    pngChunk("IDAT", joined(data)),
    pngChunk("IEND", new Uint8Array(0)),
  ];
  // A fraction of a second; a denominator of 0 stands for 100.
  const delay = (1000 * control.getUint16(20)) / (control.getUint16(22) || 100);
  return {
    ...{ png: joined([pngSignature, ...chunks]), x, y, width, height, delay: Math.round(delay) },
    dispose: (["keep", "clear", "restore"] as const)[control.getUint8(24)] ?? "keep",
    blend: control.getUint8(25) === 1 ? "over" : "replace",
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
