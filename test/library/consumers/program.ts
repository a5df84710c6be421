// What a stranger's Node program does with the library, in strict TypeScript.

import {
  decodeImage,
  encodePng,
  loadGenerator,
  openGpu,
  type Gpu,
  type Image,
  type PictureGenerator,
} from "pixelcycle";

const gpu: Gpu = await openGpu();
const generator: PictureGenerator = await loadGenerator("small.safetensors", { gpu });
const photo: Image = await decodeImage("photo.png");
const art: Image = await generator.convert(photo, { cell: 4, scale: 1, colors: 8, margin: 4 });
// What a canvas of Node's gives has no `hasAlpha`.
const { width, height, data } = photo;
const raw: Image = await generator.convert({ width, height, data });
const png: Uint8Array = await encodePng({ width: art.width, height: art.height, data: art.data });
const back: Image = await decodeImage(png);
console.log([art.width, art.height, art.hasAlpha, raw.width, back.width, back.hasAlpha].join());
gpu.close();
