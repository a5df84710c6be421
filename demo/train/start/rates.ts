// How fast an adapter is depends on the work: a small step is launches more than arithmetic. So what it has reached is kept by the size of
// the step, in powers of ten.

/** FLOPs in a second that an adapter has reached, by the power of ten of a step's FLOPs. */
export type Rates = Readonly<Record<string, number>>;

/** What was reached on the steps nearest in size; undefined where nothing is known. */
export function rateFor(rates: Rates, flops: number): number | undefined {
  const size = Math.log10(flops);
  const [nearest] = Object.keys(rates).sort((a, b) => Math.abs(Number(a) - size) - Math.abs(Number(b) - size));
  return nearest === undefined ? undefined : rates[nearest];
}

/** @param flops of a step, which took so many seconds */
export function withRate(rates: Rates, flops: number, seconds: number): Rates {
  return { ...rates, [Math.round(Math.log10(flops))]: flops / seconds };
}
