// Overlaps reading, GPU work and writing, for a list of any length in bounded memory.
//
// Items pass through three stages. `load` runs ahead for the next few items. `process`, the GPU's
// stage, takes them one at a time in the list's order. `save` follows, a few at once. The two
// concurrency limits bound what waits between the stages, so a slow stage holds the others back.
// The failure of an item is recorded, and the others continue.

import { allInOrder } from "../../errors.ts";
import { withFlags } from "../options/flags.ts";

export interface PipelineOptions<Item, Loaded, Processed> {
  readonly items: readonly Item[];
  /** An item's name in messages. */
  readonly nameOf: (item: Item) => string;
  /** Whether the item is already done; called before it is loaded. */
  readonly skip?: ((item: Item) => Promise<boolean>) | undefined;
  readonly load: (item: Item) => Promise<Loaded>;
  /** @param position in `items` */
  readonly process: (loaded: Loaded, item: Item, position: number) => Promise<Processed>;
  /** Must leave either the complete result or nothing. */
  readonly save: (processed: Processed, item: Item) => Promise<void>;
  /**
   * Wraps the work of a stage, or the wait for an item to be loaded, so that a caller can time it.
   */
  readonly around?: (<T>(stage: Stage, item: Item, work: () => Promise<T>) => Promise<T>) | undefined;
  /** The most items being loaded or waiting for `process`. */
  readonly loadAhead?: number;
  /** The most items being saved; one more processed item may wait. */
  readonly saveBehind?: number;
  /** Errors after which continuing is pointless: a lost device, a full disk. */
  readonly isFatal?: (error: unknown) => boolean;
  /**
   * When it is aborted, no further item is started; the items in `process` and `save` are finished.
   */
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
  /** Why items are left, if any are: the signal, or the fatal error. */
  readonly stopped?: "aborted" | { readonly error: unknown };
}

/**
 * Resolves when all work has ended. Failures of `skip`, `load`, `process` and `save` are in the
 * result, never thrown.
 */
export async function runPipeline<Item, Loaded, Processed>(
  options: PipelineOptions<Item, Loaded, Processed>,
): Promise<PipelineResult> {
  const { items, loadAhead = 3, saveBehind = 3, signal, around = (_stage, _item, work) => work() } = options;
  const failures: (Failure & { position: number })[] = [];
  const counts = { total: items.length, saved: 0, skipped: 0, failed: 0 };
  /** The first in the list's order, not in time. */
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
        const processed = await around("processing", item, () => options.process(result.loaded, item, position));
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

/** What was wrong with items that were done nevertheless, in the list's order. */
export function warningsOf<Item extends { readonly source: string }>(
  items: readonly Item[],
  warned: ReadonlyMap<Item, string>,
): Failure[] {
  return items.flatMap((item) => {
    const reason = warned.get(item);
    return reason === undefined ? [] : [{ name: item.source, reason }];
  });
}

/** The message without the item's name, which is shown beside it. */
function reasonOf(error: unknown, name: string): string {
  const message = error instanceof Error ? withFlags(error.message) : String(error);
  return message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
}
