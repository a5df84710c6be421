// The bits of a JPEG's coded pixels, and the Huffman codes among them (ITU-T T.81).

export type JpegFault =
  /** All pixels are there, but the end marker is not. */
  | "no end"
  /** The file ends within the pixels. */
  | "cut short"
  /** Some of the data are wrong. */
  | "spoilt";

/** Ends the reading. */
export class Fault extends Error {
  constructor(readonly kind: JpegFault) {
    super(kind);
  }
}

/**
 * For each 16 bits the length of the code that they begin with, times 256, plus its symbol; 0 where
 * there is none.
 */
export type HuffmanTable = Uint16Array;

/**
 * Bits of coded data, in which a 0 after 0xff is skipped; any other byte after 0xff is a marker,
 * where the data end.
 */
export class BitReader {
  private held = 0;
  private count = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private position: number,
  ) {}

  /** @throws Fault if the bits are not a code of the table */
  symbol(table: HuffmanTable | undefined): number {
    if (!table) throw new Fault("spoilt");
    this.hold(16);
    const next = this.count >= 16 ? this.held >>> (this.count - 16) : this.held << (16 - this.count);
    const entry = table[next & 0xffff];
    const length = entry >> 8;
    if (length > this.count) this.fail();
    if (length === 0) throw new Fault("spoilt");
    this.count -= length;
    return entry & 255;
  }

  /** @param length up to 16 */
  take(length: number): number {
    if (length === 0) return 0;
    this.hold(length);
    if (length > this.count) this.fail();
    this.count -= length;
    return (this.held >>> this.count) & ((1 << length) - 1);
  }

  /** A number with this many bits, of which the first is 0 for negative ones. */
  signed(length: number): number {
    const value = this.take(length);
    return length > 0 && value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  /** Skips the padding of the last byte; the marker with that number must follow. */
  restart(number: number): void {
    this.position = this.finish();
    if (this.position + 2 > this.bytes.length) throw new Fault("cut short");
    if (this.bytes[this.position + 1] !== 0xd0 + number) throw new Fault("spoilt");
    this.position += 2;
  }

  /**
   * The offset of the marker that follows, or of the end.
   *
   * @throws Fault if data are left over
   */
  finish(): number {
    if (this.count >= 8) throw new Fault("spoilt");
    this.count = 0;
    let { position } = this;
    while (this.bytes[position] === 0xff && this.bytes[position + 1] === 0xff) position++;
    const isMarker = this.bytes[position] === 0xff && this.bytes[position + 1] !== 0;
    if (position < this.bytes.length && !isMarker) throw new Fault("spoilt");
    return position;
  }

  private hold(length: number): void {
    while (this.count < length && this.position < this.bytes.length) {
      const byte = this.bytes[this.position];
      if (byte === 0xff) {
        if (this.bytes[this.position + 1] !== 0) return;
        this.position++;
      }
      this.position++;
      this.held = (this.held << 8) | byte;
      this.count += 8;
    }
  }

  private fail(): never {
    throw new Fault(this.position + 1 >= this.bytes.length ? "cut short" : "spoilt");
  }
}
