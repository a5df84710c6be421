// The bench's worker. Each run opens a GPU device and closes it at its end.

import { expose } from "comlink";
import { benchNetwork } from "../../bench/network.ts";
import { clockOf } from "../../src/gpu/timing.ts";
import { openGpu } from "../../src/platform/gpu/gpu.browser.ts";
import type { BenchApi } from "./api.ts";
import { networks, repeats } from "./networks.ts";

let cancelling = new AbortController();

const api: BenchApi = {
  async run({ network, size, gradients }, onEvent) {
    cancelling = new AbortController();
    const { signal } = cancelling;
    const gpu = await openGpu();
    try {
      onEvent({ kind: "opened", adapter: gpu.adapter, clock: clockOf(gpu) });
      const { architecture } = networks[network];
      for await (const event of benchNetwork(gpu, { architecture, size: Number(size), gradients, repeats, signal })) {
        signal.throwIfAborted();
        if (event.kind === "planned") {
          onEvent({ kind: "planned", layers: event.layers.map(({ name, count, flops }) => ({ name, count, flops })) });
        } else if (event.kind === "layer") {
          onEvent({ kind: "layer", index: event.index, time: event.times[0] });
        } else onEvent(event);
      }
    } finally {
      gpu.close();
    }
  },

  async cancel() {
    cancelling.abort();
  },
};

expose(api);
