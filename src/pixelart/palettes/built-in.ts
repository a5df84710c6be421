// Well-known palettes by name. Machines that made their colours as voltages have no exact RGB
// values; each row says where its values come from. Palettes by artists belong to their authors:
// Lospec (https://lospec.com/palette-list) lists them with these values and names.

import { colourFromHex, type Palette } from "./palette.ts";

interface BuiltIn {
  readonly title: string;
  readonly source: string;
  readonly colours: string;
}

const table: Readonly<Record<string, BuiltIn>> = {
  "1-bit": { title: "Black and white", source: "the two ends of sRGB", colours: "000000 ffffff" },
  gameboy: {
    title: "Game Boy",
    source: "the greens that most emulators and artists take for the DMG's four shades",
    colours: "0f380f 306230 8bac0f 9bbc0f",
  },
  "cga-4": {
    title: "CGA, mode 4, palette 1 high",
    source: "IBM's RGBI with two levels of two thirds and one third",
    colours: "000000 55ffff ff55ff ffffff",
  },
  cga: {
    title: "CGA and EGA, 16 colors",
    source: "IBM's RGBI: levels of two thirds and one third, and brown for dark yellow",
    colours:
      "000000 0000aa 00aa00 00aaaa aa0000 aa00aa aa5500 aaaaaa 555555 5555ff 55ff55 55ffff ff5555 ff55ff ffff55 ffffff",
  },
  "zx-spectrum": {
    title: "ZX Spectrum",
    source: "Wikipedia, ZX Spectrum graphic modes: 85 % of the voltage for the basic half",
    colours: "000000 0000d8 d80000 d800d8 00d800 00d8d8 d8d800 d8d8d8 0000ff ff0000 ff00ff 00ff00 00ffff ffff00 ffffff",
  },
  c64: {
    title: "Commodore 64",
    source: 'Philip "Pepto" Timmermann, Commodore VIC-II Color Analysis, 2001, https://www.pepto.de/projects/colorvic',
    colours:
      "000000 ffffff 68372b 70a4b2 6f3d86 588d43 352879 b8c76f 6f4f25 433900 9a6759 444444 6c6c6c 9ad284 6c5eb5 959595",
  },
  msx: {
    title: "MSX, TMS9918",
    source: "Wikipedia, TMS9918: its data sheet's luma and chroma, with gamma correction",
    colours: "000000 3eb849 74d07d 5955e0 8076f1 b95e51 65dbef db6559 ff897d ccc35e ded087 3aa241 b766b5 cccccc ffffff",
  },
  nes: {
    title: "Nintendo Entertainment System",
    source: "the table of early emulators for the 2C02, as Lospec has it, its doubled blacks left out",
    colours: `
      7c7c7c 0000fc 0000bc 4428bc 940084 a80020 a81000 881400 503000 007800 006800 005800 004058 000000
      bcbcbc 0078f8 0058f8 6844fc d800cc e40058 f83800 e45c10 ac7c00 00b800 00a800 00a844 008888
      f8f8f8 3cbcfc 6888fc 9878f8 f878f8 f85898 f87858 fca044 f8b800 b8f818 58d854 58f898 00e8d8 787878
      fcfcfc a4e4fc b8b8f8 d8b8f8 f8b8f8 f8a4c0 f0d0b0 fce0a8 f8d878 d8f878 b8f8b8 b8f8d8 00fcfc f8d8f8`,
  },
  "pico-8": {
    title: "PICO-8",
    source: "Lexaloffle, the manual of PICO-8, https://www.lexaloffle.com/dl/docs/pico-8_manual.html",
    colours:
      "000000 1d2b53 7e2553 008751 ab5236 5f574f c2c3c7 fff1e8 ff004d ffa300 ffec27 00e436 29adff 83769c ff77a8 ffccaa",
  },
  "sweetie-16": {
    title: "Sweetie 16",
    source: "GrafxKid; TIC-80's default",
    colours:
      "1a1c2c 5d275d b13e53 ef7d57 ffcd75 a7f070 38b764 257179 29366f 3b5dc9 41a6f6 73eff7 f4f4f4 94b0c2 566c86 333c57",
  },
  db16: {
    title: "DawnBringer 16",
    source: 'Richard "DawnBringer" Fhager, Pixel Joint, 2011',
    colours:
      "140c1c 442434 30346d 4e4a4e 854c30 346524 d04648 757161 597dce d27d2c 8595a1 6daa2c d2aa99 6dc2ca dad45e deeed6",
  },
  db32: {
    title: "DawnBringer 32",
    source: 'Richard "DawnBringer" Fhager, Pixel Joint, 2012; Aseprite\'s default',
    colours: `
      000000 222034 45283c 663931 8f563b df7126 d9a066 eec39a fbf236 99e550 6abe30 37946e 4b692f 524b24 323c39 3f3f74
      306082 5b6ee1 639bff 5fcde4 cbdbfc ffffff 9badb7 847e87 696a6a 595652 76428a ac3232 d95763 d77bba 8f974a 8a6f30`,
  },
  "endesga-32": {
    title: "Endesga 32",
    source: "Endesga",
    colours: `
      be4a2f d77643 ead4aa e4a672 b86f50 733e39 3e2731 a22633 e43b44 f77622 feae34 fee761 63c74d 3e8948 265c42 193c3e
      124e89 0099db 2ce8f5 ffffff c0cbdc 8b9bb4 5a6988 3a4466 262b44 181425 ff0044 68386c b55088 f6757a e8b796 c28569`,
  },
  "aap-64": {
    title: "AAP-64",
    source: "Adigun A. Polack",
    colours: `
      060608 141013 3b1725 73172d b4202a df3e23 fa6a0a f9a31b ffd541 fffc40 d6f264 9cdb43 59c135 14a02e 1a7a3e 24523b
      122020 143464 285cc4 249fde 20d6c7 a6fcdb ffffff fef3c0 fad6b8 f5a097 e86a73 bc4a9b 793a80 403353 242234 221c1a
      322b28 71413b bb7547 dba463 f4d29c dae0ea b3b9d1 8b93af 6d758d 4a5462 333941 422433 5b3138 8e5252 ba756a e9b5a3
      e3e6ff b9bffb 849be4 588dbe 477d85 23674e 328464 5daf8d 92dcba cdf7e2 e4d2aa c7b08b a08662 796755 5a4e44 423934`,
  },
  "resurrect-64": {
    title: "Resurrect 64",
    source: "Kerrie Lake",
    colours: `
      2e222f 3e3546 625565 966c6c ab947a 694f62 7f708a 9babb2 c7dcd0 ffffff 6e2727 b33831 ea4f36 f57d4a ae2334 e83b3b
      fb6b1d f79617 f9c22b 7a3045 9e4539 cd683d e6904e fbb954 4c3e24 676633 a2a947 d5e04b fbff86 165a4c 239063 1ebc73
      91db69 cddf6c 313638 374e4a 547e64 92a984 b2ba90 0b5e65 0b8a8f 0eaf9b 30e1b9 8ff8e2 323353 484a77 4d65b4 4d9be6
      8fd3ff 45293f 6b3e75 905ea9 a884f3 eaaded 753c54 a24b6f cf657f ed8099 831c5d c32454 f04f78 f68181 fca790 fdcbb0`,
  },
};

/**
 * The names of the built-in palettes, as `loadPalette` takes them: simple machines first, then
 * artists' palettes.
 *
 * @example
 * ```ts
 * const palettes = await Promise.all(paletteNames.map((name) => loadPalette(name)));
 * ```
 */
export const builtInNames: readonly string[] = Object.keys(table);

/** By name. Case and everything but letters and digits are ignored: `PICO8` is `pico-8`. */
export function builtInPalette(name: string): Palette | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const found = builtInNames.find((known) => plain(known) === plain(name));
  return found === undefined
    ? undefined
    : { name: table[found].title, colours: table[found].colours.trim().split(/\s+/).map(colourFromHex) };
}
