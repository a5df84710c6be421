// The place of a progress bar while the worker computes.

import { ProgressBar } from "../parts/display.tsx";

/** Always takes up its space, so that nothing moves when the bar appears. */
export function ProgressPlace({ busy }: { busy: boolean }) {
  return <div class="progress-place">{busy && <ProgressBar share={null} label="Computing" />}</div>;
}
