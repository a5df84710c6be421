import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { decodePnm, isPnm } from "../../../src/formats/pictures/pnm.ts";
import { Random } from "../../../src/random.ts";
import { samplesOf } from "../../picture/fixtures/fixtures.ts";

/** A file from its header's text and, for binary kinds, its raster. */
function file(text: string, ...raster: number[]): Uint8Array {
  return new Uint8Array([...new TextEncoder().encode(text), ...raster]);
}

function grey(...values: number[]): number[] {
  return values.flatMap((value) => [value, value, value]);
}

const readable: [string, Uint8Array, number, number, number[]][] = [
  ["P1 with and without spaces", file("P1\n# drawn by hand\n3 2\n1 0 1\n010"), 3, 2, grey(0, 255, 0, 255, 0, 255)],
  ["P2 of maximum 15", file("P2 2 2 15 0 5\n10 15\n"), 2, 2, grey(0, 85, 170, 255)],
  ["P3 with comments everywhere", file("P3#a\n#b\n1#c\n1 # d\n255\n# e\n1 2#f\n3"), 1, 1, [1, 2, 3]],
  ["P3 of maximum 65535", file("P3 1 1 65535 65535 257 128"), 1, 1, [255, 1, 0]],
  [
    "P4 with rows padded to bytes",
    file("P4 9 2\n", 0xff, 0x80, 0x00, 0x00),
    9,
    2,
    grey(...Array(9).fill(0), ...Array(9).fill(255)),
  ],
  ["P5", file("P5 2 1 255\n", 10, 200), 2, 1, grey(10, 200)],
  ["P5 of maximum 1", file("P5 2 1 1\n", 0, 1), 2, 1, grey(0, 255)],
  ["P6 whose raster starts like a comment", file("P6 1 1 255\n", 35, 10, 32), 1, 1, [35, 10, 32]],
  ["P6 with a comment behind the maximum", file("P6 1 1 255# last\n", 7, 8, 9), 1, 1, [7, 8, 9]],
  ["P6 of maximum 65535, rounded", file("P6\r1\t1 65535\n", 0xff, 0xff, 0, 128, 0, 129), 1, 1, [255, 0, 1]],
  ["P6 followed by a second picture", file("P6 1 1 255\n", 1, 2, 3, 0x50, 0x36), 1, 1, [1, 2, 3]],
];

for (const [name, bytes, width, height, samples] of readable) {
  test(`reads ${name}`, () => {
    const image = decodePnm(bytes);
    expect([image.width, image.height, image.hasAlpha]).toEqual([width, height, false]);
    expect(samplesOf(image)).toEqual(samples);
  });
}

describe("refuses in a sentence", () => {
  const refused: [string, Uint8Array, RegExp][] = [
    ["another kind", file("P7\n"), /P1 to P6/],
    ["no size", file("P5"), /P1 to P6/],
    ["a header cut short", file("P5 3"), /cut short where a height/],
    ["a word for a number", file("P5 three 1 255\n"), /something other than a number/],
    ["a negative width", file("P2 -1 1 255 0"), /something other than a number/],
    ["a width of 0", file("P5 0 1 255\n"), /empty/],
    ["a maximum of 0", file("P5 1 1 0\n", 0), /maximum value is 0/],
    ["a maximum of 65536", file("P5 1 1 65536\n", 0, 0), /maximum value is 65536/],
    ["a raster cut short", file("P6 2 1 255\n", 1, 2, 3, 4, 5), /cut short: it needs 17 bytes but has 16/],
    ["a 16-bit raster cut short", file("P5 1 1 256\n", 1), /cut short/],
    ["a bitmap cut short", file("P4 9 2\n", 1, 2, 3), /cut short/],
    ["plain samples cut short", file("P3 1 1 255 1 2"), /cut short/],
    ["plain samples that end in a comment", file("P2 2 1 255 1 #23456789"), /cut short/],
    ["a sample above the maximum", file("P5 1 1 100\n", 101), /sample of 101 above/],
    ["a bitmap with a 2", file("P1 2 1 02"), /other than 0 and 1/],
    ["a claim of gigabytes", file("P6 4000000000 4000000000 255\n", 1), /limit/],
    ["a plain bitmap of gigabytes", file("P1 16000 16000 0"), /cut short/],
    ["a width beyond all numbers", file(`P5 ${"9".repeat(400)} 1 255\n`), /out of range/],
  ];
  for (const [name, bytes, message] of refused) {
    test(name, () => {
      expect(() => decodePnm(bytes)).toThrow(message);
      expect(() => decodePnm(bytes)).toThrow(UserError);
    });
  }
});

test("any damage is refused or read, never another error", () => {
  const random = new Random(11);
  for (let round = 0; round < 3000; round++) {
    const bytes = readable[random.below(readable.length)][1].slice();
    for (let change = 0; change <= random.below(3); change++) bytes[random.below(bytes.length)] = random.below(256);
    const cut = bytes.subarray(0, bytes.length - random.below(3));
    try {
      decodePnm(cut, 1e6);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
    }
  }
});

test("is distinguished from text by its first bytes", () => {
  expect(isPnm(file("P5\n"))).toBe(true);
  expect(isPnm(file("P5# comment"))).toBe(true);
  for (const text of ["", "P", "P5", "P55", "P0 1", "P8 1", "Q5 1"]) expect(isPnm(file(text))).toBe(false);
});
