// Samples a list evenly, since neighbours in a list are often alike.

/** Every nth value; `n` may be a fraction, and all values are returned if it is less than 1. */
export function everyNth<T>(values: ArrayLike<T>, n: number): T[] {
  const step = Math.max(1, n);
  return Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values[Math.floor(i * step)]);
}

/** At most `most` items, evenly spaced. */
export function spread<Item>(items: readonly Item[], most: number): Item[] {
  const count = Math.min(most, items.length);
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]);
}
