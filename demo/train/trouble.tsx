// The current error and the current wait, above everything else.

import { Notice, ProgressBar } from "../parts/display.tsx";
import { Sentence } from "./sentence.tsx";
import { session } from "./state.ts";

export function Trouble() {
  const trouble = session.trouble.value;
  const busy = session.busy.value;
  const copying = session.copying.value;
  return (
    <>
      {trouble !== null && (
        <Notice tone="error" onClose={() => (session.trouble.value = null)}>
          <Sentence>{trouble}</Sentence>
        </Notice>
      )}
      {busy !== null && (
        <div class="panel busy" role="status">
          {busy}…
          <ProgressBar share={copying && copying.done / copying.of} label={busy} />
        </div>
      )}
    </>
  );
}
