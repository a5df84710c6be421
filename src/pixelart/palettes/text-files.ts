// Text palette files: GIMP's .gpl, JASC's .pal, paint.net's .txt and plain lists of hexadecimal
// colours. Each has one colour per line. A line that makes no sense is an error that gives its
// number, since a palette that silently lost a colour is worse than none.

import { UserError } from "../../errors.ts";
import { colourFromHex, paletteOf, type Colour, type Palette } from "./palette.ts";

interface Line {
  readonly number: number;
  readonly text: string;
}

/** @throws UserError that says what is wrong with the file, and where */
export function readTextPalette(text: string, fallbackName: string): Palette {
  const lines = text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ number: i + 1, text: line.trim() }))
    .filter(({ text }) => text !== "");
  const first = lines.length > 0 ? lines[0].text : "";
  if (/^GIMP Palette$/i.test(first)) return readGpl(lines.slice(1), fallbackName);
  if (/^JASC-PAL$/i.test(first)) return readJasc(lines.slice(1), fallbackName);
  return readHex(lines, fallbackName);
}

/**
 * GIMP's: optionally `Name:` and `Columns:`, comments after `#`, then red, green, blue and a name
 * for each colour. Aseprite adds the line `Channels: RGBA` if a fourth number, alpha, precedes the
 * name.
 */
function readGpl(lines: readonly Line[], fallbackName: string): Palette {
  const header = new Map<string, string>();
  const entries: Colour[] = [];
  for (const line of lines) {
    const [, key, value] = /^([A-Za-z]+):(.*)$/.exec(line.text) ?? [];
    if (key !== undefined) header.set(key.toLowerCase(), value.trim());
    else if (!line.text.startsWith("#")) {
      const channels = /^RGBA$/i.test(header.get("channels") ?? "") ? 4 : 3;
      const columns = line.text.split(/\s+/).slice(0, channels);
      entries.push(channelsOf(columns, [channels], line));
    }
  }
  return paletteOf(header.get("name") || fallbackName, entries);
}

/**
 * Paint Shop Pro's: the version 0100, the number of colours, and each as three numbers, or four if
 * from Aseprite.
 */
function readJasc([version, count, ...rest]: readonly Line[], name: string): Palette {
  if (!version || !count || !/^\d{4}$/.test(version.text) || !/^\d{1,5}$/.test(count.text)) {
    throw new UserError(
      "the three lines that a JASC palette begins with (JASC-PAL, 0100, the number of colors) are incomplete; save it again.",
    );
  }
  if (rest.length !== Number(count.text)) {
    throw new UserError(`it declares ${Number(count.text)} colors but has ${rest.length}; save it again.`);
  }
  const entries = rest.map((line) => channelsOf(line.text.split(/\s+/), [3, 4], line));
  return paletteOf(name, entries);
}

/**
 * Lospec's .hex, six digits per line; or paint.net's .txt, eight per line with alpha first, and
 * comments after `;`.
 */
function readHex(lines: readonly Line[], name: string): Palette {
  const entries = lines
    .filter(({ text }) => !text.startsWith(";"))
    .map((line): Colour => {
      const digits = line.text.replace(/^(#|0x)/i, "").replace(/\s*;.*$/, "");
      if (/^[0-9a-f]{6}$/i.test(digits)) return colourFromHex(digits);
      if (/^[0-9a-f]{8}$/i.test(digits)) return [...colourFromHex(digits.slice(2)), parseInt(digits.slice(0, 2), 16)];
      throw new UserError(
        `line ${line.number} is not a color; it should be six hexadecimal digits, or eight with alpha first, but is ${quoted(line.text)}.`,
      );
    });
  return paletteOf(name, entries);
}

function channelsOf(words: readonly string[], counts: readonly number[], { number, text }: Line): Colour {
  const values = words.map((word) => (/^\d{1,3}$/.test(word) ? Number(word) : NaN));
  if (!counts.includes(values.length) || !values.every((value) => value <= 255)) {
    const wanted = counts.map((count) => (count === 3 ? "three" : "four")).join(" or ");
    throw new UserError(
      `line ${number} is not a color; it should be ${wanted} numbers from 0 to 255, but is ${quoted(text)}.`,
    );
  }
  return values;
}

/** Shows no more of a file's content than is needed to find the line. */
function quoted(text: string): string {
  const shown = text.replace(/[^\x20-\x7e]/g, "?");
  return shown.length > 40 ? `"${shown.slice(0, 40)}" and more` : `"${shown}"`;
}
