// All that is pinned, by the name of its check.

import * as choices from "./choices.ts";
import * as constants from "./constants.ts";
import * as cuts from "./cuts.ts";
import * as limits from "./limits.ts";
import * as thresholds from "./thresholds.ts";

export const pinned: Readonly<Record<string, () => void>> = {
  ...choices,
  ...constants,
  ...cuts,
  ...limits,
  ...thresholds,
};
