// The form under "All options", generated from the command line's table.

import { tuneModes } from "../../../src/tuning/modes.ts";
import { Button, Check, Select, TextField } from "../../parts/controls.tsx";
import { Notice } from "../../parts/display.tsx";
import { plural } from "../../parts/words.ts";
import { Sentence } from "../sentence.tsx";
import { newRun } from "../state.ts";
import { changedNames, fieldGroups, type Field } from "./options-form.ts";
import { presetOf } from "./presets.ts";

export function OptionFields() {
  const preset = presetOf(newRun.preset.value);
  const changed = changedNames(newRun.drafts.value, preset.options);
  const { conflict } = newRun.reading.value;
  return (
    <details class="options panel">
      <summary>
        All options
        <span class="small faint">
          {changed.length === 0
            ? "same as the preset"
            : `${plural(changed.length, "option")} changed: ${changed.join(", ")}`}
        </span>
      </summary>
      <p class="small faint">
        The names are those of the command line and of the PyTorch reference. <code>inf</code> means no limit.
      </p>
      {fieldGroups.map(({ title, fields }) => (
        <fieldset key={title}>
          <legend>{title}</legend>
          <div class="fields">
            {fields.map((field) => (
              <OptionField key={field.key} field={field} />
            ))}
          </div>
        </fieldset>
      ))}
      <fieldset>
        <legend>Kernels</legend>
        <div class="fields">
          <Select
            label="tune"
            value={newRun.tune.value}
            choices={tuneModes.map((mode) => ({ value: mode, text: mode }))}
            onChoose={(mode) => (newRun.tune.value = mode)}
            hint="measure the fastest kernels before the first step, for ten seconds at most; auto does on GPUs"
          />
        </div>
      </fieldset>
      {conflict !== null && (
        <Notice tone="error">
          <Sentence>{conflict}</Sentence>
        </Notice>
      )}
      <Button disabled={changed.length === 0} onClick={() => newRun.choosePreset(preset.name)}>
        Reset to preset "{preset.title}"
      </Button>
    </details>
  );
}

function OptionField({ field: { name, key, kind, help } }: { readonly field: Field }) {
  const draft = newRun.drafts.value[key];
  const problem = newRun.reading.value.problems[key];
  const set = (value: string | boolean) => newRun.setOption(key, value);
  if (kind.kind === "flag") {
    return (
      <div class="flag">
        <Check label={<code>{name}</code>} checked={draft === true} onChange={set} />
        <span class="small faint">{help}</span>
      </div>
    );
  }
  if (kind.kind === "choice") {
    const choices = kind.choices.map((choice) => ({ value: choice, text: choice }));
    return <Select label={name} value={String(draft)} choices={choices} onChoose={set} hint={help} />;
  }
  return (
    <TextField
      label={<code>{name}</code>}
      value={String(draft)}
      numeric={kind.kind !== "text"}
      onInput={set}
      hint={help}
      problem={problem}
    />
  );
}
