// The recipe of the light model, weights/pixelart-4-light: from a folder of photos and a folder of
// pixel art at 1x to the four networks.
//
//   node scripts/recipes/light.mjs PHOTOS PIXELART OUT [--init DIR] [-- options of train]
//
// It cuts crops of 64 x 64 pixels into OUT/crops, with photos scaled and pixel art enlarged 4 times
// on its grid. Then it runs `pixelcycle train` on them (after `npm run build`): first with the
// reference's objective from fresh weights, then with the cell losses added. With --init only the
// second stage runs, from DIR's networks. Options after -- are appended to train's options and so
// override them, for example `-- --max_steps 100`. weights/README.md says how and where the bundled
// model was trained.

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import sharp from "sharp";

const cell = 4;
const crop = 64;

/**
 * @type {Record<"fresh" | "cells", { crops: number, options: string[] }>} crops are of each side;
 * an epoch shows each once
 */
const stages = {
  fresh: { crops: 4000, options: ["--lr", "2e-4", "--n_epochs", "2", "--n_epochs_decay", "2"] },
  cells: {
    crops: 500,
    options: [
      ...["--lr", "1e-4", "--n_epochs", "0", "--n_epochs_decay", "5"],
      ...["--cell", String(cell), "--lambda_cell", "10", "--lambda_checker", "6"],
    ],
  },
};

const common = [
  ...["--netG", "resnet_6blocks", "--ngf", "16", "--ndf", "32", "--preprocess", "none"],
  ...["--recolor_B", "--seed", "1", "--save_latest_freq", "500"],
];

const dash = process.argv.indexOf("--");
const { values, positionals } = parseArgs({
  args: process.argv.slice(2, dash < 0 ? undefined : dash),
  options: { init: { type: "string" } },
  allowPositionals: true,
});
const [photos, art, out] = positionals;
if (out === undefined) {
  console.error(
    "Say three folders: node scripts/recipes/light.mjs PHOTOS PIXELART OUT [--init DIR] [-- options of train]",
  );
  process.exit(2);
}

const overriding = dash < 0 ? [] : process.argv.slice(dash + 1);
if (values.init === undefined) await run("fresh", []);
await run("cells", ["--init", values.init ?? join(out, "fresh")]);

/**
 * @param {keyof typeof stages} stage
 * @param {string[]} start
 */
async function run(stage, start) {
  const { crops, options } = stages[stage];
  const dataroot = join(out, "crops", stage);
  await prepare(dataroot, crops, stage === "fresh" ? 1 : 2);
  const words = ["train", "--dataroot", dataroot, "--checkpoints_dir", out, "--name", stage];
  const command = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
  const all = [command, ...words, ...common, ...options, ...start, ...overriding];
  const { status } = spawnSync(process.execPath, all, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Fills the folders trainA and trainB with crops.
 *
 * @param {string} folder
 * @param {number} count
 * @param {number} seed
 */
async function prepare(folder, count, seed) {
  const random = mulberry32(seed);
  for (const [side, source, cut] of /** @type {const} */ ([
    ["trainA", photos, photoCrop],
    ["trainB", art, artCrop],
  ])) {
    const files = readdirSync(source)
      .filter((name) => /\.(png|jpe?g|webp)$/i.test(name))
      .sort();
    if (files.length === 0) throw new Error(`${source} holds no pictures.`);
    const target = join(folder, side);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    for (let i = 0; i < count; i++) {
      const file = join(source, files[Math.floor(random() * files.length)]);
      await (
        await cut(file, random)
      )
        .removeAlpha()
        .png()
        .toFile(join(target, `${String(i).padStart(5, "0")}.png`));
    }
  }
}

/**
 * A square crop of a photo whose shorter side was scaled to between 150 and 290 pixels.
 *
 * @param {string} file
 * @param {() => number} random
 */
async function photoCrop(file, random) {
  const { width, height } = await sharp(file).metadata();
  const scale = (150 + Math.floor(random() * 141)) / Math.min(width, height);
  const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
  const scaled = await sharp(file)
    .resize({ ...size, fit: "fill", kernel: "cubic" })
    .png()
    .toBuffer();
  return sharp(scaled).extract(place(size, crop, random));
}

/**
 * A square crop of pixel art at 1x, enlarged.
 *
 * @param {string} file
 * @param {() => number} random
 */
async function artCrop(file, random) {
  const cut = await sharp(file)
    .extract(place(await sharp(file).metadata(), crop / cell, random))
    .png()
    .toBuffer();
  return sharp(cut).resize({ width: crop, height: crop, kernel: "nearest" });
}

/**
 * @param {{ width: number, height: number }} size
 * @param {number} side
 * @param {() => number} random
 */
function place({ width, height }, side, random) {
  const left = Math.floor(random() * (width - side + 1));
  const top = Math.floor(random() * (height - side + 1));
  return { left, top, width: side, height: side };
}

/**
 * Seeded random numbers in [0, 1) (Tommy Ettinger's mulberry32, public domain).
 *
 * @param {number} seed
 */
function mulberry32(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let word = Math.imul(seed ^ (seed >>> 15), seed | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}
