// Where the cells of an axis begin and end: at even steps or, if the step drifts, at the edges,
// with cells of nearly average width. The latter is how beats are tracked in music (Ellis, 2007):
// the best path through all positions, by dynamic programming.

/** Even cuts, the first at the phase. @returns one more than there are cells */
export function evenCuts(step: number, phase: number, cells: number): number[] {
  return Array.from({ length: cells + 1 }, (_, i) => phase + i * step);
}

/** The number of cells of an axis, counting those that lie at least half in the picture. */
export function cellCount(pixels: number, step: number, phase: number): number {
  return Math.max(1, Math.round((pixels - phase) / step));
}

/** A cell may be narrower or wider than average by this share. */
const play = 0.35;

/** The cost of a cell whose width is off by 100 %, in standard deviations of the profile. */
const stiffness = 40;

/**
 * Half a cell is not well defined if the step drifts. After the last cut at an edge, this share of
 * a step counts as a cell, and the last cell may be wider by the other share.
 */
const leastOfLast = 0.4;
const mostBeyond = 0.6;

/**
 * @param profile the evidence for an edge at each whole pixel from `start` on
 * @param pixels of the axis
 */
export function trackedCuts(profile: Float64Array, start: number, step: number, pixels: number): number[] {
  const n = profile.length;
  const deviation = Math.sqrt(profile.reduce((sum, value) => sum + value ** 2, 0) / n) || 1;
  const [least, most] = [Math.max(1, Math.round((1 - play) * step)), Math.max(2, Math.round((1 + play) * step))];
  const best = new Float64Array(n);
  const before = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) {
    // The first cut may lie anywhere within the first cell.
    let reached = i < step ? 0 : -Infinity;
    for (let width = least; width <= most && width <= i; width++) {
      const value = best[i - width] - stiffness * ((width - step) / step) ** 2;
      if (value <= reached) continue;
      reached = value;
      before[i] = i - width;
    }
    best[i] = reached + profile[i] / deviation;
  }
  // Without evidence for a last cut, the last cell extends to the border.
  let at = n - 1;
  for (let i = n - 1; i > n - 1 - 1.5 * step && i >= 0; i--) if (best[i] > best[at]) at = i;
  const cuts: number[] = [];
  for (; at >= 0; at = before[at]) cuts.unshift(start + at);
  if (cuts[0] >= step / 2) cuts.unshift(cuts[0] - step);
  const last = cuts[cuts.length - 1];
  const rest = (pixels - last) / step;
  const more = rest < leastOfLast ? 0 : Math.max(1, Math.ceil(rest - mostBeyond));
  for (let cell = 1; cell <= more; cell++) cuts.push(last + cell * step);
  return cuts;
}
