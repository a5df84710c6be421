// All pinned checks, by name.

import * as constants from "./constants.ts";
import * as cuts from "./cuts.ts";
import * as layers from "./layers.ts";
import * as limits from "./limits.ts";
import * as thresholds from "./thresholds.ts";
import * as variants from "./variants.ts";
import * as winograd from "./winograd.ts";

export const pinned: Readonly<Record<string, () => void>> = {
  ...constants,
  ...cuts,
  ...layers,
  ...limits,
  ...thresholds,
  ...variants,
  ...winograd,
};
