import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import type { Image } from "../../../src/picture/image.ts";
import { decodeImage, encodePng, probeImage } from "../../../src/platform/pictures/images.node.ts";
import { pngProfile, withChunk } from "../../../src/platform/pictures/png.browser.ts";
import { bytesOf, fileFixtures, imageOf, samplesOf } from "../../picture/fixtures/fixtures.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pixelcycle-images-"));
});
afterAll(() => rm(folder, { recursive: true }));

function fault(name: string): string {
  return fileURLToPath(new URL(`../../picture/fixtures/faults/${name}`, import.meta.url));
}

function meanDifference(a: Image, b: Image): number {
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]), 0) / a.data.length;
}

function fixture(name: string): Uint8Array {
  return bytesOf(fileFixtures.find((file) => file.name === name)!.file);
}

function raw(width: number, height: number, samples: number[]) {
  const channels = (samples.length / (width * height)) as 1 | 2 | 3 | 4;
  return sharp(new Uint8Array(samples), { raw: { width, height, channels } });
}

function raw16(width: number, height: number, samples: number[]) {
  const channels = (samples.length / (width * height)) as 1 | 2 | 3 | 4;
  return sharp(new Uint16Array(samples), { raw: { width, height, channels } });
}

describe("pixels equal Pillow's", () => {
  for (const { name, width, height, file, mode, pixels } of fileFixtures) {
    if (!pixels) continue;
    test(name, async () => {
      const image = await decodeImage(bytesOf(file));
      expect([image.width, image.height, image.hasAlpha]).toEqual([width, height, mode === "RGBA"]);
      expect(samplesOf(image)).toEqual(Array.from(bytesOf(pixels)));
      expect(await probeImage(bytesOf(file))).toEqual({ width, height });
    });
  }
});

describe("orientation", () => {
  // Columns 1 to 3, rows a and b; what a viewer shows for each EXIF orientation of the stored rows
  // "123" and "456".
  const upright = ["123/456", "321/654", "654/321", "456/123", "14/25/36", "41/52/63", "63/52/41", "36/25/14"];
  for (const [index, rows] of upright.entries()) {
    test(`${index + 1} is applied`, async () => {
      const stored = raw(
        3,
        2,
        [1, 2, 3, 4, 5, 6].flatMap((value) => [value, value, value]),
      );
      const oriented = stored.withMetadata({ orientation: index + 1 });
      for (const bytes of [
        await oriented.clone().png().toBuffer(),
        await oriented.clone().tiff({ compression: "lzw" }).toBuffer(),
      ]) {
        const image = await decodeImage(bytes);
        const width = rows.indexOf("/");
        expect([image.width, image.height]).toEqual([width, rows.split("/").length]);
        expect(
          samplesOf(image)
            .filter((_, i) => i % 3 === 0)
            .join(""),
        ).toBe(rows.replaceAll("/", ""));
        expect(await probeImage(bytes)).toEqual({ width: image.width, height: image.height });
      }
    });
  }

  test("is applied to JPEG and to 16-bit pictures", async () => {
    const jpeg = await raw(16, 8, Array(16 * 8 * 3).fill(9))
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    expect(await decodeImage(jpeg)).toMatchObject({ width: 8, height: 16 });
    const deep = await raw16(2, 1, [0, 0, 0, 65535, 65535, 65535])
      .toColourspace("rgb16")
      .withMetadata({ orientation: 3 })
      .png()
      .toBuffer();
    expect(samplesOf(await decodeImage(deep))).toEqual([255, 255, 255, 0, 0, 0]);
  });
});

describe("16 bits round to the nearest of 256 levels", () => {
  const values = [0, 128, 129, 385, 386, 32767, 65406, 65535];
  const rounded = [0, 0, 1, 1, 2, 127, 254, 255];
  test("grey PNG", async () => {
    const image = await decodeImage(await raw16(8, 1, values).toColourspace("grey16").png().toBuffer());
    expect(samplesOf(image)).toEqual(rounded.flatMap((value) => [value, value, value]));
  });
  test("grey PNG with alpha", async () => {
    const image = await decodeImage(await raw16(4, 1, values).toColourspace("grey16").png().toBuffer());
    expect(image.hasAlpha).toBe(true);
    expect(samplesOf(image)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 127, 254, 254, 254, 255]);
  });
  test("RGBA PNG", async () => {
    const image = await decodeImage(await raw16(2, 1, values).toColourspace("rgb16").png().toBuffer());
    expect(samplesOf(image)).toEqual(rounded);
  });
  test("TIFF with LZW", async () => {
    const bytes = await raw16(2, 1, values.slice(0, 6)).toColourspace("rgb16").tiff({ compression: "lzw" }).toBuffer();
    expect((await sharp(bytes).metadata()).depth).toBe("ushort");
    expect(samplesOf(await decodeImage(bytes))).toEqual(rounded.slice(0, 6));
  });
});

