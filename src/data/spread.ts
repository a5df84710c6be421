// Some of many, from all over a list: neighbours in it are often alike.

/** One of every `n` values, which may be a fraction; all where `n` is less than 1. */
export function everyNth<T>(values: ArrayLike<T>, n: number): T[] {
  const step = Math.max(1, n);
  return Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values[Math.floor(i * step)]);
}

/** At most so many, evenly apart. */
export function spread<Item>(items: readonly Item[], most: number): Item[] {
  const count = Math.min(most, items.length);
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]);
}
