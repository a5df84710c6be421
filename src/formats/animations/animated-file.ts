// Whether a picture file is an animation, judged by its headers. Nothing is decoded, and only the
// necessary parts of a long file are read.

/** Reads bytes of a file; fewer at its end. */
export type ReadAt = (start: number, length: number) => Promise<Uint8Array>;

export type AnimatedKind = "GIF" | "WebP" | "PNG";

/** The size of each read. The headers of most still pictures fit into one such block. */
const blockBytes = 4096;

/**
 * The kind of a picture with several frames; undefined for all others. In a truncated file every
 * frame that begins counts.
 */
export async function animatedKind(read: ReadAt): Promise<AnimatedKind | undefined> {
  const file = new Blocks(read);
  const start = await file.text(0, 12);
  if (start.startsWith("\x89PNG")) return (await pngIsAnimated(file)) ? "PNG" : undefined;
  if (start.startsWith("GIF8")) return (await gifIsAnimated(file)) ? "GIF" : undefined;
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return (await webpIsAnimated(file)) ? "WebP" : undefined;
  return undefined;
}

async function pngIsAnimated(file: Blocks): Promise<boolean> {
  for (let place = 8; ; place += 12 + (await file.number(place, 4, "big"))) {
    const name = await file.text(place + 4, 4);
    if (name === "acTL") return (await file.number(place + 8, 4, "big")) > 1;
    // The animation control chunk (acTL) comes before all pixels.
    if (name.length < 4 || name === "IDAT") return false;
  }
}

async function webpIsAnimated(file: Blocks): Promise<boolean> {
  let frames = 0;
  for (let place = 12; ;) {
    const name = await file.text(place, 4);
    if (name.length < 4 || name === "VP8 " || name === "VP8L") return false;
    if (name === "ANMF" && ++frames > 1) return true;
    const size = await file.number(place + 4, 4, "little");
    place += 8 + size + (size % 2);
  }
}

async function gifIsAnimated(file: Blocks): Promise<boolean> {
  const paletteBytes = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let place = 13 + paletteBytes(await file.number(10, 1, "little"));
  for (let images = 0; ;) {
    const kind = await file.number(place, 1, "little");
    if (kind === 0x2c) {
      if (++images > 1) return true;
      place += 11 + paletteBytes(await file.number(place + 9, 1, "little"));
    } else if (kind === 0x21) place += 2;
    else return false;
    // Sub-blocks, each preceded by its length, up to an empty one.
    for (let length = 1; length > 0; place += 1 + length) length = await file.number(place, 1, "little");
  }
}

/** A file with a cache of the block that was read last. */
class Blocks {
  private start = 0;
  private block: Uint8Array = new Uint8Array();

  constructor(private readonly read: ReadAt) {}

  /** Up to sixteen bytes as letters; fewer at the end of the file. */
  async text(place: number, length: number): Promise<string> {
    if (place < this.start || place + length > this.start + this.block.length) {
      this.block = await this.read(place, blockBytes);
      this.start = place;
    }
    return String.fromCharCode(...this.block.subarray(place - this.start, place - this.start + length));
  }

  /** 0 past the end. */
  async number(place: number, bytes: 1 | 4, order: "big" | "little"): Promise<number> {
    const digits = [...(await this.text(place, bytes))].map((letter) => letter.charCodeAt(0));
    if (order === "little") digits.reverse();
    return digits.reduce((value, digit) => value * 256 + digit, 0);
  }
}
