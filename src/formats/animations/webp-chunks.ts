// The chunks of a WebP (https://developers.google.com/speed/webp/docs/riff_container): a name of
// four letters, a length, and data, padded to an even length.

import { joined } from "../bytes/joined.ts";

export interface WebpChunk {
  readonly name: string;
  readonly data: Uint8Array;
  /** False if the file ends within it. */
  readonly isWhole: boolean;
}

export function* webpChunks(bytes: Uint8Array): Generator<WebpChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 0; start + 8 <= bytes.length;) {
    const length = view.getUint32(start + 4, true);
    const end = start + 8 + length;
    const name = String.fromCharCode(...bytes.subarray(start, start + 4));
    yield { name, data: bytes.subarray(start + 8, end), isWhole: end <= bytes.length };
    start = end + (length % 2);
  }
}

export function webpChunk(name: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, data.length, true);
  return joined([letters(name), size, data, new Uint8Array(data.length % 2)]);
}

/** A whole file. */
export function webpFile(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return webpChunk("RIFF", joined([letters("WEBP"), ...chunks]));
}

/** @param flags what the file has: see the specification */
export function webpHeader(flags: number, width: number, height: number): Uint8Array {
  return webpChunk("VP8X", Uint8Array.of(flags, 0, 0, 0, ...bytes3(width - 1), ...bytes3(height - 1)));
}

export const webpFlags = { animation: 0x02, alpha: 0x10, profile: 0x20 } as const;

export function bytes3(value: number): number[] {
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255];
}

function letters(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
