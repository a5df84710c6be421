// The shares of an adapter's peak that layers reach, and which of them have fallen.

import type { NetworkBenchEvent } from "../network.ts";

/** By a layer's name. */
export type Shares = Readonly<Record<string, number>>;

/** A share may fall to this fraction of its earlier value. */
const tolerated = 0.8;

export function sharesOf(events: readonly NetworkBenchEvent[]): Shares {
  const layers = events.flatMap((event) => (event.kind === "planned" ? event.layers : []));
  const peak = events.findLast((event) => event.kind === "peak")!.peak.flopsPerSecond;
  const timed = events.filter((event) => event.kind === "layer");
  return Object.fromEntries(
    timed.map(({ index, times }) => {
      const { name, flops } = layers[index];
      return [name, Number((flops / times.find(({ chosen }) => chosen)!.seconds / peak).toPrecision(4))];
    }),
  );
}

/** The layers whose share has fallen by a fifth or more, and those that are missing. */
export function fallen(before: Shares, now: Shares): string[] {
  return Object.keys(before).filter((layer) => !((now[layer] ?? 0) > tolerated * before[layer]));
}
