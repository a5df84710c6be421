// Damage in coded pixels is detected, and no intact file counts as damaged.

import { readdirSync, readFileSync } from "node:fs";
import sharp, { type JpegOptions } from "sharp";
import { describe, expect, test } from "vitest";
import { jpegFault } from "../../../src/formats/pictures/jpeg-scan.ts";
import { Random } from "../../../src/random.ts";

const samples = new URL("../../../samples/train/trainA/", import.meta.url);
const photos = readdirSync(samples)
  .filter((name) => name.endsWith(".jpg"))
  .slice(0, 3)
  .map((name) => readFileSync(new URL(name, samples)));

const codings: Record<string, JpegOptions> = {
  sequential: {},
  progressive: { progressive: true },
  "without subsampling": { chromaSubsampling: "4:4:4", quality: 100 },
  coarse: { quality: 3 },
  "coarse and progressive": { quality: 5, progressive: true },
  "as mozjpeg has it": { mozjpeg: true },
};

describe.each(Object.entries(codings))("%s", (_, options) => {
  const coded = () =>
    Promise.all(
      photos.flatMap((photo) => [
        sharp(photo).resize(61, 45, { fit: "fill" }).jpeg(options).toBuffer(),
        sharp(photo).resize(64, 64).modulate({ saturation: 4 }).linear(2, -100).jpeg(options).toBuffer(),
        sharp(photo).resize(37, 50, { fit: "fill" }).greyscale().jpeg(options).toBuffer(),
      ]),
    );

  test("is recognised whole, without its end, and truncated", async () => {
    for (const buffer of await coded()) {
      const bytes = new Uint8Array(buffer);
      expect(jpegFault(bytes)).toBeUndefined();
      expect(jpegFault(bytes.subarray(0, -2))).toBe("no end");
      expect(jpegFault(bytes.subarray(0, Math.floor(0.6 * bytes.length)))).toBe("cut short");
    }
  });

  test("most changed bytes are detected, and none causes another error", async () => {
    const random = new Random(3);
    let [found, tried] = [0, 0];
    for (const buffer of await coded()) {
      const start = buffer.indexOf(Buffer.from([0xff, 0xda])) + 14;
      for (let i = 0; i < 10; i++, tried++) {
        const bytes = new Uint8Array(buffer);
        const from = start + random.below(Math.max(1, bytes.length - 22 - start));
        for (let place = from; place < Math.min(from + 20, bytes.length - 2); place++) bytes[place] ^= 0x15;
        if (jpegFault(bytes) !== undefined) found++;
      }
    }
    expect(found / tried).toBeGreaterThan(0.4);
  });
});

test("truncations and random bytes after a header never throw", () => {
  const random = new Random(4);
  const [bytes] = photos;
  for (let round = 0; round < 100; round++) {
    const other = new Uint8Array(bytes.subarray(0, random.below(bytes.length)));
    for (let i = 0; i < 5; i++) other[2 + random.below(Math.max(1, other.length - 2))] = random.below(256);
    expect(["no end", "cut short", "spoilt", undefined]).toContain(jpegFault(other));
  }
});
