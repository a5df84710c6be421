// Where training begins: the runs that are there, and a new one.

import { Button, Segmented, TextField } from "../../parts/controls.tsx";
import { Notice } from "../../parts/display.tsx";
import { PickFiles } from "../../parts/pick-files.tsx";
import { gpu } from "../../parts/shell-state.ts";
import { durationText } from "../../parts/words.ts";
import type { RunListing } from "../api.ts";
import { Sentence } from "../sentence.tsx";
import { newRun, session } from "../state.ts";
import { Trouble } from "../trouble.tsx";
import { wholeText } from "../words.ts";
import { OptionFields } from "./option-fields.tsx";
import { PresetCards } from "./preset-cards.tsx";
import { presetOf, stepsOf } from "./presets.ts";
import { RunList } from "./run-list.tsx";
import { SidePictures } from "./side-pictures.tsx";

export function Start() {
  const runs = session.runs.value;
  return (
    <>
      <header>
        <h1 tabIndex={-1}>Train networks of your own</h1>
        <p class="faint">
          Two heaps of pictures that need not match. One network learns to make B of A, the other A of B, and each keeps
          the other honest. It happens in this tab and is saved in this browser, so a reload or a crash costs two
          minutes of work at most, not the run.
        </p>
      </header>
      <Trouble />
      {runs === null ? <p class="faint">Looking for runs in this browser …</p> : <Beginnings runs={runs} />}
    </>
  );
}

/** All at once, when it is known what there is: nothing moves under a visitor's hand. */
function Beginnings({ runs }: { readonly runs: readonly RunListing[] }) {
  return (
    <>
      {runs.length > 0 && (
        <section class="stack" aria-labelledby="runs-title">
          <div class="row">
            <h2 id="runs-title">Runs in this browser</h2>
            <ImportRun />
          </div>
          <RunList runs={runs} />
        </section>
      )}
      <section class="stack" aria-labelledby="new-title">
        <div class="row">
          <h2 id="new-title">A new run</h2>
          {runs.length === 0 && <ImportRun />}
        </div>
        <NewRunForm />
      </section>
    </>
  );
}

function ImportRun() {
  return (
    <PickFiles
      small
      label="Import a run that was exported"
      accept=".zip,application/zip"
      onFiles={([file]) => void session.importRun(file)}
    >
      Import a run
    </PickFiles>
  );
}

function NewRunForm() {
  return (
    <>
      <Segmented
        label="Which pictures"
        value={newRun.source.value}
        choices={[
          { value: "samples", text: "The sample set" },
          { value: "own", text: "Pictures of my own" },
        ]}
        onChoose={(source) => (newRun.source.value = source)}
      />
      <div class="sides">
        <SidePictures side="A" />
        <SidePictures side="B" />
      </div>
      <WeakAdapter />
      <PresetCards />
      <OptionFields />
      <Begin />
    </>
  );
}

/** Where a GPU is missing, or slow: what is sensible here, and how long that takes. */
function WeakAdapter() {
  const adapter = gpu.value.state === "there" ? gpu.value.adapter : null;
  const tiny = newRun.seconds(presetOf("tiny").options);
  const paper = newRun.seconds(presetOf("paper").options);
  const { counts } = newRun;
  const hasPictures = counts.value !== null && Math.max(counts.value.A, counts.value.B) > 0;
  const isSlow = paper !== null && paper > 7 * 86400;
  if (!adapter || !(adapter.software || isSlow)) return null;
  return (
    <div class="weak-adapter">
      <Notice tone="warning">
        {adapter.name} {adapter.software ? "computes on the processor, without a GPU" : "is not made for this"}.{" "}
        {tiny === null
          ? `Take the tiny preset.${hasPictures ? " How long that takes here is being measured …" : ""}`
          : `Take the tiny preset: on these pictures it takes about ${durationText(tiny)}.`}
        {paper !== null && ` The paper's would take about ${durationText(paper)}.`}
      </Notice>
    </div>
  );
}

function Begin() {
  const { missing, reading, counts } = newRun;
  const { options } = reading.value;
  const begin = () => {
    if (options) void session.begin(newRun.name.value.trim(), options, newRun.pictures);
  };
  const taken = session.runs.value?.some(({ name }) => name === newRun.name.value.trim());
  const cost = options && newRun.cost(options);
  const seconds = cost && !(cost instanceof Error) ? cost.seconds : null;
  return (
    <div class="begin panel">
      <TextField
        label="Name of the run"
        value={newRun.name.value}
        onInput={(name) => (newRun.name.value = name)}
        problem={taken ? "There is a run of this name. Continue that one, or give another name." : undefined}
      />
      <p class="number begin-words" role="status">
        {missing.value !== null ? (
          <Sentence>{missing.value}</Sentence>
        ) : (
          options && counts.value && wholeText(stepsOf(options, counts.value), seconds)
        )}
      </p>
      <Button look="primary" disabled={missing.value !== null || taken || !counts.value} onClick={begin}>
        Start training
      </Button>
    </div>
  );
}
