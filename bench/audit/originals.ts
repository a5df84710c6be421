// The pictures that the bench of audits makes its own from, of two folders: pixel art at one pixel a cell, and photos and paintings.

import { basename } from "node:path";
import sharp from "sharp";
import { decoded } from "../degradations.ts";
import { picturesIn } from "../pictures.ts";
import { fromArt, fromPhoto, intactArt, type Labelled, type Original } from "./labelled.ts";

export interface Folders {
  readonly art: string;
  readonly photos: string;
  /** One of so many pictures. */
  readonly every: number;
}

/** An original, by a name that no other has, and what is made of it. */
export interface Family {
  readonly name: string;
  readonly pictures: AsyncGenerator<Labelled>;
}

/** All that is made of one in so many originals. @param isDone says of an original that it is not wanted */
export async function* families(
  { art, photos, every }: Folders,
  isDone: (name: string) => boolean,
): AsyncGenerator<Family> {
  const arts = (await picturesOf(art)).filter((_, i) => i % every === 0);
  for (const [turn, name] of arts.entries()) {
    if (isDone(name)) continue;
    const next = await originalOf(arts[(turn + 1) % arts.length], turn);
    yield { name, pictures: fromArt(await originalOf(name, turn), next.image) };
  }
  const others = (await picturesOf(photos)).filter((_, i) => i % every === 0);
  for (const [turn, name] of others.entries())
    if (!isDone(name)) yield { name, pictures: fromPhoto(await originalOf(name, turn)) };
}

/** Of the art that `families` leaves out what no damage was done to: it takes little time, and artists differ more than photos. */
export async function* otherArt({ art, every }: Folders, isDone: (name: string) => boolean): AsyncGenerator<Family> {
  for (const [turn, name] of (await picturesOf(art)).entries()) {
    if (turn % every === 0 || isDone(name)) continue;
    const original = await originalOf(name, turn);
    yield { name, pictures: intactArt(original) };
  }
}

function picturesOf(folder: string): Promise<string[]> {
  return picturesIn(folder, ["png", "gif", "webp", "jpg", "jpeg"]);
}

/** Its source is what its name begins with: `crawl_0042.png` is of `crawl`. */
async function originalOf(path: string, turn: number): Promise<Original> {
  const source = /^[^_.\d]+/.exec(basename(path))?.[0] ?? "";
  return { image: await decoded(sharp(path).removeAlpha()), source, turn };
}
