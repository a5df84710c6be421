// Reading, the GPU and writing at the same time, for a list of any length in bounded memory.
//
// Items pass through three stages. `load` runs ahead for the next few items, `process` takes them strictly one after the other in the
// list's order (it is the GPU), and `save` follows behind, a few at once. What waits between the stages is bounded by the two numbers of
// concurrency, so a slow stage holds the others back. An item that fails is written down and the rest goes on.

import { allInOrder } from "../../errors.ts";
import { withFlags } from "../options/flags.ts";

export interface PipelineOptions<Item, Loaded, Processed> {
  readonly items: readonly Item[];
  /** How people are told of an item. */
  readonly nameOf: (item: Item) => string;
  /** Whether the item is done already; asked before it is loaded. */
  readonly skip?: ((item: Item) => Promise<boolean>) | undefined;
  readonly load: (item: Item) => Promise<Loaded>;
  readonly process: (loaded: Loaded, item: Item) => Promise<Processed>;
  /** Must leave either the whole result or nothing. */
  readonly save: (processed: Processed, item: Item) => Promise<void>;
  /** Does the work of a stage, or waits for an item to be loaded, and may look at what it takes. */
  readonly around?: (<T>(stage: Stage, item: Item, work: () => Promise<T>) => Promise<T>) | undefined;
  /** The most items being loaded or waiting for `process`. */
  readonly loadAhead?: number;
  /** The most items being saved; one more may wait, processed, for its turn. */
  readonly saveBehind?: number;
  /** Errors after which going on is pointless: a lost device, a full disk. */
  readonly isFatal?: (error: unknown) => boolean;
  /** When aborted, no further item is begun; the one in `process` and those in `save` are finished. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each item that is saved, skipped or failed. */
  readonly onProgress?: (counts: PipelineCounts) => void;
}

export type Stage = "loading" | "waiting" | "processing" | "saving";

export interface PipelineCounts {
  readonly total: number;
  readonly saved: number;
  readonly skipped: number;
  readonly failed: number;
}

export interface Failure {
  readonly name: string;
  readonly reason: string;
}

export interface PipelineResult extends PipelineCounts {
  /** In the list's order. */
  readonly failures: readonly Failure[];
  /** Why items were left over, if any were: the signal, or the fatal error. */
  readonly stopped?: "aborted" | { readonly error: unknown };
}

/** Resolves when nothing is under way any more. Failures of `skip`, `load`, `process` and `save` are in the result, never thrown. */
export async function runPipeline<Item, Loaded, Processed>(
  options: PipelineOptions<Item, Loaded, Processed>,
): Promise<PipelineResult> {
  const { items, loadAhead = 3, saveBehind = 3, signal, around = (_stage, _item, work) => work() } = options;
  const failures: (Failure & { position: number })[] = [];
  const counts = { total: items.length, saved: 0, skipped: 0, failed: 0 };
  /** The first of the list, not of time. */
  let fatal: { position: number; error: unknown } | undefined;

  const count = (outcome: "saved" | "skipped" | "failed") => {
    counts[outcome]++;
    options.onProgress?.({ ...counts });
  };
  const fail = (position: number, error: unknown) => {
    if (options.isFatal?.(error) && position < (fatal?.position ?? Infinity)) fatal = { position, error };
    const name = options.nameOf(items[position]);
    failures.push({ position, name, reason: reasonOf(error, name) });
    count("failed");
  };
  const stopping = () => fatal !== undefined || signal?.aborted === true;

  type Load = { outcome: "loaded"; loaded: Loaded } | { outcome: "skipped" } | { outcome: "failed"; error: unknown };
  const load = async (item: Item): Promise<Load> => {
    try {
      if (await options.skip?.(item)) return { outcome: "skipped" };
      return { outcome: "loaded", loaded: await around("loading", item, () => options.load(item)) };
    } catch (error) {
      return { outcome: "failed", error };
    }
  };

  const loads: Promise<Load>[] = [];
  const saves = new Set<Promise<void>>();
  let begun = 0;
  const fill = () => {
    while (!stopping() && begun < items.length && loads.length < loadAhead) loads.push(load(items[begun++]));
  };
  for (let position = 0; position < items.length; position++) {
    fill();
    if (stopping()) break;
    const item = items[position];
    const result = await around("waiting", item, () => loads.shift()!);
    fill();
    if (stopping()) break;
    if (result.outcome === "skipped") count("skipped");
    else if (result.outcome === "failed") fail(position, result.error);
    else {
      try {
        const processed = await around("processing", item, () => options.process(result.loaded, item));
        while (saves.size >= saveBehind) await Promise.race(saves);
        const save = around("saving", item, () => options.save(processed, item))
          .then(
            () => count("saved"),
            (error: unknown) => fail(position, error),
          )
          .finally(() => saves.delete(save));
        saves.add(save);
      } catch (error) {
        fail(position, error);
      }
    }
  }
  await allInOrder([...loads, ...saves]);
  failures.sort((a, b) => a.position - b.position);
  const left = counts.saved + counts.skipped + counts.failed < items.length;
  const stopped = fatal ? { error: fatal.error } : left ? ("aborted" as const) : undefined;
  return { ...counts, failures: failures.map(({ name, reason }) => ({ name, reason })), ...(stopped && { stopped }) };
}

/** What was wrong with items that were done all the same, in the list's order. */
export function warningsOf<Item extends { readonly source: string }>(
  items: readonly Item[],
  warned: ReadonlyMap<Item, string>,
): Failure[] {
  return items.flatMap((item) => {
    const reason = warned.get(item);
    return reason === undefined ? [] : [{ name: item.source, reason }];
  });
}

/** The message, without the item's name in front, which is told beside it. */
function reasonOf(error: unknown, name: string): string {
  const message = error instanceof Error ? withFlags(error.message) : String(error);
  return message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
}
