// Where the cells of an axis begin and end: at even steps, or, where the step drifts, wherever edges are, as far as cells stay nearly as wide as
// they are on average. The latter is how beats are tracked in music (Ellis, 2007): the best way through all places, by dynamic programming.

/** Even cuts through an axis of so many pixels, the first at the phase. @returns one more than there are cells */
export function evenCuts(step: number, phase: number, cells: number): number[] {
  return Array.from({ length: cells + 1 }, (_, i) => phase + i * step);
}

/** How many cells an axis has: those of which at least half lies in the picture. */
export function cellCount(pixels: number, step: number, phase: number): number {
  return Math.max(1, Math.round((pixels - phase) / step));
}

/** A cell may be narrower and wider than the average one by this share. */
const play = 0.35;

/** What a cell costs whose width is off by its whole self, in standard deviations of the profile. */
const stiffness = 40;

/**
 * Of a drifting step half a cell is not known exactly: behind a cut that edges speak for this share of a step is a cell, and the last cell may be wider by
 * the other share.
 */
const leastOfLast = 0.4;
const mostBeyond = 0.6;

/**
 * @param profile how much speaks for an edge at each whole pixel from `start` on
 * @param pixels of the axis
 */
export function trackedCuts(profile: Float64Array, start: number, step: number, pixels: number): number[] {
  const n = profile.length;
  const deviation = Math.sqrt(profile.reduce((sum, value) => sum + value ** 2, 0) / n) || 1;
  const [least, most] = [Math.max(1, Math.round((1 - play) * step)), Math.max(2, Math.round((1 + play) * step))];
  const best = new Float64Array(n);
  const before = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) {
    // The first cut may lie anywhere in the first cell.
    let reached = i < step ? 0 : -Infinity;
    for (let width = least; width <= most && width <= i; width++) {
      const value = best[i - width] - stiffness * ((width - step) / step) ** 2;
      if (value <= reached) continue;
      reached = value;
      before[i] = i - width;
    }
    best[i] = reached + profile[i] / deviation;
  }
  // Where hardly anything speaks for the last cut, the border's cell goes on up to the border.
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
