// The browser's exact PNG codec, compared with sharp's; it needs no browser.

import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { decodeImage } from "../../../src/platform/pictures/images.node.ts";
import { decodePng, encodePng, readPngTraits } from "../../../src/platform/pictures/png.browser.ts";
import { bytesOf, fileFixtures, imageOf } from "../../picture/fixtures/fixtures.ts";

const read = (bytes: Uint8Array) => decodePng(bytes, readPngTraits(bytes));

/**
 * Samples of all kinds, many of them transparent; 5 x 3 pixels, so that rows of few bits end within
 * a byte.
 */
function picture(channels: 1 | 2 | 3 | 4, bits: 8 | 16) {
  const samples = Array.from({ length: 15 * channels }, (_, i) => (i * 7919 + 13) % 2 ** bits);
  const raw = { width: 5, height: 3, channels };
  return bits === 8
    ? sharp(Uint8Array.from(samples), { raw })
    : sharp(Uint16Array.from(samples), { raw }).toColourspace(channels < 3 ? "grey16" : "rgb16");
}

describe("a PNG is read as sharp reads it", () => {
  for (const { name, file } of fileFixtures.filter(({ name }) => name.startsWith("png"))) {
    test(name, async () => expect(read(bytesOf(file))).toEqual(await decodeImage(bytesOf(file))));
  }

  for (const channels of [1, 2, 3, 4] as const) {
    for (const bits of [8, 16] as const) {
      test.each([false, true])(`${channels} channels of ${bits} bits, interlaced: %s`, async (progressive) => {
        const bytes = await picture(channels, bits).png({ progressive }).toBuffer();
        expect(readPngTraits(bytes)).toMatchObject({
          depth: bits,
          hasAlpha: channels % 2 === 0,
          interlaced: progressive,
        });
        expect(read(bytes)).toEqual(await decodeImage(bytes));
      });
    }
  }

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("orientation %i", async (orientation) => {
    const bytes = await picture(4, 8).withMetadata({ orientation }).png().toBuffer();
    expect(readPngTraits(bytes).orientation).toBe(orientation);
    expect(read(bytes)).toEqual(await decodeImage(bytes));
  });
});

describe("a transparent colour", () => {
  /** Puts a chunk before the pixels. */
  function withTransparentColour(bytes: Uint8Array, ...values: number[]): Uint8Array {
    const at = Buffer.from(bytes).indexOf("IDAT") - 4;
    const body = Buffer.alloc(4 + 2 * values.length);
    body.write("tRNS");
    values.forEach((value, i) => body.writeUInt16BE(value, 4 + 2 * i));
    const chunk = Buffer.alloc(8 + body.length);
    chunk.writeUInt32BE(body.length - 4);
    body.copy(chunk, 4);
    chunk.writeUInt32BE(crc32(body), 4 + body.length);
    return Buffer.concat([bytes.subarray(0, at), chunk, bytes.subarray(at)]);
  }

  function crc32(bytes: Uint8Array): number {
    let crc = ~0;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
  }

  test.each([8, 16] as const)("of %i bits", async (bits) => {
    const { data } = await picture(3, bits)
      .raw({ depth: bits === 8 ? "uchar" : "ushort" })
      .toBuffer({ resolveWithObject: true });
    const samples = bits === 8 ? data : new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
    const bytes = withTransparentColour(await picture(3, bits).png().toBuffer(), ...samples.subarray(3, 6));
    const image = read(bytes);
    expect(image).toEqual(await decodeImage(bytes));
    expect(Array.from(image.data).filter((_, i) => i % 4 === 3)).toEqual([255, 0, ...Array(13).fill(255)]);
  });
});

test("truncated and damaged files are refused in a sentence", async () => {
  const bytes = await picture(4, 8).png().toBuffer();
  for (const length of [9, 30, 60, bytes.length - 20, bytes.length - 1]) {
    expect(() => read(bytes.subarray(0, length))).toThrow(UserError);
  }
  const damaged = Uint8Array.from(bytes);
  damaged[Buffer.from(bytes).indexOf("IDAT") + 12] ^= 1;
  expect(() => read(damaged)).toThrow(/^it is a damaged or incomplete PNG \(.*\)\.$/);
});

test.each([3, 4])("written files are read back to the byte, with %i channels", async (channels) => {
  const image = imageOf(
    7,
    5,
    Array.from({ length: 35 * channels }, (_, i) => (i * 31) % 256),
  );
  const bytes = await encodePng(image);
  expect(await decodeImage(bytes)).toEqual(image);
  expect(await sharp(bytes).metadata()).toMatchObject({ channels, depth: "uchar", format: "png" });
});
