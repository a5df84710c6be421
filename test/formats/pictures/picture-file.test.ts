import sharp, { type Sharp } from "sharp";
import { describe, expect, test } from "vitest";
import { isPictureName, pictureKind, storedSize, uprightSize } from "../../../src/formats/pictures/picture-file.ts";
import { probeImage } from "../../../src/platform/pictures/images.node.ts";
import { bytesOf, fileFixtures } from "../../picture/fixtures/fixtures.ts";

const noise = (width: number, height: number) =>
  sharp(
    Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 256),
    { raw: { width, height, channels: 3 } },
  );

test.each([
  ["a.png", true],
  ["folder/a.JPEG", true],
  ["a.b.webp", true],
  ["..png", true],
  [".png", false],
  ["folder/.png", false],
  ["png", false],
  ["a.png/b", false],
  ["a.txt", false],
])("%s is a picture's name or not", (name, is) => expect(isPictureName(name)).toBe(is));

describe("the size read from a file's beginning equals sharp's", () => {
  for (const { name, file } of fileFixtures) {
    test(name, async () => {
      const bytes = bytesOf(file);
      if (["TIFF", "AVIF"].includes(pictureKind(bytes))) expect(storedSize(pictureKind(bytes), bytes)).toBeUndefined();
      else expect(uprightSize(bytes)).toEqual(await probeImage(bytes));
    });
  }

  const kinds = {
    jpeg: (picture: Sharp) => picture.jpeg(),
    "progressive jpeg": (picture: Sharp) => picture.jpeg({ progressive: true }),
    png: (picture: Sharp) => picture.png(),
    gif: (picture: Sharp) => picture.gif(),
    webp: (picture: Sharp) => picture.webp(),
    "lossless webp": (picture: Sharp) => picture.webp({ lossless: true }),
    "webp with alpha": (picture: Sharp) => picture.ensureAlpha(0.5).webp(),
  };
  test.each(Object.entries(kinds))("%s", async (_kind, as) => {
    for (const [width, height] of [
      [1, 1],
      [300, 17],
      [16, 4097],
    ]) {
      const bytes = await as(noise(width, height)).toBuffer();
      expect(uprightSize(bytes)).toEqual({ width, height });
    }
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("oriented by EXIF %i", async (orientation) => {
    for (const as of [kinds.jpeg, kinds.png, kinds.webp]) {
      const bytes = await as(noise(30, 20)).withMetadata({ orientation }).toBuffer();
      const size = uprightSize(bytes);
      // WebP puts EXIF last, so its beginning does not give the orientation.
      if (pictureKind(bytes) === "WebP") expect(size).toBeUndefined();
      else expect(size).toEqual(await probeImage(bytes));
    }
  });
});

test("no bytes make it throw anything but a UserError", async () => {
  for (const as of [noise(30, 20).jpeg(), noise(30, 20).png(), noise(30, 20).webp(), noise(30, 20).gif()]) {
    const bytes = await as.withMetadata({ orientation: 6 }).toBuffer();
    for (let length = 0; length < Math.min(bytes.length, 700); length++) {
      try {
        uprightSize(bytes.subarray(0, length));
      } catch (error) {
        expect((error as Error).name, `${length} bytes: ${(error as Error).stack}`).toBe("UserError");
      }
    }
  }
});
