// A dataset and options small enough for a training to take seconds on any machine.

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodePng } from "../../../../src/platform/pictures/images.node.ts";

/**
 * Pictures of 20 x 22 pixels.
 *
 * @param counts per side; an epoch has as many steps as the larger one
 */
export async function writeDataset(folder: string, counts = { A: 5, B: 3 }): Promise<string> {
  for (const side of ["A", "B"] as const) {
    await mkdir(join(folder, `train${side}`), { recursive: true });
    for (let index = 0; index < counts[side]; index++) {
      const shade = (i: number) => (((i * 7919) % 251) * (index + 2) + (side === "A" ? 0 : 90)) % 256;
      const data = Uint8ClampedArray.from({ length: 4 * 20 * 22 }, (_, i) => (i % 4 === 3 ? 255 : shade(i)));
      const png = await encodePng({ width: 20, height: 22, data, hasAlpha: false });
      await writeFile(join(folder, `train${side}`, `${index}.png`), png);
    }
  }
  return folder;
}

/** 15 steps in three epochs, each logged; a state every second step. */
export const tinyOptions = (
  "--netG resnet_6blocks --netD pixel --ngf 2 --ndf 2 --load_size 18 --crop_size 16 --pool_size 3 " +
  "--n_epochs 2 --n_epochs_decay 1 --seed 5 --print_freq 1 --display_freq 4 --save_latest_freq 2 --save_epoch_freq 1"
).split(" ");

/**
 * What a disturbed and an undisturbed run must agree in: the networks at the end and after each
 * epoch.
 */
export async function networksIn(folder: string): Promise<Record<string, Buffer>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".pth")).sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))])));
}

/** The losses of each logged step, without the times. */
export async function lossesIn(folder: string): Promise<object[]> {
  const lines = (await readFile(join(folder, "metrics.jsonl"), "utf8")).trim().split("\n");
  return lines.map((line) => {
    const { seconds: _, dataSeconds: __, ...rest } = JSON.parse(line);
    return rest;
  });
}
