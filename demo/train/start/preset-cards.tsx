// The presets, each with a description and, once the worker has planned it, its cost.

import { useId } from "preact/hooks";
import { Sentence } from "../sentence.tsx";
import { newRun } from "../state.ts";
import { costText, wholeText } from "../words.ts";
import { presets, stepsOf, type Preset } from "./presets.ts";

export function PresetCards() {
  const name = useId();
  return (
    <fieldset class="presets">
      <legend>
        <h3>Preset</h3>
      </legend>
      {presets.map((preset) => (
        <label key={preset.name} class="panel preset">
          <input
            type="radio"
            name={name}
            value={preset.name}
            checked={newRun.preset.value === preset.name}
            onChange={() => newRun.choosePreset(preset.name)}
          />
          <strong>{preset.title}</strong>
          <span>{preset.words}</span>
          <Price preset={preset} />
        </label>
      ))}
    </fieldset>
  );
}

function Price({ preset: { options } }: { readonly preset: Preset }) {
  const cost = newRun.cost(options);
  const counts = newRun.counts.value;
  if (!cost) return <span class="small faint price">Planning a step…</span>;
  if (cost instanceof Error || cost.refusal !== null) {
    return (
      <span class="small price refusal">
        <Sentence>{cost instanceof Error ? cost.message : cost.refusal!}</Sentence>
      </span>
    );
  }
  return (
    <span class="small faint number price">
      {costText(cost)}
      {counts && Math.max(counts.A, counts.B) > 0 && (
        <>
          <br />
          {wholeText(stepsOf(options, counts), cost.seconds)}
        </>
      )}
    </span>
  );
}
