// The bench: what to measure, how far it is, and what was found.

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
        <p>
          Each kernel of a network on your own GPU, timed by itself, against the most that the same GPU can do in this
          browser right now.
        </p>
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
    <section class="panel controls" aria-label="What to measure">
      <Select
        label="Network"
        value={network}
        choices={choices}
        onChoose={(network) => choose({ network })}
        disabled={busy}
      />
      <Labelled label="Pixels along a side">
        <Segmented
          label="Pixels along a side"
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
          {activity.value === "cancelling" ? "Cancelling …" : "Cancel"}
        </Button>
      ) : (
        <Button look="primary" onClick={() => void run()}>
          {results.value ? "Run again" : "Run the bench"}
        </Button>
      )}
      <div class="under" role="status">
        {busy ? (
          <>
            <ProgressBar share={progress.value.share} label="How much is measured" />
            <span class="small">Measuring {nameText(progress.value.what)}</span>
          </>
        ) : (
          <span class="small faint">
            {onProcessor.value
              ? "This adapter computes on the processor: the smallest bench takes less than a minute, the largest hours."
              : "Takes well under a minute on most GPUs. Leave the other tabs in peace meanwhile."}
          </span>
        )}
      </div>
    </section>
  );
}

/** What the choices say to a screen reader themselves, for eyes. */
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

/** How the figures are to be read. */
function Reading() {
  return (
    <div class="reading">
      <section class="stack">
        <h2>Why a percentage of the peak</h2>
        <p>
          Milliseconds say how fast your GPU is. How good a kernel is, they do not say: a poor one on a large GPU beats
          a perfect one on a small GPU. So each run first measures what this GPU can do at best, with chains of
          multiply-adds that never leave its registers, and with a copy of more memory than its caches hold. Both come
          in several shapes; the best of them, before or after the layers, is the peak.
        </p>
        <p>
          A layer’s percentage is its GFLOP/s by that peak. It holds for any GPU, in any browser, warm or cold, and
          shows where there is still something to gain. No plain kernel reaches 100 %: it has to fetch its numbers, too.
          Winograd’s form multiplies less than the layer is counted for, and may.
        </p>
      </section>
      <section class="stack">
        <h2>How it is measured</h2>
        <ul>
          <li>
            By the GPU’s own clock where the browser lends it. Browsers round it, Chrome to a tenth of a millisecond, so
            a kernel runs over and over until 10 ms are full, and its time is the average.
          </li>
          <li>On random numbers. On zeros, hardware and caches do less than real work.</li>
          <li>
            {repeats} times each, and the median counts. Other tabs, other programs and a laptop that is hot or saves
            its battery disturb it: run it twice.
          </li>
          <li>
            “Compile” is what the first run took longer. Browsers keep compiled kernels, so the next run shows less.
          </li>
          <li>The whole forward is timed as a caller waits for it, with all that lies between kernels.</li>
          <li>
            Gradients are those by a layer’s input and by its filters, as training takes them, of the generator and of
            the discriminator.
          </li>
          <li>
            “Variant” is the kernel that the engine chose for the layer: rows × columns of its tile a lane, in a
            workgroup of so many lanes.
          </li>
        </ul>
      </section>
    </div>
  );
}
