// The pictures that the bench of audits makes its own from, of two folders: pixel art at one pixel a cell, and photos and paintings.

import { basename } from "node:path";
import sharp from "sharp";
import { decoded } from "../degradations.ts";
import { picturesIn } from "../pictures.ts";
import { fromArt, fromPhoto, type Labelled, type Original } from "./labelled.ts";

export interface Folders {
  readonly art: string;
  readonly photos: string;
  /** One of so many pictures. */
  readonly every: number;
}

/** For each original all that is made of it, by a name that is told apart from others'. */
export async function* labelledPictures(
  { art, photos, every }: Folders,
  isDone: (name: string) => boolean = () => false,
): AsyncGenerator<{ name: string; pictures: AsyncGenerator<Labelled> }> {
  const arts = await someOf(art, every);
  for (const [turn, path] of arts.entries()) {
    if (isDone(path)) continue;
    const next = await originalOf(arts[(turn + 1) % arts.length], turn);
    yield { name: path, pictures: fromArt(await originalOf(path, turn), next.image) };
  }
  for (const [turn, path] of (await someOf(photos, every)).entries())
    if (!isDone(path)) yield { name: path, pictures: fromPhoto(await originalOf(path, turn)) };
}

async function someOf(folder: string, every: number): Promise<string[]> {
  return (await picturesIn(folder, ["png", "gif", "webp", "jpg", "jpeg"])).filter((_, i) => i % every === 0);
}

/** Its source is what its name begins with: `crawl_0042.png` is of `crawl`. */
async function originalOf(path: string, turn: number): Promise<Original> {
  const source = /^[^_.\d]+/.exec(basename(path))?.[0] ?? "";
  return { image: await decoded(sharp(path).removeAlpha()), source, turn };
}
