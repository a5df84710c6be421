// Traits of small patterns. Artists draw lines, with dark ones around figures, fill flat areas, and
// repeat what they have drawn. Shrunk photos have blocks of four different cells, contours with
// many corners and, if dithered, checkerboards.

import { share, type CellGrid } from "./cell-grid.ts";

export interface PatternTraits {
  /** The share of blocks of 2 x 2 cells with one colour. */
  readonly plain: number;
  /** Shares of the other blocks: three cells alike; diagonal cells alike; all cells different. */
  readonly corners: number;
  readonly checkers: number;
  readonly fours: number;
  /** Lines one cell wide, relative to the cells outside plain blocks. */
  readonly lines: number;
  /** The share of cells that are in lines darker than both sides. */
  readonly darkLines: number;
  /**
   * Of the patterns of 3 x 3 cells in which at least three differ from the first, the share that
   * occurs more than once.
   */
  readonly repeats: number;
}

export function patternTraitsOf(grid: CellGrid): PatternTraits {
  const blocks = blocksOf(grid);
  const plain = share(blocks.plain, blocks.count);
  const uneven = blocks.count - blocks.plain;
  const { inner, lines, dark } = linesOf(grid);
  return {
    plain,
    corners: share(blocks.corners, uneven),
    checkers: share(blocks.checkers, uneven),
    fours: share(blocks.fours, uneven),
    lines: share(lines, (1 - plain) * inner),
    darkLines: share(dark, inner),
    repeats: repeatsOf(grid),
  };
}

function blocksOf({ width, height, pixels, isAlike }: CellGrid) {
  let [count, plain, corners, checkers, fours] = [0, 0, 0, 0, 0];
  for (let y = 0; y + 1 < height; y++)
    for (let x = 0; x + 1 < width; x++) {
      const a = y * width + x;
      const [b, c, d] = [a + 1, a + width, a + width + 1];
      if (pixels[a] === 0 || pixels[b] === 0 || pixels[c] === 0 || pixels[d] === 0) continue;
      count++;
      const isCrossed = isAlike(a, d) && isAlike(b, c);
      const pairs = +isAlike(a, b) + +isAlike(a, c) + +isAlike(a, d) + +isAlike(b, c) + +isAlike(b, d) + +isAlike(c, d);
      if (pairs === 6) plain++;
      else if (pairs >= 3) corners++;
      else if (pairs === 2 && isCrossed) checkers++;
      else if (pairs === 0) fours++;
    }
  return { count, plain, corners, checkers, fours };
}

/** A dark line is darker than both sides by this many levels. */
const darker = 10;

function linesOf({ width, height, lights, isAlike }: CellGrid) {
  let [lines, dark] = [0, 0];
  for (let y = 1; y + 1 < height; y++)
    for (let x = 1; x + 1 < width; x++)
      for (const along of [1, width]) {
        const at = y * width + x;
        const across = along === 1 ? width : 1;
        if (!isAlike(at, at - along) || !isAlike(at, at + along)) continue;
        if (isAlike(at, at - across) || isAlike(at, at + across)) continue;
        lines++;
        if (lights[at] < Math.min(lights[at - across], lights[at + across]) - darker) dark++;
      }
  return { inner: Math.max(0, width - 2) * Math.max(0, height - 2), lines, dark };
}

function repeatsOf({ width, height, keys }: CellGrid): number {
  const seen = new Map<number, number>();
  let patterns = 0;
  for (let y = 1; y + 1 < height; y++)
    for (let x = 1; x + 1 < width; x++) {
      const corner = (y - 1) * width + x - 1;
      // FNV-1a, one whole colour at a time.
      let hash = 0x811c9dc5;
      let others = 0;
      for (let row = corner; row <= corner + 2 * width; row += width)
        for (let at = row; at < row + 3; at++) {
          hash = Math.imul(hash ^ keys[at], 0x01000193);
          hash ^= hash >>> 15;
          if (keys[at] !== keys[corner]) others++;
        }
      if (others < 3) continue;
      patterns++;
      seen.set(hash, (seen.get(hash) ?? 0) + 1);
    }
  let repeated = 0;
  for (const count of seen.values()) if (count > 1) repeated += count;
  return share(repeated, patterns);
}