describe("colour", () => {
  /** The chunk of Display P3. */
  const displayP3 = async () => pngProfile(await raw(1, 1, [1, 2, 3]).withIccProfile("p3").png().toBuffer())!;

  test("a profile is applied, for 8 and 16 bits, with and without alpha; or ignored, as in the reference", async () => {
    const stored = [255, 20, 4, 80, 180, 60, 128, 128, 128];
    const converted = [255, 0, 0, 0, 183, 29, 128, 128, 128];
    const wide = raw16(
      3,
      1,
      stored.map((value) => value * 257),
    ).toColourspace("rgb16");
    for (const png of [await raw(3, 1, stored).png().toBuffer(), await wide.png().toBuffer()]) {
      const bytes = withChunk(png, await displayP3());
      const difference = samplesOf(await decodeImage(bytes)).map((value, i) => Math.abs(value - converted[i]));
      expect(Math.max(...difference)).toBeLessThanOrEqual(1);
      expect(samplesOf(await decodeImage(bytes, { ignoreProfile: true }))).toEqual(stored);
    }
    const alpha = withChunk(await raw(2, 1, [80, 180, 60, 7, 80, 180, 60, 255]).png().toBuffer(), await displayP3());
    expect(samplesOf(await decodeImage(alpha))).toEqual([0, 183, 29, 7, 0, 183, 29, 255]);
  });

  test("a photo in Display P3 has the colours that it has in sRGB", async () => {
    const [p3, srgb] = await Promise.all([decodeImage(fault("p3.jpg")), decodeImage(fault("srgb.jpg"))]);
    expect(meanDifference(p3, srgb)).toBeLessThan(2);
    expect(meanDifference(await decodeImage(fault("p3.jpg"), { ignoreProfile: true }), srgb)).toBeGreaterThan(3);
  });

  test("CMYK becomes sRGB, without a profile and with one", async () => {
    const bare = await decodeImage(fixture("jpeg cmyk"));
    const profiled = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#ee2222" } })
      .toColourspace("cmyk")
      .withIccProfile("cmyk")
      .jpeg({ quality: 95 })
      .toBuffer();
    expect(await sharp(profiled).metadata()).toMatchObject({ space: "cmyk", hasProfile: true });
    for (const image of [bare, await decodeImage(profiled)]) {
      const [red, green, blue, alpha] = image.data;
      expect(red).toBeGreaterThan(200);
      expect(green).toBeLessThan(70);
      expect(blue).toBeLessThan(70);
      expect(alpha).toBe(255);
      expect(image.hasAlpha).toBe(false);
    }
  });

  test("colour under full transparency is kept", async () => {
    const samples = [200, 100, 50, 0, 1, 2, 3, 255];
    for (const bytes of [
      await raw(2, 1, samples).png().toBuffer(),
      await raw(2, 1, samples).webp({ lossless: true, exact: true }).toBuffer(),
      await raw(2, 1, samples).tiff({ compression: "deflate" }).toBuffer(),
    ]) {
      expect(samplesOf(await decodeImage(bytes))).toEqual(samples);
    }
  });

  test("AVIF of 8 and 10 bits", async () => {
    const flat = Array(16 * 16 * 3).fill(64);
    const eight = await decodeImage(await raw(16, 16, flat).avif({ quality: 95 }).toBuffer());
    expect(Math.max(...samplesOf(eight).map((value) => Math.abs(value - 64)))).toBeLessThanOrEqual(1);
    const wide = raw16(
      16,
      16,
      flat.map((value) => value * 257),
    ).toColourspace("rgb16");
    const ten = await decodeImage(await wide.avif({ quality: 95, bitdepth: 10 }).toBuffer());
    expect(Math.max(...samplesOf(ten).map((value) => Math.abs(value - 64)))).toBeLessThanOrEqual(1);
  });
});

describe("a readable but incomplete JPEG gives a warning", () => {
  const read = async (source: string | Uint8Array) => {
    const warnings: string[] = [];
    const image = await decodeImage(source, { onWarning: (sentence) => warnings.push(sentence) });
    return { image, warnings };
  };

  test("if only its end is missing", async () => {
    const { image, warnings } = await read(fault("missing_eoi.jpg"));
    expect(image).toMatchObject({ width: 160, height: 120 });
    expect(warnings).toEqual([expect.stringMatching(/its end is missing/)]);
    const whole = fixture("jpeg 4:2:0");
    const { image: cut } = await read(whole.subarray(0, -2));
    expect(cut).toEqual(await decodeImage(whole));
  });

  test("if its data are damaged", async () => {
    expect((await read(fault("flipped_bits.jpg"))).warnings).toEqual([expect.stringMatching(/its data is damaged/)]);
  });

  test("and an intact one does not", async () => {
    for (const source of [fault("p3.jpg"), fixture("jpeg 4:2:0"), fixture("jpeg 4:4:4"), fixture("jpeg cmyk")]) {
      expect((await read(source)).warnings).toEqual([]);
    }
  });
});

test("a camera's raw file is not read as the TIFF of its thumbnail", async () => {
  const path = join(folder, "DSC_0001.NEF");
  await writeFile(path, fixture("tiff lzw"));
  await expect(decodeImage(path)).rejects.toThrow("DSC_0001.NEF: it is a camera's raw file");
});

