import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { decodeBmp } from "../../../src/formats/pictures/bmp.ts";
import { Random } from "../../../src/random.ts";
import { samplesOf } from "../../picture/fixtures/fixtures.ts";

interface Bitmap {
  width: number;
  height: number;
  bits: number;
  pixels: number[];
  headerBytes?: number;
  compression?: number;
  masks?: number[];
  /** Blue, green, red, padding of each colour. */
  palette?: number[];
  colors?: number;
}

/** A bitmap file, written from the definition and not by the code under test. */
function file(bitmap: Bitmap): Uint8Array {
  const { headerBytes = 40, masks = [], palette = [] } = bitmap;
  const core = headerBytes === 12;
  const masksBehind = headerBytes === 40 ? 4 * masks.length : 0;
  const offset = 14 + headerBytes + masksBehind + palette.length;
  const bytes = new Uint8Array(offset + bitmap.pixels.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, offset, true);
  view.setUint32(14, headerBytes, true);
  if (core) {
    [bitmap.width, bitmap.height, 1, bitmap.bits].forEach((value, i) => view.setUint16(18 + 2 * i, value, true));
  } else {
    view.setInt32(18, bitmap.width, true);
    view.setInt32(22, bitmap.height, true);
    view.setUint16(26, 1, true);
    view.setUint16(28, bitmap.bits, true);
    view.setUint32(30, bitmap.compression ?? 0, true);
    view.setUint32(46, bitmap.colors ?? palette.length / 4, true);
    masks.forEach((mask, i) => view.setUint32(54 + 4 * i, mask, true));
  }
  bytes.set(palette, 14 + headerBytes + masksBehind);
  bytes.set(bitmap.pixels, offset);
  return bytes;
}

const redGreenBlue = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0];
const [red, green, blue] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
];

const readable: [string, Bitmap, number[]][] = [
  [
    "24 bits, rows from the bottom",
    { width: 1, height: 2, bits: 24, pixels: [1, 2, 3, 0, 4, 5, 6, 0] },
    [6, 5, 4, 3, 2, 1],
  ],
  [
    "24 bits, rows from the top",
    { width: 1, height: -2, bits: 24, pixels: [1, 2, 3, 0, 4, 5, 6, 0] },
    [3, 2, 1, 6, 5, 4],
  ],
  ["24 bits without padding of the last row", { width: 1, height: 1, bits: 24, pixels: [1, 2, 3] }, [3, 2, 1]],
  ["24 bits of OS/2", { width: 1, height: 1, bits: 24, headerBytes: 12, pixels: [1, 2, 3, 0] }, [3, 2, 1]],
  ["32 bits, the fourth ignored", { width: 1, height: 1, bits: 32, pixels: [1, 2, 3, 4] }, [3, 2, 1]],
  [
    "32 bits with masks in another order and alpha",
    {
      width: 1,
      height: 1,
      bits: 32,
      compression: 3,
      headerBytes: 56,
      masks: [0xff, 0xff00, 0xff0000, 0xff000000],
      pixels: [1, 2, 3, 4],
    },
    [1, 2, 3, 4],
  ],
  ...[4, 3].map((headerVersion): [string, Bitmap, number[]] => [
    `32 bits whose alphas are all 0: opaque (header of version ${headerVersion})`,
    {
      width: 2,
      height: 1,
      bits: 32,
      compression: 3,
      headerBytes: headerVersion === 4 ? 108 : 56,
      masks: [0xff0000, 0xff00, 0xff, 0xff000000],
      pixels: [1, 2, 3, 0, 4, 5, 6, 0],
    },
    [3, 2, 1, 6, 5, 4],
  ]),
  [
    "32 bits of which one alpha is not 0: as they are",
    {
      width: 2,
      height: 1,
      bits: 32,
      compression: 3,
      headerBytes: 56,
      masks: [0xff0000, 0xff00, 0xff, 0xff000000],
      pixels: [1, 2, 3, 0, 4, 5, 6, 1],
    },
    [3, 2, 1, 0, 6, 5, 4, 1],
  ],
  [
    "16 bits of 5-5-5-1 whose alphas are all 0: opaque",
    {
      width: 2,
      height: 1,
      bits: 16,
      compression: 3,
      headerBytes: 56,
      masks: [0x7c00, 0x3e0, 0x1f, 0x8000],
      pixels: [0x00, 0x7c, 0x1f, 0x00],
    },
    [255, 0, 0, 0, 0, 255],
  ],
  [
    "32 bits with masks behind the header",
    { width: 1, height: 1, bits: 32, compression: 3, masks: [0xff000000, 0xff0000, 0xff00], pixels: [0, 1, 2, 3] },
    [3, 2, 1],
  ],
  [
    "32 bits with masks of 10 bits",
    {
      width: 1,
      height: 1,
      bits: 32,
      compression: 3,
      masks: [0x3ff00000, 0xffc00, 0x3ff],
      pixels: [0xff, 0x03, 0x00, 0x20],
    },
    [128, 0, 255],
  ],
  ["16 bits of 5-5-5", { width: 2, height: 1, bits: 16, pixels: [0x00, 0x7c, 0x10, 0x02] }, [255, 0, 0, 0, 132, 132]],
  [
    "16 bits of 5-6-5",
    { width: 2, height: 1, bits: 16, compression: 3, masks: [0xf800, 0x7e0, 0x1f], pixels: [0xe0, 0x07, 0x1f, 0xf8] },
    [0, 255, 0, 255, 0, 255],
  ],
  [
    "8 bits",
    { width: 3, height: 1, bits: 8, palette: redGreenBlue, pixels: [2, 0, 1, 0] },
    [...blue, ...red, ...green],
  ],
  [
    "4 bits of odd width",
    { width: 3, height: 1, bits: 4, palette: redGreenBlue, pixels: [0x21, 0, 0, 0] },
    [...blue, ...green, ...red],
  ],
  [
    "1 bit",
    { width: 9, height: 1, bits: 1, palette: redGreenBlue.slice(0, 8), pixels: [0x80, 0x80, 0, 0] },
    [...green, ...red, ...red, ...red, ...red, ...red, ...red, ...red, ...green],
  ],
  [
    "1 bit of OS/2",
    { width: 2, height: 1, bits: 1, headerBytes: 12, palette: [0, 0, 255, 0, 255, 0], pixels: [0x40, 0, 0, 0] },
    [...red, ...green],
  ],
  [
    "run lengths of 8 bits: run, literal with padding, jump, end",
    {
      width: 4,
      height: 2,
      bits: 8,
      compression: 1,
      palette: redGreenBlue,
      pixels: [1, 2, 0, 3, 1, 2, 1, 0, 0, 0, 0, 2, 2, 0, 2, 1, 0, 1],
    },
    [...red, ...red, ...green, ...green, ...blue, ...green, ...blue, ...green],
  ],
  [
    "run lengths of 4 bits",
    { width: 5, height: 1, bits: 4, compression: 2, palette: redGreenBlue, pixels: [2, 0x12, 0, 3, 0x21, 0x20, 0, 1] },
    [...green, ...blue, ...blue, ...green, ...blue],
  ],
];

