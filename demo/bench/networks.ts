// The networks that a visitor may measure.

import { resnetOf } from "../../bench/options.ts";
import type { ResnetGenerator } from "../../src/nn/architecture.ts";
import type { NetworkChoice } from "./api.ts";

export const networks: Readonly<Record<NetworkChoice, { text: string; architecture: ResnetGenerator }>> = {
  resnet6: { text: "ResNet-6, ngf 32, as bundled", architecture: resnetOf(32, 6) },
  resnet9: { text: "ResNet-9, ngf 64, the paper's", architecture: resnetOf(64, 9) },
};

/** Of each measurement, of which the median counts, or the best for a peak. */
export const repeats = 3;
