import { expect, test } from "vitest";
import { pixelsOf, seenPixels, type Image } from "../../src/picture/image.ts";

const bytes = Uint8ClampedArray.of(9, 1, 2, 3, 255, 5, 6, 7, 0, 9, 10, 11, 1);
/** It begins where no 32-bit number can. */
const image: Image = { width: 3, height: 1, data: bytes.subarray(1), hasAlpha: true };

test("pixels are a copy, red in the lowest byte, wherever the bytes begin", () => {
  const pixels = pixelsOf(image);
  expect([...pixels]).toEqual([0xff030201, 0x00070605, 0x010b0a09]);
  pixels.fill(0);
  expect(image.data[0]).toBe(1);
});

test("what alpha hides altogether is one colour, and the rest stays as it is", () => {
  expect([...seenPixels(image)]).toEqual([0xff030201, 0, 0x010b0a09]);
});
