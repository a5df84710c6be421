// Captions: one line, with nothing that a trainer interprets, and templates filled with the known
// facts.

import { describe, expect, test } from "vitest";
import { captionOf, checkTemplate, cleanCaption, factsOf, subjectOfName } from "../../../src/dataset/export/caption.ts";
import { blankImage } from "../../../src/picture/image.ts";
import { builtInPalette } from "../../../src/pixelart/palettes/built-in.ts";
import { Random } from "../../../src/random.ts";

const facts = { subject: "a knight", columns: 64, rows: 48, colors: 12, palette: "", trigger: "" };
const long = "{subject}, pixel art, {columns}x{rows}, {colors} colors, {palette}, {trigger}";

describe("a template", () => {
  test("contains the known facts, and omits the others", () => {
    expect(captionOf(long, facts)).toBe("a knight, pixel art, 64x48, 12 colors");
    expect(captionOf(long, { ...facts, palette: "PICO-8 palette", trigger: "gmstyle" })).toBe(
      "a knight, pixel art, 64x48, 12 colors, PICO-8 palette, gmstyle",
    );
    expect(captionOf(long, { ...facts, subject: "" })).toBe("pixel art, 64x48, 12 colors");
  });

  test("does not repeat the subject", () => {
    expect(captionOf(long, { ...facts, subject: "Pixel Art of a cave" })).toBe("Pixel Art of a cave, 64x48, 12 colors");
  });

  test("is refused with an unknown name, and if empty", () => {
    expect(() => checkTemplate("{subjekt}")).toThrow(
      "`template` has {subjekt}, which is unknown; use one of {subject}",
    );
    expect(() => checkTemplate("  ")).toThrow("`template` is empty");
  });

  test("does not interpret the subject's text", () => {
    expect(captionOf("{subject}", { ...facts, subject: "a {trigger} $& knight" })).toBe("a (trigger) $& knight");
  });
});

describe("a caption", () => {
  test("is one line without characters that trainers interpret", () => {
    expect(cleanCaption(" a cave\r\n{red|blue}\u2028with\tlight [trigger] \u202eand\u0000 more ")).toBe(
      "a cave (red|blue) with light (trigger) and more",
    );
  });

  test("property: is one line for any text, and cleaning it again changes nothing", () => {
    const random = new Random(3);
    for (let i = 0; i < 500; i++) {
      const text = String.fromCharCode(...Array.from({ length: 40 }, () => random.below(i % 2 ? 0x10000 : 0x100)));
      const caption = cleanCaption(text);
      expect(caption).not.toMatch(/[\n\r{}\u0085\u2028\u2029\u0000]/);
      expect(cleanCaption(caption)).toBe(caption);
    }
  });
});

test("names give words, without numbers", () => {
  expect(subjectOfName("dark_knight-012.final")).toBe("dark knight final");
  expect(subjectOfName("000123")).toBeUndefined();
  expect(subjectOfName("IMG_5")).toBe("IMG");
});

describe("a picture's own facts", () => {
  test("are its size, its visible colors and the smallest palette that contains them", () => {
    const { colours } = builtInPalette("gameboy")!;
    const cells = { ...blankImage(3, 2), hasAlpha: true };
    colours.forEach((colour, i) => cells.data.set(colour, 4 * i));
    cells.data.set([1, 2, 3, 0], 16);
    cells.data.set(colours[0], 20);
    expect(factsOf(cells, "x", "y")).toEqual({
      ...{ subject: "x", trigger: "y", columns: 3, rows: 2, colors: 4 },
      palette: "Game Boy palette",
    });
    cells.data.set([1, 2, 3, 255], 16);
    expect(factsOf(cells, "", "")).toMatchObject({ colors: 5, palette: "" });
  });
});
