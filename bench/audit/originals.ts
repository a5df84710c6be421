// The original pictures for the audit bench, from two folders: pixel art at one pixel a cell, and
// photos and paintings.

import { basename } from "node:path";
import sharp from "sharp";
import { decoded } from "../degradations.ts";
import { picturesIn } from "../pictures.ts";
import { fromArt, fromPhoto, type Labelled, type Original } from "./labelled.ts";

export interface Folders {
  readonly art: string;
  readonly photos: string;
  /** Use one of this many pictures. */
  readonly every: number;
}

/** An original, by a unique name, and what is made of it. */
export interface Family {
  readonly name: string;
  readonly pictures: AsyncGenerator<Labelled>;
}

/**
 * Everything that is made from every n-th original.
 *
 * @param isDone whether an original can be skipped
 */
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

function picturesOf(folder: string): Promise<string[]> {
  return picturesIn(folder, ["png", "gif", "webp", "jpg", "jpeg"]);
}

/** The source is the beginning of the name: `crawl_0042.png` is from `crawl`. */
async function originalOf(path: string, turn: number): Promise<Original> {
  const source = /^[^_.\d]+/.exec(basename(path))?.[0] ?? "";
  return { image: await decoded(sharp(path).removeAlpha()), source, turn };
}