for (const [name, bitmap, samples] of readable) {
  test(`reads ${name}`, () => {
    const image = decodeBmp(file(bitmap));
    expect([image.width, image.height]).toEqual([bitmap.width, Math.abs(bitmap.height)]);
    expect(samplesOf(image)).toEqual(samples);
  });
}

describe("refuses in a sentence", () => {
  const plain: Bitmap = { width: 1, height: 1, bits: 24, pixels: [1, 2, 3, 0] };
  const indexed: Bitmap = { width: 2, height: 1, bits: 8, palette: redGreenBlue, pixels: [0, 1, 0, 0] };
  const runs: Bitmap = { ...indexed, compression: 1 };
  const refused: [string, Bitmap, RegExp][] = [
    ["an unknown depth", { ...plain, bits: 2 }, /bitmap of 2 bits with compression none/],
    ["a JPEG inside", { ...plain, compression: 4 }, /compression JPEG/],
    ["an unknown compression", { ...plain, compression: 77 }, /compression number 77/],
    ["run lengths of the wrong depth", { ...plain, compression: 1 }, /24 bits with compression RLE8/],
    ["run lengths from the top", { ...runs, height: -1 }, /RLE8/],
    ["a width of 0", { ...plain, width: 0 }, /empty/],
    ["a negative width", { ...plain, width: -3 }, /empty/],
    ["a claim of gigabytes", { ...plain, width: 2e9, height: -2e9 }, /limit/],
    ["rows cut short", { ...plain, height: 2 }, /cut short/],
    ["a palette larger than the depth", { ...indexed, colors: 257 }, /palette of 257 colours/],
    ["a palette that reaches into the pixels", { ...indexed, colors: 4 }, /within its header/],
    ["a colour outside the palette", { ...indexed, pixels: [0, 3, 0, 0] }, /palette does not have/],
    ["masks with gaps", { ...plain, bits: 32, compression: 3, masks: [0xf0f, 0, 0] }, /gaps/],
    ["a run over the edge", { ...runs, pixels: [3, 0, 0, 1] }, /runs extend beyond the picture/],
    ["a literal over the edge", { ...runs, pixels: [0, 3, 0, 0, 0, 0, 0, 1] }, /runs extend beyond the picture/],
    ["a row too many", { ...runs, pixels: [0, 0, 1, 0, 0, 1] }, /runs extend beyond the picture/],
    ["a jump over the edge", { ...runs, pixels: [0, 2, 3, 0, 0, 1] }, /runs extend beyond the picture/],
    ["runs without an end", { ...runs, pixels: [2, 0] }, /cut short/],
  ];
  for (const [name, bitmap, message] of refused) {
    test(name, () => {
      expect(() => decodeBmp(file(bitmap))).toThrow(message);
      expect(() => decodeBmp(file(bitmap))).toThrow(UserError);
    });
  }
});

test("any damage is refused or read, never another error", () => {
  const random = new Random(12);
  for (let round = 0; round < 5000; round++) {
    const bytes = file(readable[random.below(readable.length)][1]);
    for (let change = 0; change <= random.below(4); change++) bytes[random.below(bytes.length)] = random.below(256);
    const cut = bytes.subarray(0, bytes.length - random.below(2) * random.below(bytes.length));
    try {
      decodeBmp(cut, 1e5);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
    }
  }
});
