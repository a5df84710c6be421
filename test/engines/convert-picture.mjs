// Runs in Node, Deno and Bun: converts a picture with the package as that engine resolves it.
//
//   convert-picture.mjs WEIGHTS PIXELS WIDTH HEIGHT OUT
//
// PIXELS is a file of RGBA bytes. Writes the network's output to OUT.raw and the result on its grid
// to OUT.art, and prints the adapter as JSON.

import { readFileSync, writeFileSync } from "node:fs";
// @ts-ignore: this file is copied into a project that has the package
import { loadGenerator, openGpu } from "pixelcycle";

const [weights, pixels, width, height, out] = process.argv.slice(2);
const gpu = await openGpu();
const generator = await loadGenerator(new Uint8Array(readFileSync(weights)), { gpu });
const data = new Uint8ClampedArray(readFileSync(pixels));
const image = { width: Number(width), height: Number(height), data, hasAlpha: false };
writeFileSync(`${out}.raw`, (await generator.convert(image, { raw: true })).data);
writeFileSync(`${out}.art`, (await generator.convert(image, { cell: 4, scale: 4, margin: 32 })).data);
console.log(JSON.stringify(gpu.adapter));
gpu.close();
process.exit();
