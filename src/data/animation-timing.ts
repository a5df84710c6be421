// Reads the timing of a GIF or a WebP from its headers. Browsers decode the frames but report their
// durations only while decoding, and some change short ones.

export interface AnimationHeader {
  readonly width: number;
  readonly height: number;
  /** The duration of each frame in milliseconds, including a truncated last frame. */
  readonly delays: readonly number[];
  /** How often it plays; 0 means forever. */
  readonly loops: number;
}

/** @param bytes a file of this kind; a truncated one has the frames that it begins */
export function animationHeader(kind: "GIF" | "WebP", bytes: Uint8Array): AnimationHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return kind === "GIF" ? gifHeader(view) : webpHeader(view);
}

/**
 * https://www.w3.org/Graphics/GIF/spec-gif89a.txt, and Netscape's extension, which counts the
 * repetitions after the first time.
 */
function gifHeader(file: DataView): AnimationHeader {
  const byte = (place: number) => (place < file.byteLength ? file.getUint8(place) : 0);
  const word = (place: number) => byte(place) | (byte(place + 1) << 8);
  const paletteBytes = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  const delays: number[] = [];
  let loops = 1;
  let delay = 0;
  let place = 13 + paletteBytes(byte(10));
  while (place < file.byteLength) {
    const kind = byte(place);
    if (kind === 0x2c) {
      delays.push(delay);
      delay = 0;
      place += 11 + paletteBytes(byte(place + 9));
    } else if (kind === 0x21) {
      const label = byte(place + 1);
      if (label === 0xf9) delay = 10 * word(place + 4);
      if (
        label === 0xff &&
        /^(NETSCAPE2\.0|ANIMEXTS1\.0)$/.test(letters(file, place + 3, 11)) &&
        byte(place + 15) === 1
      )
        loops = word(place + 16) === 0 ? 0 : word(place + 16) + 1;
      place += 2;
    } else break;
    // Sub-blocks, each preceded by its length; an empty one ends the list.
    for (let length = 1; length > 0; place += 1 + length) length = byte(place);
  }
  return { width: word(6), height: word(8), delays, loops };
}

/** https://developers.google.com/speed/webp/docs/riff_container */
function webpHeader(file: DataView): AnimationHeader {
  const number = (place: number, bytes: number) =>
    Array.from({ length: bytes }, (_, i) => file.getUint8(place + i) * 256 ** i).reduce((sum, part) => sum + part, 0);
  const delays: number[] = [];
  let [width, height, loops] = [0, 0, 1];
  for (let place = 12; place + 8 <= file.byteLength;) {
    const size = file.getUint32(place + 4, true);
    const has = (bytes: number) => size >= bytes && place + 8 + bytes <= file.byteLength;
    const name = letters(file, place, 4);
    if (name === "VP8X" && has(10)) [width, height] = [number(place + 12, 3) + 1, number(place + 15, 3) + 1];
    if (name === "ANIM" && has(6)) loops = number(place + 12, 2);
    if (name === "ANMF" && has(16)) delays.push(number(place + 20, 3));
    place += 8 + size + (size % 2);
  }
  return { width, height, delays, loops };
}

function letters(file: DataView, place: number, count: number): string {
  const end = Math.min(file.byteLength, place + count);
  let text = "";
  for (let at = place; at < end; at++) text += String.fromCharCode(file.getUint8(at));
  return text;
}
