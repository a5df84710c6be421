// How much of a profile a period explains. Folding lays all positions one period apart on top of one another, which leaves the shape of one
// period. If edges lie on a grid of that step, they gather in one place. The measure is the share of the profile's variance that a bump
// there explains: one or two pixels wide for sharp edges, or a raised cosine for soft ones.

/** The best bump of a folded profile. */
export interface Fold {
  /** The share of the variance that the bump explains, from 0 to 1. */
  readonly share: number;
  /** The middle of the bump, in pixels from the picture's left edge, from 0 to the period. */
  readonly place: number;
}

/** Bins per pixel. */
const fineness = 4;

/** The results of `detrended` by profile and reach. It is called for many periods, and several share a reach. */
const known = new WeakMap<Float64Array, Map<number, Float64Array>>();

/** The profile without components slower than about three periods. Callers must not modify it, or the profile. */
export function detrended(profile: Float64Array, period: number): Float64Array {
  const reach = Math.max(2, Math.round(1.5 * period));
  let own = known.get(profile);
  if (!own) known.set(profile, (own = new Map()));
  let found = own.get(reach);
  if (!found) own.set(reach, (found = withoutTrend(profile, reach)));
  return found;
}

function withoutTrend(profile: Float64Array, reach: number): Float64Array {
  const n = profile.length;
  // Prefix sums give each mean in constant time.
  const before = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) before[i + 1] = before[i] + profile[i];
  const result = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const [from, to] = [Math.max(0, i - reach), Math.min(n, i + reach + 1)];
    result[i] = profile[i] - (before[to] - before[from]) / (to - from);
  }
  return result;
}

/** @param start the position of the profile's first number */
export function foldAt(profile: Float64Array, start: number, period: number, from = 0, to = profile.length): Fold {
  const bins = Math.max(4, Math.round(fineness * period));
  const sums = new Float64Array(bins);
  const counts = new Float64Array(bins);
  let [total, squares] = [0, 0];
  for (let i = from; i < to; i++) {
    const turns = (start + i) / period;
    let bin = Math.floor((turns - Math.floor(turns)) * bins + 1e-6);
    if (bin >= bins) bin = 0;
    sums[bin] += profile[i];
    counts[bin]++;
    total += profile[i];
    squares += profile[i] ** 2;
  }
  const n = to - from;
  const variation = squares - total ** 2 / n;
  if (!(variation > 1e-9 * n)) return { share: 0, place: 0 };
  let best = 0;
  let place = 0;
  for (const width of [1, 2]) {
    const span = Math.round((width * bins) / period);
    if (2 * span > bins + 1) break;
    let [sum, count] = [0, 0];
    for (let b = 0; b < span; b++) {
      sum += sums[b];
      count += counts[b];
    }
    for (let first = 0; first < bins; first++) {
      if (count > 0 && count < n) {
        const between = sum ** 2 / count + (total - sum) ** 2 / (n - count) - total ** 2 / n;
        if (sum * n > total * count && between > best) {
          best = between;
          place = first + span / 2;
        }
      }
      const next = (first + span) % bins;
      sum += sums[next] - sums[first];
      count += counts[next] - counts[first];
    }
  }
  let [cosine, sine] = [0, 0];
  for (let b = 0; b < bins; b++) {
    const angle = (2 * Math.PI * (b + 0.5)) / bins;
    const value = sums[b] - (total * counts[b]) / n;
    cosine += value * Math.cos(angle);
    sine += value * Math.sin(angle);
  }
  const waves = (2 * (cosine ** 2 + sine ** 2)) / n;
  if (waves > best) {
    best = waves;
    place = (Math.atan2(sine, cosine) / (2 * Math.PI)) * bins;
  }
  return { share: Math.min(1, best / variation), place: (((place % bins) + bins) % bins) * (period / bins) };
}
