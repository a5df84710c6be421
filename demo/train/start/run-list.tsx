// The runs stored in this browser, to continue, export or remove.

import { useState } from "preact/hooks";
import { Button } from "../../parts/controls.tsx";
import { Notice, ProgressBar } from "../../parts/display.tsx";
import { countText } from "../../parts/words.ts";
import type { RunListing } from "../api.ts";
import { ExportRun, GeneratorFiles } from "../generator-files.tsx";
import { Sentence } from "../sentence.tsx";
import { now, session } from "../state.ts";
import { listingText } from "../words.ts";
import { GivePictures } from "./give-pictures.tsx";

export function RunList({ runs }: { readonly runs: readonly RunListing[] }) {
  return (
    <ul class="run-list">
      {runs.map((run) => (
        <li key={run.name} class="panel">
          <RunItem run={run} />
        </li>
      ))}
    </ul>
  );
}

function RunItem({ run }: { readonly run: RunListing }) {
  const [asks, setAsks] = useState(false);
  const { name, step, steps, busy, problem } = run;
  const isOver = step >= steps;
  return (
    <>
      <h3>{name}</h3>
      <p class="small faint number">{listingText(run, now.value)}</p>
      <ProgressBar share={steps > 0 ? step / steps : 0} label={`Progress of ${name}`} />
      {busy && <p class="small">Another tab is training this run. Stop it there or close that tab to continue here.</p>}
      {problem !== null && (
        <Notice tone="warning">
          <Sentence>{problem}</Sentence>
        </Notice>
      )}
      {run.lacksPictures && <GivePictures run={name} />}
      {asks ? (
        <div class="row" role="group" aria-label={`Remove ${name}?`}>
          <span>Remove all {countText(step)} steps and all files? This cannot be undone.</span>
          <Button small look="danger" onClick={() => void session.removeRun(name)}>
            Remove permanently
          </Button>
          <Button small onClick={() => setAsks(false)}>
            Cancel
          </Button>
        </div>
      ) : (
        <div class="row">
          {!isOver && (
            <Button
              small
              look="primary"
              label={`Continue ${name}`}
              disabled={busy || problem !== null}
              onClick={() => void session.continue(run)}
            >
              Continue
            </Button>
          )}
          <ExportRun run={name} small />
          <Button small label={`Remove ${name}`} disabled={busy} onClick={() => setAsks(true)}>
            Remove
          </Button>
        </div>
      )}
      <GeneratorFiles run={name} />
    </>
  );
}