test("the first frame of an animation is read", async () => {
  const frames = sharp(new Uint8Array([...Array(12).fill(255), ...Array(12).fill(0)]), {
    raw: { width: 2, height: 4, channels: 3, pageHeight: 2 },
  });
  for (const bytes of [
    await frames.clone().gif().toBuffer(),
    await frames.clone().webp({ lossless: true }).toBuffer(),
  ]) {
    expect((await sharp(bytes).metadata()).pages).toBe(2);
    const image = await decodeImage(bytes);
    expect([image.width, image.height, ...image.data.subarray(0, 3)]).toEqual([2, 2, 255, 255, 255]);
    expect(await probeImage(bytes)).toEqual({ width: 2, height: 2 });
  }
});

describe("a written PNG", () => {
  test("is read back unchanged, and has alpha only if the picture has", async () => {
    for (const image of [
      imageOf(
        3,
        2,
        Array.from({ length: 18 }, (_, i) => i * 13),
      ),
      imageOf(
        3,
        2,
        Array.from({ length: 24 }, (_, i) => i * 10),
      ),
      imageOf(1, 1, [7]),
    ]) {
      const bytes = await encodePng(image);
      expect((await sharp(bytes).metadata()).channels).toBe(image.hasAlpha ? 4 : 3);
      expect(await decodeImage(bytes)).toEqual(image);
    }
  });
});

describe("files that are not pictures, or broken, are refused with name and reason", () => {
  const jpeg = fixture("jpeg 4:2:0");
  const png = fixture("png rgb");
  const flipped = (bytes: Uint8Array, position: number) =>
    bytes.map((byte, i) => (i === position ? byte ^ 0xff : byte));
  const refused: [string, Uint8Array, RegExp][] = [
    ["empty.png", new Uint8Array(), /it is empty/],
    ["text.png", new TextEncoder().encode("This is a shopping list."), /not a picture of a known kind/],
    ["short.jpg", jpeg.subarray(0, jpeg.length - 60), /damaged or incomplete JPEG .*premature end/i],
    ["header.jpg", jpeg.subarray(0, 40), /damaged or incomplete JPEG/],
    ["short.png", png.subarray(0, png.length - 100), /damaged or incomplete PNG/],
    ["flipped.png", flipped(png, 100), /damaged or incomplete PNG/],
    ["short.gif", fixture("gif").subarray(0, 60), /damaged or incomplete GIF/],
    ["short.webp", fixture("webp").subarray(0, 200), /damaged or incomplete WebP/],
    ["short.tif", fixture("tiff lzw").subarray(0, 200), /damaged or incomplete TIFF/],
    ["short.bmp", fixture("bmp of 24 bits").subarray(0, 200), /cut short/],
    ["short.ppm", fixture("ppm").subarray(0, 200), /cut short/],
    ["floats.tif", fixture("tiff of 32-bit floats"), /samples of type float/],
    [
      "drawing.svg",
      new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>"),
      /not a picture of a known kind/,
    ],
    ["phone.heic", new TextEncoder().encode("\0\0\0\x18ftypheic\0\0\0\0mif1heic"), /HEIC.*save it as JPEG or PNG/],
  ];
  for (const [name, bytes, message] of refused) {
    test(name, async () => {
      const path = join(folder, name);
      await writeFile(path, bytes);
      const error = await decodeImage(path).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(UserError);
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message.startsWith(`${path}: `)).toBe(true);
      expect((error as Error).message).not.toContain("\n");
    });
  }

  test("a missing file, and a folder", async () => {
    await expect(decodeImage(join(folder, "none.png"))).rejects.toThrow(/none\.png: there is no such file/);
    await expect(decodeImage(folder)).rejects.toThrow(/it is a folder/);
    await expect(probeImage(join(folder, "none.png"))).rejects.toThrow(UserError);
  });

  test("bytes without a path", async () => {
    await expect(decodeImage(new Uint8Array())).rejects.toThrow("the picture: it is empty.");
  });

  test("more pixels than the limit, before anything is decoded", async () => {
    const bomb = await sharp({ create: { width: 3000, height: 3000, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    expect(bomb.length).toBeLessThan(200_000);
    await expect(decodeImage(bomb, { pixelLimit: 1e6 })).rejects.toThrow(
      /3000 x 3000 pixels, 9.0 million, .*limit is 1.0 million/,
    );
    await expect(probeImage(bomb, { pixelLimit: 1e6 })).rejects.toThrow(UserError);
    expect(await probeImage(bomb)).toEqual({ width: 3000, height: 3000 });
    // A header that claims 100,000 x 100,000 pixels over a few bytes.
    const claim = fixture("png rgb");
    new DataView(claim.buffer).setUint32(16, 100_000);
    new DataView(claim.buffer).setUint32(20, 100_000);
    await expect(decodeImage(claim)).rejects.toThrow(UserError);
  });
});

test("the extension does not matter", async () => {
  const path = join(folder, "really-a-jpeg.png");
  await writeFile(path, fixture("jpeg 4:4:4"));
  expect(await decodeImage(path)).toMatchObject({ width: 21, height: 13 });
});
