// How much of a profile a period explains. Folding lays all positions one period apart on top of
// one another, which leaves the shape of one period. If edges lie on a grid of that step, they
// gather in one place. The measure is the share of the profile's variance that a bump there
// explains: one or two pixels wide for sharp edges, or a raised cosine for soft ones.

/** The best bump of a folded profile. */
export interface Fold {
  /** The share of the variance that the bump explains, from 0 to 1. */
  readonly share: number;
  /** The middle of the bump, in pixels from the picture's left edge, from 0 to the period. */
  readonly place: number;
}

/** Bins per pixel. */
const fineness = 4;

/**
 * The results of `detrended` by profile and reach. It is called for many periods, and several share
 * a reach.
 */
const known = new WeakMap<Float64Array, Map<number, Float64Array>>();

/**
 * The profile without components slower than about three periods. Callers must not modify it, or
 * the profile.
 */
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
    const from = Math.max(0, i - reach);
    const to = Math.min(n, i + reach + 1);
    result[i] = profile[i] - (before[to] - before[from]) / (to - from);
  }
  return result;
}

/** Where the numbers of a profile lie in a period. */
interface Places {
  /** The bin of each number. */
  readonly bins: Uint16Array;
  /** The numbers in each bin. */
  readonly counts: Float64Array;
}

/** Folds profiles by one period. */
export class Folding {
  readonly #period: number;
  readonly #bins: number;
  readonly #cosines: Float64Array;
  readonly #sines: Float64Array;
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;
  /** By the position of a profile's first number. Profiles with the same one are equally long. */
  readonly #places = new Map<number, Places>();

  constructor(period: number) {
    this.#period = period;
    this.#bins = Math.max(4, Math.round(fineness * period));
    const angles = Float64Array.from({ length: this.#bins }, (_, bin) => (2 * Math.PI * (bin + 0.5)) / this.#bins);
    this.#cosines = angles.map(Math.cos);
    this.#sines = angles.map(Math.sin);
    this.#sums = new Float64Array(this.#bins);
    this.#counts = new Float64Array(this.#bins);
  }

  /**
   * @param start the position of the profile's first number
   * @param from the numbers to fold, up to `to`
   */
  at(profile: Float64Array, start: number, from = 0, to = profile.length): Fold {
    const sums = this.#sums.fill(0);
    const bins = this.#bins;
    const places = this.#placesOf(profile.length, start);
    const counts = to - from === profile.length ? places.counts : this.#countsIn(places, from, to);
    let total = 0;
    let squares = 0;
    for (let i = from; i < to; i++) {
      const value = profile[i];
      sums[places.bins[i]] += value;
      total += value;
      squares += value * value;
    }
    const n = to - from;
    const variation = squares - total ** 2 / n;
    if (!(variation > 1e-9 * n)) return { share: 0, place: 0 };
    let best = 0;
    let place = 0;
    for (const width of [1, 2]) {
      const span = Math.round((width * bins) / this.#period);
      if (2 * span > bins + 1) break;
      let sum = 0;
      let count = 0;
      for (let bin = 0; bin < span; bin++) {
        sum += sums[bin];
        count += counts[bin];
      }
      for (let first = 0, next = span % bins; first < bins; first++) {
        const above = sum - (total * count) / n;
        // The variance between the bump and the rest.
        const between = (above * above * n) / (count * (n - count));
        if (above > 0 && between > best && count < n) {
          best = between;
          place = first + span / 2;
        }
        sum += sums[next] - sums[first];
        count += counts[next] - counts[first];
        if (++next === bins) next = 0;
      }
    }
    let cosine = 0;
    let sine = 0;
    for (let bin = 0; bin < bins; bin++) {
      const value = sums[bin] - (total * counts[bin]) / n;
      cosine += value * this.#cosines[bin];
      sine += value * this.#sines[bin];
    }
    const waves = (2 * (cosine ** 2 + sine ** 2)) / n;
    if (waves > best) {
      best = waves;
      place = (Math.atan2(sine, cosine) / (2 * Math.PI)) * bins;
    }
    return { share: Math.min(1, best / variation), place: (((place % bins) + bins) % bins) * (this.#period / bins) };
  }

  #placesOf(length: number, start: number): Places {
    const found = this.#places.get(start);
    if (found) return found;
    const bins = new Uint16Array(length);
    const counts = new Float64Array(this.#bins);
    for (let i = 0; i < length; i++) {
      const turns = (start + i) / this.#period;
      const bin = Math.floor((turns - Math.floor(turns)) * this.#bins + 1e-6);
      bins[i] = bin >= this.#bins ? 0 : bin;
      counts[bins[i]]++;
    }
    const places = { bins, counts };
    this.#places.set(start, places);
    return places;
  }

  #countsIn({ bins }: Places, from: number, to: number): Float64Array {
    const counts = this.#counts.fill(0);
    for (let i = from; i < to; i++) counts[bins[i]]++;
    return counts;
  }
}
