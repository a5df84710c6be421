// Whether the pictures of a set are on one grid, by looking at some of them: training on cells of
// several sizes, or that begin anywhere, teaches a network cells of no size.

import type { Image } from "../data/image.ts";
import { UserError } from "../errors.ts";
import { ownCells } from "./own-cells.ts";

/** So many pictures at most are looked at, evenly apart in the list. */
const mostLookedAt = 60;

/**
 * @param count how many pictures there are
 * @param load one of them; those that cannot be read are passed over
 * @param name of the set, for the sentence
 * @param cell pixels along a cell's side that they should have, the first in the corner
 * @returns a sentence about those that are elsewhere; undefined where none is
 */
export async function otherGrids(
  count: number,
  load: (index: number) => Promise<Image>,
  name: string,
  cell: number,
): Promise<string | undefined> {
  const grids = new Map<string, number>();
  let seen = 0;
  const every = Math.max(1, count / mostLookedAt);
  for (let at = 0; at < count; at += every) {
    const image = await load(Math.floor(at)).catch((error: unknown) => {
      if (error instanceof UserError) return undefined;
      throw error;
    });
    if (!image) continue;
    seen++;
    const grid = gridOf(image, cell);
    if (grid !== undefined) grids.set(grid, (grids.get(grid) ?? 0) + 1);
  }
  if (grids.size === 0) return undefined;
  const shares = [...grids]
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .map(
      ([grid, pictures], i) => `${Math.round((100 * pictures) / seen)} %${i === 0 ? ` of ${name} are` : ""} ${grid}`,
    );
  const looked = seen < count ? `, as ${seen} of ${count} pictures tell` : "";
  return `${shares.join(", ")}, not at cell ${cell} from the corner on${looked}: pixelcycle dataset prepare brings them to one grid.`;
}

/** undefined for a picture that is where it should be. */
function gridOf(image: Image, cell: number): string | undefined {
  const own = cellsOf(image);
  const there = own?.cell === cell ? own : cellsOf(image, cell);
  if (own && own.cell !== cell && own.cell > 1) return `at cell ${own.cell}`;
  if (there) return there.phase.some((place) => place > 0) ? `at cell ${cell}, begun elsewhere` : undefined;
  return own ? `at cell ${own.cell}` : "on no grid of whole cells";
}

function cellsOf(image: Image, cell?: number) {
  try {
    return ownCells(image, cell);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
