// Whether a picture file contains a colour profile (ICC).

import { jpegSegments, pngChunks, type PictureKind } from "./picture-file.ts";

/**
 * For TIFF the answer is always yes: only its directories would tell, and a decoder that finds no
 * profile converts nothing.
 */
export function hasProfile(kind: PictureKind, bytes: Uint8Array): boolean {
  switch (kind) {
    case "TIFF":
      return true;
    case "JPEG":
      for (const { marker, data } of jpegSegments(bytes))
        if (marker === 0xe2 && begins(data, "ICC_PROFILE\0")) return true;
      return false;
    case "PNG":
      for (const { name } of pngChunks(bytes)) if (name === "iCCP") return true;
      return false;
    case "WebP":
      // A flag of the extended header.
      return begins(bytes.subarray(12), "VP8X") && (bytes[20] & 0x20) !== 0;
    case "AVIF":
      return holds(bytes, "colrprof") || holds(bytes, "colrrICC");
    case "GIF":
    case "BMP":
    case "PNM":
      return false;
  }
}

function begins(bytes: Uint8Array, text: string): boolean {
  return String.fromCharCode(...bytes.subarray(0, text.length)) === text;
}

/** Whether a text occurs in the boxes before the pixels. */
function holds(bytes: Uint8Array, text: string): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(0, 65536)).includes(text);
}
