// Chooses the kernels for plans: what is known of the adapter, and what can be measured in a few
// seconds.

import type { Plan } from "../autograd/plan.ts";
import { UserError } from "../errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { ChoiceCache, type CacheContent, type CacheStorage } from "./cache.ts";
import { measures, type TuneMode } from "./modes.ts";
import { choicesOf, defaultSeconds, tune, type Tuning } from "./tune.ts";

export interface Choosing extends Tuning {
  readonly mode: TuneMode;
  readonly storage: CacheStorage;
  /** Receives sentences for the user. */
  readonly say: (sentence: string) => void;
}

/**
 * The choices for a new run's plans. What is measured for them is kept for the next time.
 *
 * @returns undefined if the rules choose everywhere, or if it was aborted
 */
export async function chooseKernels(
  gpu: Gpu,
  plans: readonly Plan[],
  { mode, storage, say, signal, seconds = defaultSeconds, ...tuning }: Choosing,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (mode === "off") return undefined;
  const cache = await ChoiceCache.of(gpu, storage);
  const known = (await readOrSay(cache, say)).measurements;
  const limit = measures(mode, gpu.adapter) ? seconds : 0;
  let told = false;
  const { measurements, added, layers } = await tune(gpu, plans, known, {
    ...tuning,
    signal,
    seconds: limit,
    onLayer(...place) {
      if (!told) say(`Measuring which kernels are the fastest on ${gpu.adapter.name}: at most ${seconds} s, once.`);
      told = true;
      tuning.onLayer?.(...place);
    },
  });
  try {
    await cache.add(added);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`What was measured could not be kept for the next run: ${error.message}`);
  }
  if (signal?.aborted) return undefined;
  if (measurements.size === 0) {
    if (told) say(`Kernels: no layer could be measured in ${seconds} s, so all are chosen by rule.`);
    return undefined;
  }
  const changed = [...measurements.values()].filter(({ byRule, chosen }) => chosen !== byRule).length;
  say(
    `Kernels: ${measurements.size} of ${layers} layers were measured on this adapter, and ${changed} of them ` +
      "get another kernel than by rule.",
  );
  return choicesOf(measurements);
}

/** What is known of a device's adapter: for work that does not wait for a measurement. */
export async function knownChoices(
  gpu: Gpu,
  { mode, storage, say }: Pick<Choosing, "mode" | "storage" | "say">,
): Promise<ReadonlyMap<string, string>> {
  if (mode === "off") return new Map();
  return choicesOf((await readOrSay(await ChoiceCache.of(gpu, storage), say)).measurements);
}

/** A cache that cannot be used costs a measurement, not the work. */
async function readOrSay(cache: ChoiceCache, say: (sentence: string) => void): Promise<CacheContent> {
  try {
    const content = await cache.read();
    if (content.flaw !== undefined) say(`${cache.place} is not used: ${content.flaw}.`);
    return content;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`What is known about this adapter's kernels cannot be read: ${error.message}`);
    return { measurements: new Map() };
  }
}
