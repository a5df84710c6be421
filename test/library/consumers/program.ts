// A user's Node program with the library, in strict TypeScript.

import {
  decodeImage,
  encodePalette,
  encodePng,
  loadGenerator,
  loadPalette,
  openGpu,
  paletteNames,
  type DitherKind,
  type Gpu,
  type Image,
  type Palette,
  type PictureGenerator,
} from "pixelcycle";

const gpu: Gpu = await openGpu();
const generator: PictureGenerator = await loadGenerator("small.safetensors", { gpu });
const photo: Image = await decodeImage("photo.png");
const art: Image = await generator.convert(photo, { cell: 4, scale: 1, colors: 8, margin: 4 });
// A picture from a canvas library for Node has no `hasAlpha`.
const { width, height, data } = photo;
const raw: Image = await generator.convert({ width, height, data });
const png: Uint8Array = await encodePng({ width: art.width, height: art.height, data: art.data });
const back: Image = await decodeImage(png);
const palette: Palette = await loadPalette("pico-8");
const dither: DitherKind = "bayer-4";
const dithered: Image = await generator.convert(photo, {
  ...{ cell: 4, scale: 1, margin: 4 },
  ...{ palette: palette.colours, dither, ditherStrength: 0.8 },
});
const indexed: Uint8Array = await encodePng(dithered, palette);
const again: Palette = await loadPalette(await encodePalette(await loadPalette(indexed), "gpl"));
if (again.colours.length > 16 || !paletteNames.includes("pico-8")) throw new Error("The palette is not PICO-8's.");
console.log([art.width, art.height, art.hasAlpha, raw.width, back.width, back.hasAlpha].join());
gpu.close();
