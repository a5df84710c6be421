// The CPU twin of shaders/pixelart/cells/vote.wgsl, lines.wgsl and average.wgsl: how a cell gets
// its colour, written as plainly as possible.

/** About how many pixels are tried as a cell's dominant colour, however large the cell is. */
export const candidates = 16;

/** The squared distance within which colours count as shades of one: 24 levels in each channel. */
export const reach = (2 + 4 + 3) * 24 ** 2;

/**
 * The least squared distance of a line from the cell's dominant colour: 40 levels in each channel.
 */
export const contrast = (2 + 4 + 3) * 40 ** 2;

/**
 * The pixels of one cell, row by row; the cell's full side; and the size of its part inside the
 * picture.
 */
export interface CellPixels {
  readonly pixels: readonly number[];
  readonly side: number;
  readonly width: number;
  readonly height: number;
}

interface Line {
  readonly colour: number;
  readonly down: boolean;
  readonly across: boolean;
  readonly count: number;
}

/** A cell's vote on its colour. */
export interface Vote {
  readonly colour: number;
  readonly alpha: number;
  /** The dark line and the light one, if the cell has them. */
  readonly lines: readonly (Line | undefined)[];
}

export function voteOf(cell: CellPixels): Vote {
  const { pixels, width, height } = cell;
  const alphas = pixels.map((pixel) => pixel >>> 24).sort((a, b) => a - b);
  const isSeen = alphas.some((alpha) => alpha > 0);
  const voters = [...pixels.keys()].filter((i) => !isSeen || pixels[i] >>> 24 !== 0);
  const colour = dominantOf(cell, voters);
  const isMiddle = (place: number, size: number) => place === (size - 1) >> 1 || place === size >> 1;
  const crossing = voters
    .filter((i) => isMiddle(i % width, width) || isMiddle(Math.floor(i / width), height))
    .map((i) => pixels[i]);
  const extremes = [
    crossing.reduce((found, pixel) => (darker(pixel, found) ? pixel : found), colour),
    crossing.reduce((found, pixel) => (darker(found, pixel) ? pixel : found), colour),
  ];
  return {
    colour,
    alpha: alphas[Math.floor(alphas.length / 2)],
    lines: isSeen ? extremes.map((extreme) => lineOf(cell, voters, colour, extreme)) : [undefined, undefined],
  };
}

/** The mean of a cell's colours, each weighted by its alpha, with the median of its alphas. */
export function averageOf(pixels: readonly number[]): number {
  const alphas = pixels.map((pixel) => pixel >>> 24).sort((a, b) => a - b);
  const isSeen = alphas.some((alpha) => alpha > 0);
  const shares = pixels.map((pixel) => (isSeen ? pixel >>> 24 : 1));
  const weight = shares.reduce((sum, share) => sum + share, 0);
  const [red, green, blue] = [0, 8, 16].map((shift) => {
    const sum = pixels.reduce((sum, pixel, i) => sum + shares[i] * ((pixel >>> shift) & 255), 0);
    return Math.floor((sum + Math.floor(weight / 2)) / weight);
  });
  return red + green * 2 ** 8 + blue * 2 ** 16 + alphas[Math.floor(alphas.length / 2)] * 2 ** 24;
}

function dominantOf({ pixels, side, width }: CellPixels, voters: readonly number[]): number {
  let step = Math.floor((voters.length - 1) / candidates) + 1;
  while (shareFactor(step, width)) step++;
  const along = (place: number) =>
    Math.max(1, Math.floor((16 * Math.min(2 * place + 1, 2 * (side - place) - 1)) / side));
  const density = (colour: number) =>
    voters.reduce((sum, i) => {
      const weight = along(i % width) * along(Math.floor(i / width));
      return sum + weight * Math.max(0, reach - distance(pixels[i], colour));
    }, 0);
  const scored = voters
    .filter((_, place) => place % step === 0)
    .map((i) => ({ colour: pixels[i], density: density(pixels[i]) }));
  return scored.reduce((best, other) =>
    other.density > best.density || (other.density === best.density && darker(other.colour, best.colour))
      ? other
      : best,
  ).colour;
}

