// A layer's shaders, forward beside backward: the source files, or the compiled text.

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { Check } from "../../parts/controls.tsx";
import type { LaunchCode } from "../api.ts";
import { highlight } from "./highlight.ts";

const composed = signal(false);

export function Code({ forward, backward }: { forward: readonly LaunchCode[]; backward: readonly LaunchCode[] }) {
  return (
    <div class="stack">
      <div class="row code-head">
        <h3>WGSL code on this adapter</h3>
        <Check
          label="Show as compiled, with includes and constants"
          checked={composed.value}
          onChange={(checked) => (composed.value = checked)}
        />
      </div>
      <div class="code-pair">
        <Side title="Forward" launches={forward} />
        <Side title="Backward" launches={backward} />
      </div>
    </div>
  );
}

interface Text {
  readonly name: string;
  readonly text: string;
}

function Side({ title, launches }: { title: string; launches: readonly LaunchCode[] }) {
  const [chosen, choose] = useState("");
  const texts = composed.value ? compiledTexts(launches) : fileTexts(launches);
  const shown = texts.find(({ name }) => name === chosen) ?? texts[0];
  const labels = launches.map(({ label }) => label);
  return (
    <section class="code-side" aria-label={`${title}: shaders`}>
      <h4>{title}</h4>
      <p class="small faint">
        {labels.length === 0
          ? "Nothing to compute: the gradient passes unchanged to both inputs of the sum."
          : `${labels.length} ${labels.length === 1 ? "dispatch" : "dispatches"}: ${[...new Set(labels)].join(" → ")}.`}
      </p>
      {shown && (
        <>
          <div class="files" role="group" aria-label={`${title}: files`}>
            {texts.map(({ name }) => (
              <button
                key={name}
                type="button"
                class="file"
                aria-pressed={name === shown.name}
                onClick={() => choose(name)}
              >
                {name}
              </button>
            ))}
          </div>
          <pre class="code" tabIndex={0} aria-label={shown.name}>
            <code>
              {highlight(shown.text).map(({ kind, text }, i) =>
                kind === "plain" ? (
                  text
                ) : (
                  <span key={i} class={kind}>
                    {text}
                  </span>
                ),
              )}
            </code>
          </pre>
        </>
      )}
    </section>
  );
}

/** Each file once, in the order of first use. */
function fileTexts(launches: readonly LaunchCode[]): Text[] {
  const texts = new Map(
    launches.flatMap(({ files }) => files.map(({ name, text }) => [`${name}.wgsl`, text] as const)),
  );
  return [...texts].map(([name, text]) => ({ name, text }));
}

function compiledTexts(launches: readonly LaunchCode[]): Text[] {
  const texts = new Map(launches.map(({ label, composed }) => [composed, label]));
  return [...texts].map(([text, label], i) => ({ name: `${i + 1}. ${label}`, text }));
}
