// The start of training: the existing runs, and the form for a new one.

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
        <h1 tabIndex={-1}>Train your own networks</h1>
        <p class="faint">
          You need two sets of pictures, which need not match. One network learns to turn A into B, the other B into A,
          and each checks the other. Training runs in this tab and is saved in this browser: a reload or a crash costs
          two minutes of work at most.
        </p>
      </header>
      <Trouble />
      {runs === null ? <p class="faint">Looking for runs in this browser…</p> : <Beginnings runs={runs} />}
    </>
  );
}

/** Appears in one piece once the runs are listed, so that nothing moves afterwards. */
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
          <h2 id="new-title">New run</h2>
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
      label="Import run: a run that was exported"
      accept=".zip,application/zip"
      onFiles={([file]) => void session.importRun(file)}
    >
      Import run
    </PickFiles>
  );
}

function NewRunForm() {
  return (
    <>
      <Segmented
        label="Pictures"
        value={newRun.source.value}
        choices={[
          { value: "samples", text: "Sample set" },
          { value: "own", text: "My own pictures" },
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

/** Recommends a preset for a slow GPU or a CPU, with the time that it takes. */
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
        {adapter.name} {adapter.software ? "runs on the CPU, without a GPU" : "is slow for training"}.{" "}
        {tiny === null
          ? `Choose the tiny preset.${hasPictures ? " Measuring how long it takes…" : ""}`
          : `Choose the tiny preset: with these pictures it takes about ${durationText(tiny)}.`}
        {paper !== null && ` The paper's preset would take about ${durationText(paper)}.`}
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
        label="Run name"
        value={newRun.name.value}
        onInput={(name) => (newRun.name.value = name)}
        problem={taken ? "A run with this name exists. Continue it, or choose another name." : undefined}
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