function lineOf(
  { pixels, width, height }: CellPixels,
  voters: readonly number[],
  dominating: number,
  colour: number,
): Line | undefined {
  if (distance(colour, dominating) < contrast) return undefined;
  const members = voters.filter((i) => distance(pixels[i], colour) < distance(pixels[i], dominating));
  const rows = new Set(members.map((i) => Math.floor(i / width)));
  const columns = new Set(members.map((i) => i % width));
  const [down, across] = [100 * rows.size >= 65 * height, 100 * columns.size >= 65 * width];
  if (!(down || across) || 100 * members.length > 45 * voters.length) return undefined;
  return { colour, down, across, count: members.length };
}

/**
 * Decides the colour of a cell among others.
 *
 * @param voteAt the vote of the cell at that offset, or nothing if there is no cell
 */
export function colourOf(vote: Vote, voteAt: (x: number, y: number) => Vote | undefined): number {
  const seenAt = (x: number, y: number) => {
    const other = voteAt(x, y);
    return other && other.alpha > 0 ? other : undefined;
  };
  const line = vote.lines.find((line, which) => line && isLine(vote, line, which, seenAt));
  return ((line ?? vote).colour & 0xffffff) + vote.alpha * 2 ** 24;
}

function isLine(own: Vote, line: Line, which: number, seenAt: (x: number, y: number) => Vote | undefined): boolean {
  const goesOn = (other: Vote | undefined) =>
    other !== undefined &&
    [other.colour, other.lines[which]?.colour].some((colour) => colour !== undefined && alike(line.colour, colour));
  const parts = (other: Vote | undefined, direction: "down" | "across", isBefore: boolean) => {
    if (!other) return true;
    const rival = other.lines[which];
    if (rival?.[direction] && alike(line.colour, rival.colour))
      if (rival.count > line.count || (rival.count === line.count && isBefore)) return false;
    const inwards = difference(line.colour, own.colour);
    return 2 * product(inwards, difference(line.colour, other.colour)) >= product(inwards, inwards);
  };
  const ends = [-1, 1].flatMap((along) => [-1, 0, 1].map((across) => [along, across]));
  const goesDown = () =>
    line.down &&
    parts(seenAt(-1, 0), "down", true) &&
    parts(seenAt(1, 0), "down", false) &&
    ends.some(([y, x]) => goesOn(seenAt(x, y)));
  const goesAcross = () =>
    line.across &&
    parts(seenAt(0, -1), "across", true) &&
    parts(seenAt(0, 1), "across", false) &&
    ends.some(([x, y]) => goesOn(seenAt(x, y)));
  return goesDown() || goesAcross();
}

function alike(a: number, b: number): boolean {
  return distance(a, b) < reach;
}

function difference(a: number, b: number): number[] {
  return [0, 8, 16].map((shift) => ((a >>> shift) & 255) - ((b >>> shift) & 255));
}

function product(a: readonly number[], b: readonly number[]): number {
  return 2 * a[0] * b[0] + 4 * a[1] * b[1] + 3 * a[2] * b[2];
}

function distance(a: number, b: number): number {
  const apart = difference(a, b);
  return product(apart, apart);
}

function darker(a: number, b: number): boolean {
  const lightness = (pixel: number) => 2 * (pixel & 255) + 4 * ((pixel >>> 8) & 255) + ((pixel >>> 16) & 255);
  return lightness(a) - lightness(b) < 0 || (lightness(a) === lightness(b) && (a & 0xffffff) < (b & 0xffffff));
}

function shareFactor(a: number, b: number): boolean {
  while (b > 0) [a, b] = [b, a % b];
  return a > 1;
}
