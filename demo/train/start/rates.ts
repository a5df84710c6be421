// The speed of an adapter depends on the size of a step: launches dominate a small one, arithmetic
// a large one. So rates are kept for each power of ten of a step's FLOPs.

/** An adapter's FLOPs per second, by the power of ten of a step's FLOPs. */
export type Rates = Readonly<Record<string, number>>;

/** The rate of the steps nearest in size; undefined if there is none. */
export function rateFor(rates: Rates, flops: number): number | undefined {
  const size = Math.log10(flops);
  const [nearest] = Object.keys(rates).sort((a, b) => Math.abs(Number(a) - size) - Math.abs(Number(b) - size));
  return nearest === undefined ? undefined : rates[nearest];
}

/** @param flops of a step that took `seconds` */
export function withRate(rates: Rates, flops: number, seconds: number): Rates {
  return { ...rates, [Math.round(Math.log10(flops))]: flops / seconds };
}
