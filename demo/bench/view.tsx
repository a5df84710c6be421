// The bench: its settings, its progress and its results.

import type { ComponentChildren } from "preact";
import { Button, Segmented, Select } from "../parts/controls.tsx";
import { Notice, ProgressBar } from "../parts/display.tsx";
import type { NetworkChoice } from "./api.ts";
import { networks, repeats } from "./networks.ts";
import { ResultsView } from "./results.tsx";
import { activity, cancel, choose, ending, onProcessor, progress, results, run, settings } from "./session.ts";
import { nameText } from "./tables.tsx";

const sizes = (["32", "64", "128", "256"] as const).map((size) => ({ value: size, text: size }));
const modes = [
  { value: "forward", text: "Forward only" },
  { value: "gradients", text: "With gradients" },
] as const;
const choices = (Object.keys(networks) as NetworkChoice[]).map((value) => ({ value, text: networks[value].text }));

export default function View() {
  return (
    <div class="bench stack">
      <header class="stack">
        <h1>How fast your GPU runs this</h1>
        <p>Times each kernel of a network on your GPU, and compares it with the GPU’s own peak in this browser.</p>
      </header>
      <Controls />
      {ending.value && <Notice tone={ending.value.tone}>{ending.value.sentence}</Notice>}
      {results.value && <ResultsView results={results.value} />}
      <Reading />
    </div>
  );
}

function Controls() {
  const { network, size, gradients } = settings.value;
  const busy = activity.value !== "idle";
  return (
    <section class="panel controls" aria-label="Settings">
      <Select
        label="Network"
        value={network}
        choices={choices}
        onChoose={(network) => choose({ network })}
        disabled={busy}
      />
      <Labelled label="Image size in pixels">
        <Segmented
          label="Image size in pixels"
          value={size}
          choices={sizes}
          onChoose={(size) => choose({ size })}
          disabled={busy}
        />
      </Labelled>
      <Labelled label="Layers">
        <Segmented
          label="Layers"
          value={gradients ? "gradients" : "forward"}
          choices={modes}
          onChoose={(mode) => choose({ gradients: mode === "gradients" })}
          disabled={busy}
        />
      </Labelled>
      {busy ? (
        <Button onClick={cancel} disabled={activity.value === "cancelling"}>
          {activity.value === "cancelling" ? "Cancelling…" : "Cancel"}
        </Button>
      ) : (
        <Button look="primary" onClick={() => void run()}>
          {results.value ? "Run again" : "Run the bench"}
        </Button>
      )}
      <div class="under" role="status">
        {busy ? (
          <>
            <ProgressBar share={progress.value.share} label="Progress" />
            <span class="small">
              {progress.value.what ? `Measuring ${nameText(progress.value.what)}` : "Opening the GPU…"}
            </span>
          </>
        ) : (
          <span class="small faint">
            {onProcessor.value
              ? "This adapter runs on the CPU: the smallest bench takes less than a minute, the largest takes hours."
              : "Takes well under a minute on most GPUs. Leave other tabs idle meanwhile."}
          </span>
        )}
      </div>
    </section>
  );
}

/** A visible label. Screen readers read the control's own, so this one is hidden from them. */
function Labelled({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <div class="labelled">
      <span class="label" aria-hidden="true">
        {label}
      </span>
      {children}
    </div>
  );
}

/** Explains the figures. */
function Reading() {
  return (
    <div class="reading">
      <section class="stack">
        <h2>Why a percentage of the peak</h2>
        <p>
          Milliseconds tell you how fast your GPU is, not how good a kernel is: a poor kernel on a large GPU beats a
          perfect one on a small GPU. So each run first measures the best that this GPU can do, with chains of
          multiply-adds that stay in registers, and with a copy that is larger than the caches. Both are tried in
          several shapes, before and after the layers; the best result is the peak.
        </p>
        <p>
          A layer’s percentage is its GFLOP/s divided by that peak. It is comparable between GPUs and browsers, warm or
          cold, and shows how much there is still to gain. A direct kernel never reaches 100 %, since it must also fetch
          its inputs. Winograd’s algorithm can: it needs fewer multiplications than a layer is counted with.
        </p>
      </section>
      <section class="stack">
        <h2>How it is measured</h2>
        <ul>
          <li>
            With the GPU’s own clock, if the browser allows it. Browsers round that clock (Chrome to a tenth of a
            millisecond), so a kernel runs repeatedly for at least 10 ms and its time is the average.
          </li>
          <li>On random numbers, since hardware does less work on zeros.</li>
          <li>
            {repeats} times each; the median counts. Other tabs, other programs, heat and battery saving all disturb the
            result, so run it twice.
          </li>
          <li>
            “Compile” is the extra time of the first run. Browsers cache compiled kernels, so the next run shows less.
          </li>
          <li>The forward pass is timed as a caller experiences it, including the gaps between kernels.</li>
          <li>
            Gradients are those that training computes, with respect to a layer’s input and to its filters, for the
            generator and the discriminator.
          </li>
          <li>
            “Variant” is the kernel that the engine chose for the layer: rows × columns of each lane’s tile, and the
            lanes of a workgroup.
          </li>
        </ul>
      </section>
    </div>
  );
}
