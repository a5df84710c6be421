// Reads a palette from a file of any kind. The content determines the kind; only Adobe's .act,
// which has no signature, is recognised by its name.

import { naming, UserError } from "../../errors.ts";
import { maximumColours } from "../../kernels/pixelart/palette.ts";
import type { Image } from "../../picture/image.ts";
import { isAseprite, isRiffPalette, readAct, readAseprite, readRiffPalette } from "./binary-files.ts";
import { paletteOf, type Colour, type Palette } from "./palette.ts";
import { readTextPalette } from "./text-files.ts";

/**
 * No palette file is larger, except for pictures and sprites, whose size says nothing about their
 * palette.
 */
export const maximumPaletteBytes = 64 * 2 ** 20;

/** Longer text files are not lists of colours. */
const maximumTextBytes = 2 ** 20;

/**
 * Reads .gpl, .hex, JASC's and RIFF's .pal, paint.net's .txt, .act, .aseprite, and the colours of a
 * picture that has at most 256 of them, in the order in which they first appear, row by row.
 *
 * @param name the file's, for messages; without its extension it names the palette if the file does
 * not
 * @param decodePicture the platform's decoder
 * @throws UserError `NAME: what is wrong, and what to do`
 */
export async function readPalette(
  bytes: Uint8Array,
  name: string,
  decodePicture: (bytes: Uint8Array) => Promise<Image>,
): Promise<Palette> {
  const title = name.replace(/^.*[\\/]/, "").replace(/\.[^.]*$/, "");
  if (isPicture(bytes)) {
    const picture = await decodePicture(bytes).catch((error: unknown) => {
      // The platform was given bytes, so its message cannot name the file.
      if (error instanceof UserError) error.message = `${name}: ${error.message.replace(/^the picture: /, "")}`;
      throw error;
    });
    return naming(name, () => paletteOf(title, coloursIn(picture)));
  }
  return naming(name, () => {
    if (bytes.length === 0) throw new UserError("it is empty; save the palette again.");
    if (isRiffPalette(bytes)) return readRiffPalette(bytes, title);
    if (isAseprite(bytes)) return readAseprite(bytes, title);
    if (/\.act$/i.test(name)) return readAct(bytes, title);
    if (!isText(bytes)) {
      throw new UserError(
        "it is not a palette of a known kind (.gpl, .hex, .pal, .txt, .act, .aseprite, or a picture).",
      );
    }
    return readTextPalette(new TextDecoder().decode(bytes), title);
  });
}

/** Whether the first bytes are those of a PNG, GIF, BMP, WebP, JPEG or TIFF. */
function isPicture(bytes: Uint8Array): boolean {
  const text = String.fromCharCode(...bytes.subarray(0, 12));
  return /^(\x89PNG|GIF8|BM|RIFF[^]{4}WEBP|\xff\xd8\xff|II\*\0|MM\0\*)/.test(text);
}

/** Text has no control bytes except tabs and line ends. */
function isText(bytes: Uint8Array): boolean {
  return bytes.length <= maximumTextBytes && bytes.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));
}

/** At most one colour more than a palette may have. */
function coloursIn({ data }: Image): Colour[] {
  const found = new Map<number, Colour>();
  for (let i = 0; i < data.length && found.size <= maximumColours; i += 4) {
    const [red, green, blue, alpha] = data.subarray(i, i + 4);
    const key = (red << 16) | (green << 8) | blue;
    if (alpha !== 0 && !found.has(key)) found.set(key, [red, green, blue]);
  }
  return [...found.values()];
}
