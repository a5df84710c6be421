// Confidence intervals of shares, and the calibration of confidence.

/**
 * Wilson's interval (1927) of a share, 95 %.
 *
 * @returns the lower and the upper end, from 0 to 1
 */
export function wilson(hits: number, count: number): [number, number] {
  if (count === 0) return [0, 1];
  const z = 1.959964;
  const share = hits / count;
  const middle = share + z ** 2 / (2 * count);
  const reach = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  const whole = 1 + z ** 2 / count;
  return [Math.max(0, (middle - reach) / whole), Math.min(1, (middle + reach) / whole)];
}

export interface Judged {
  readonly confidence: number;
  readonly right: boolean;
}

/** Ten bins of confidence, each with its number of cases, mean confidence and true share. */
export function calibrationOf(judged: readonly Judged[]): { count: number; said: number; true: number }[] {
  return Array.from({ length: 10 }, (_, bin) => {
    const own = judged.filter(({ confidence }) => Math.min(9, Math.floor(10 * confidence)) === bin);
    const mean = (values: readonly number[]) =>
      values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    return {
      count: own.length,
      said: mean(own.map(({ confidence }) => confidence)),
      true: mean(own.map(({ right }) => (right ? 1 : 0))),
    };
  });
}

/**
 * The expected calibration error: the distance between confidence and true share, averaged over
 * bins by their number of cases.
 */
export function calibrationError(judged: readonly Judged[]): number {
  const bins = calibrationOf(judged);
  return bins.reduce((sum, bin) => sum + bin.count * Math.abs(bin.said - bin.true), 0) / Math.max(1, judged.length);
}
