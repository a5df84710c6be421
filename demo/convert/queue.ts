// The queue of pictures for the network, which processes one at a time. A failure does not stop the
// queue, and an item can be moved to the front. The time left is extrapolated from the time so far.

export interface Queue<Item> {
  /** Adds items at the end or at the front. An item that is already waiting moves there. */
  add(items: readonly Item[], place?: "first" | "last"): void;
  /** Removes an item, and stops its work if it is running. */
  remove(item: Item): void;
  /** Empties the queue and stops the running item. Calls `onEnd` for each. */
  cancel(): void;
}

export interface QueueOptions<Item> {
  /** Must reject soon after the signal is aborted. */
  readonly work: (item: Item, onShare: (share: number) => void, signal: AbortSignal) => Promise<void>;
  readonly onBegin: (item: Item) => void;
  readonly onShare: (item: Item, share: number) => void;
  /** Items that never began also end as `cancelled`. */
  readonly onEnd: (item: Item, end: "done" | "cancelled" | { readonly error: unknown }) => void;
  /** Called after each change of the progress. */
  readonly onProgress: (progress: QueueProgress) => void;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** The progress of a batch: everything added since the queue was last empty. */
export interface QueueProgress {
  readonly total: number;
  readonly ended: number;
  /** The completed share of the batch, from 0 to 1. */
  readonly share: number;
  /** Null if unknown. */
  readonly secondsLeft: number | null;
}

export function makeQueue<Item>(options: QueueOptions<Item>): Queue<Item> {
  const { work, onBegin, onShare, onEnd, onProgress, now = () => performance.now() } = options;
  let waiting: Item[] = [];
  let current: { readonly item: Item; readonly controller: AbortController; share: number } | undefined;
  let running = false;
  let ended = 0;
  let started = 0;

  function report() {
    if (!running) return;
    const total = ended + waiting.length + (current ? 1 : 0);
    const done = ended + (current?.share ?? 0);
    const seconds = (now() - started) / 1000;
    const secondsLeft = done > 0 && seconds > 0 ? (seconds / done) * (total - done) : null;
    onProgress({ total, ended, share: total > 0 ? done / total : 1, secondsLeft });
  }

  async function run() {
    running = true;
    ended = 0;
    started = now();
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      const mine = (current = { item, controller: new AbortController(), share: 0 });
      const { signal } = mine.controller;
      onBegin(item);
      report();
      const share = (value: number) => {
        if (mine !== current || signal.aborted) return;
        mine.share = value;
        onShare(mine.item, value);
        report();
      };
      const end = await work(item, share, signal).then(
        () => "done" as const,
        (error: unknown) => ({ error }),
      );
      current = undefined;
      ended++;
      // An item that was added again while it was being stopped is waiting, so it has not ended.
      if (!waiting.includes(item)) onEnd(item, signal.aborted ? "cancelled" : end);
      report();
    }
    running = false;
  }

  return {
    add(items, place = "last") {
      const fresh = items.filter((item) => item !== current?.item || current.controller.signal.aborted);
      const others = waiting.filter((item) => !fresh.includes(item));
      waiting = place === "first" ? [...fresh, ...others] : [...others, ...fresh];
      report();
      if (!running && waiting.length > 0) void run();
    },
    remove(item) {
      waiting = waiting.filter((other) => other !== item);
      if (current?.item === item) current.controller.abort();
      report();
    },
    cancel() {
      const dropped = waiting;
      waiting = [];
      current?.controller.abort();
      for (const item of dropped) onEnd(item, "cancelled");
      report();
    },
  };
}
