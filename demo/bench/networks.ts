// The networks that a visitor can measure.

import { resnetOf } from "../../bench/options.ts";
import type { ResnetGenerator } from "../../src/nn/architecture.ts";
import type { NetworkChoice } from "./api.ts";

export const networks: Readonly<Record<NetworkChoice, { text: string; architecture: ResnetGenerator }>> = {
  resnet6: { text: "ResNet-6, 32 filters (bundled)", architecture: resnetOf(32, 6) },
  resnet9: { text: "ResNet-9, 64 filters (paper)", architecture: resnetOf(64, 9) },
};

/** How often each measurement is repeated. The median counts, or the best for a peak. */
export const repeats = 3;
