// What a run has found: the figures that matter most, the tables, and all of it as text to copy.

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
    <section class="stack results" aria-label="What was measured" aria-busy={activity.value !== "idle"}>
      <div>
        <h2>{adapter.name}</h2>
        <p class="faint">{nameText(whatText(settings))}</p>
      </div>
      {clock === "CPU" && (
        <Notice tone="warning">
          This browser does not lend the GPU’s clock. Times are by the processor’s, around many runs of a kernel at
          once, so what the browser does between them counts too.
        </Notice>
      )}
      <Figures peak={peak} forward={forward} />
      {activity.value === "idle" && isDisturbed(results) && (
        <Notice tone="warning">
          A layer seems faster than the peak: something else kept this adapter busy while the peak was measured. End it,
          and run again.
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
      name: "Peak, multiply-adds",
      value: peak && `${giga(peak.flopsPerSecond)} GFLOP/s`,
      more: peak?.arithmetic,
    },
    { name: "Peak, copy of memory", value: peak && `${giga(peak.bytesPerSecond)} GB/s`, more: peak?.memory },
    {
      name: "The whole forward",
      value: forward && duration(forward.seconds),
      more: forward && `first run ${compileTime(forward.compileSeconds)} longer`,
    },
    {
      name: "The whole forward, of peak",
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

/** The text itself is there to be seen and, where the browser lets nobody write to the clipboard, to be copied by hand. */
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
          {copied === "refused" && "The browser refused: open the text and copy it from there."}
        </span>
      </div>
      <details>
        <summary>The text</summary>
        <pre tabIndex={0} role="region" aria-label="The text">
          {text}
        </pre>
      </details>
    </div>
  );
}
