// Checks on a sample whether the pictures of a set share one grid. Training on cells of several
// sizes or offsets teaches a network cells of no particular size.

import { UserError } from "../../errors.ts";
import type { Image } from "../../picture/image.ts";
import { ownCells } from "./own-cells.ts";

/** The largest sample, spread evenly over the list. */
const mostLookedAt = 60;

/**
 * @param count the number of pictures
 * @param load loads one of them; unreadable ones are skipped
 * @param name the set's name, for the sentence
 * @param cell the expected number of pixels along a cell's side, with the first cell in the corner
 * @returns a sentence about the pictures on other grids; undefined if there are none
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
  const looked = seen < count ? `, judging by ${seen} of ${count} pictures` : "";
  return `${shares.join(", ")}, not at cell ${cell} from the corner on${looked}: pixelcycle dataset prepare brings them to one grid.`;
}

/** undefined for a picture on the expected grid. */
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
