// Masks for ordered dithering: squares of the ranks 0 to n^2 - 1. To mix two colours with a given
// share, the cells with the lowest ranks take one of them. Masks are computed when first needed, in
// whole numbers, so they are the same everywhere.

import { Random } from "../random.ts";

/**
 * Bayer's mask ("An optimum method for two-level rendition of continuous-tone pictures", 1973). The
 * four quarters of a square take turns, and each quarter is such a mask itself.
 *
 * @param side a power of two
 */
export function bayerMask(side: number): Float32Array<ArrayBuffer> {
  if (side === 1) return Float32Array.of(0);
  const half = side / 2;
  const quarter = bayerMask(half);
  return Float32Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    const turn = [0, 2, 3, 1][2 * Number(y >= half) + Number(x >= half)];
    return 4 * quarter[(y % half) * half + (x % half)] + turn;
  });
}

const side = 64;
/**
 * The radius of a dot's influence in cells, and the influence by squared distance: a Gaussian of
 * 1.5 cells, which Ulichney found best, in whole numbers.
 */
const reach = 7;
const felt = Array.from({ length: 2 * reach * reach + 1 }, (_, squared) =>
  Math.round(2 ** 16 * Math.exp(-squared / 4.5)),
);

let made: Float32Array<ArrayBuffer> | undefined;

/**
 * Blue noise of 64 x 64: dots as evenly spread as possible without a pattern, by void and cluster
 * (Ulichney, "The void-and-cluster method for dither array generation", 1993). From an initial
 * pattern, the most crowded dots are removed one by one, which gives the lowest ranks. Then the
 * largest voids are filled one by one, which gives the others.
 */
export function blueNoiseMask(): Float32Array<ArrayBuffer> {
  return (made ??= voidAndCluster());
}

function voidAndCluster(): Float32Array<ArrayBuffer> {
  const beginning = new Dots();
  const random = new Random(1);
  for (let dots = 0; dots < (side * side) / 10;) {
    const place = random.below(side * side);
    if (beginning.has(place)) continue;
    beginning.put(place);
    dots++;
  }
  // Even out the pattern until removing the most crowded dot leaves the largest void.
  for (;;) {
    const crowded = beginning.mostCrowded();
    beginning.take(crowded);
    const empty = beginning.greatestVoid();
    beginning.put(empty);
    if (empty === crowded) break;
  }
  const ranks = new Float32Array(side * side);
  const fewer = beginning.copy();
  for (let rank = beginning.count - 1; rank >= 0; rank--) {
    const crowded = fewer.mostCrowded();
    fewer.take(crowded);
    ranks[crowded] = rank;
  }
  for (let rank = beginning.count; rank < side * side; rank++) {
    const empty = beginning.greatestVoid();
    beginning.put(empty);
    ranks[empty] = rank;
  }
  return ranks;
}

/** Dots on a square that wraps around, and how crowded each place is. */
class Dots {
  count = 0;

  constructor(
    private readonly there = new Uint8Array(side * side),
    private readonly crowd = new Int32Array(side * side),
  ) {}

  copy(): Dots {
    return new Dots(this.there.slice(), this.crowd.slice());
  }

  has(place: number): boolean {
    return this.there[place] === 1;
  }

  put(place: number): void {
    this.there[place] = 1;
    this.count++;
    this.feel(place, 1);
  }

  take(place: number): void {
    this.there[place] = 0;
    this.count--;
    this.feel(place, -1);
  }

  /** The dot that the others influence most; the first wins ties. */
  mostCrowded(): number {
    return this.extreme(1, 1);
  }

  /** The place without a dot that is influenced least. */
  greatestVoid(): number {
    return this.extreme(0, -1);
  }

  private extreme(kind: 0 | 1, sign: 1 | -1): number {
    let best = -1;
    for (let i = 0; i < this.crowd.length; i++) {
      if (this.there[i] === kind && (best < 0 || sign * this.crowd[i] > sign * this.crowd[best])) best = i;
    }
    return best;
  }

  private feel(place: number, sign: 1 | -1): void {
    const [x, y] = [place % side, Math.floor(place / side)];
    for (let down = -reach; down <= reach; down++) {
      const row = ((y + down + side) % side) * side;
      for (let right = -reach; right <= reach; right++) {
        this.crowd[row + ((x + right + side) % side)] += sign * felt[down * down + right * right];
      }
    }
  }
}
