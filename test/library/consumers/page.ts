// A user's page with the library, in strict TypeScript: it is type-checked, built by Vite, and run
// in a browser.

import {
  encodePalette,
  loadGenerator,
  loadPalette,
  openGpu,
  UserError,
  type Gpu,
  type Palette,
  type Picture,
  type PictureGenerator,
} from "pixelcycle";

async function convert(weights: string): Promise<string> {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const context = canvas.getContext("2d")!;
  context.fillStyle = "teal";
  context.fillRect(0, 0, 16, 16);
  context.clearRect(12, 12, 4, 4);

  const gpu: Gpu = await openGpu({ adapter: "low-power" });
  void gpu.lost.then((reason: Error) => console.log(reason.message));
  const generator: PictureGenerator = await loadGenerator(weights, { gpu });
  const picture: Picture = context.getImageData(0, 0, 16, 16);
  const art: ImageData = await generator.convert(context.getImageData(0, 0, 16, 16), { cell: 4, scale: 4, colors: 4 });
  const palette: Palette = await loadPalette("gameboy");
  const strip = new File([await encodePalette(palette, "png")] as BlobPart[], "strip.png");
  const colours = (await loadPalette(strip)).colours;
  const options = { cell: 4, scale: 4, palette: colours, dither: "atkinson" } as const;
  const green: ImageData = await generator.convert(context.getImageData(0, 0, 16, 16), options);
  if (!palette.colours.some((colour) => colour.every((value, i) => value === green.data[i])))
    throw new Error("no green");
  const raw: ImageData = await generator.convert(picture);
  canvas.width = canvas.height = 16;
  context.putImageData(art, 0, 0);
  context.putImageData(raw, 0, 0);
  const again: ImageData = await generator.convert(art);

  const refusal = await generator
    .convert({ width: 3, height: 3, data: new Uint8ClampedArray(8) })
    .catch((error: unknown) => (error instanceof UserError ? error.message : "no UserError"));
  const kind: "resnet" | "unet" = generator.architecture.kind;
  generator.release();
  gpu.close();
  const alpha = [art, raw].map(({ data }) => [data[3], data[4 * 255 + 3]].join());
  return [kind, gpu.adapter.name !== "", art.width, raw.height, again.width, ...alpha, refusal].join("; ");
}

convert("small.safetensors").then(
  (text) => (document.title = text),
  (error: unknown) => (document.title = `failed: ${String(error)}`),
);
