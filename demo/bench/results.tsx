// The results of a run: the main figures, the tables, and everything as text to copy.

import { useState } from "preact/hooks";
import { compileTime, duration, giga, percent } from "../../bench/text.ts";
import { version } from "../../package.json";
import { Button } from "../parts/controls.tsx";
import { Notice } from "../parts/display.tsx";
import { browserName } from "./browser-name.ts";
import { isDisturbed, reportText, whatText } from "./report.ts";
import { activity, type Results } from "./session.ts";
import { KindTable, LayerTable, nameText } from "./tables.tsx";

export function ResultsView({ results }: { readonly results: Results }) {
  const { adapter, clock, settings, peak, layers, forward } = results;
  return (
    <section class="stack results" aria-label="Results" aria-busy={activity.value !== "idle"}>
      <div>
        <h2>{adapter.name}</h2>
        <p class="faint">{nameText(whatText(settings))}</p>
      </div>
      {clock === "CPU" && (
        <Notice tone="warning">
          This browser gives no access to the GPU’s clock. The CPU’s clock times many runs of a kernel together, which
          includes the browser’s own work between them.
        </Notice>
      )}
      <Figures peak={peak} forward={forward} />
      {activity.value === "idle" && isDisturbed(results) && (
        <Notice tone="warning">
          A layer seems faster than the peak: something else used this adapter while the peak was measured. Close it and
          run again.
        </Notice>
      )}
      <LayerTable layers={layers} peak={peak} />
      {forward && <KindTable forward={forward} />}
      {peak && activity.value === "idle" && <CopyText text={reportText(results, surroundings())} />}
    </section>
  );
}

function Figures({ peak, forward }: Pick<Results, "peak" | "forward">) {
  const rate = forward && forward.flops / forward.seconds;
  const figures = [
    {
      name: "Peak arithmetic",
      value: peak && `${giga(peak.flopsPerSecond)} GFLOP/s`,
      more: peak?.arithmetic,
    },
    { name: "Peak memory bandwidth", value: peak && `${giga(peak.bytesPerSecond)} GB/s`, more: peak?.memory },
    {
      name: "Forward pass",
      value: forward && duration(forward.seconds),
      more: forward && `first run ${compileTime(forward.compileSeconds)} longer`,
    },
    {
      name: "Forward pass, of peak",
      value: rate && peak && percent(rate, peak.flopsPerSecond),
      more: rate && `${giga(rate)} GFLOP/s`,
    },
  ];
  return (
    <dl class="figures">
      {figures.map(({ name, value, more }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? "…"}</dd>
          <dd class="small faint">{more ?? "\u00a0"}</dd>
        </div>
      ))}
    </dl>
  );
}

const surroundings = () => ({ browser: browserName(navigator.userAgent), version });

/**
 * Shows the text too, so that it can be copied by hand if the browser denies access to the
 * clipboard.
 */
function CopyText({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState<"no" | "yes" | "refused">("no");
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied("yes"),
      () => setCopied("refused"),
    );
  return (
    <div class="copy stack">
      <div class="row">
        <Button onClick={() => void copy()}>Copy as text</Button>
        <span class="small faint" role="status">
          {copied === "yes" && "Copied, as Markdown."}
          {copied === "refused" && "The browser denied access to the clipboard. Open the text and copy it by hand."}
        </span>
      </div>
      <details>
        <summary>Show the text</summary>
        <pre tabIndex={0} role="region" aria-label="Results as text">
          {text}
        </pre>
      </details>
    </div>
  );
}
