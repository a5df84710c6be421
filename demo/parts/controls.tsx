// Buttons, sliders, choices and fields. Each is the browser's own element with a label tied to it,
// so keyboards and screen readers work.

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  readonly look?: "plain" | "primary" | "quiet" | "danger";
  readonly small?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  /** Says what it does, if its content does not. */
  readonly label?: string;
  readonly pressed?: boolean;
}

export function Button({ children, onClick, look = "plain", small, disabled, label, pressed }: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${look} ${small ? "small" : ""}`}
      onClick={onClick}
      disabled={disabled}
      aria-label={label}
      aria-pressed={pressed}
    >
      {children}
    </button>
  );
}

export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly step?: number;
  readonly onInput: (value: number) => void;
  /** Formats the value, on screen and for screen readers. */
  readonly text?: (value: number) => string;
  readonly hint?: string | undefined;
  readonly disabled?: boolean | undefined;
}

export function Slider({ label, value, least, most, step = 1, onInput, text = String, hint, disabled }: SliderProps) {
  const id = useId();
  return (
    <div class="field">
      <span class="label">
        <label for={id}>{label}</label>
        <output for={id}>{text(value)}</output>
      </span>
      <input
        id={id}
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        disabled={disabled}
        aria-valuetext={text(value)}
        onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
      />
      {hint && <span class="hint">{hint}</span>}
    </div>
  );
}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly text: string;
}

export interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChoose: (value: Value) => void;
  readonly hint?: string | undefined;
  readonly disabled?: boolean | undefined;
}

/** A choice of one out of many: a list that opens. */
export function Select<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, choices, onChoose, hint, disabled } = props;
  const id = useId();
  return (
    <div class="field">
      <span class="label">
        <label for={id}>{label}</label>
      </span>
      <select
        id={id}
        value={value}
        disabled={disabled}
        onChange={(event) => onChoose(event.currentTarget.value as Value)}
      >
        {choices.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {hint && <span class="hint">{hint}</span>}
    </div>
  );
}

/** A choice of one out of few, which are all visible. */
export function Segmented<Value extends string>({ label, value, choices, onChoose, disabled }: ChoiceProps<Value>) {
  const name = useId();
  return (
    <fieldset class="segmented" disabled={disabled}>
      <legend class="unseen">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value}>
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChoose(choice.value)}
          />
          {choice.text}
        </label>
      ))}
    </fieldset>
  );
}

export interface CheckProps {
  readonly label: ComponentChildren;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean | undefined;
}

export function Check({ label, checked, onChange, disabled }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}

export interface TextFieldProps {
  readonly label: ComponentChildren;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: ComponentChildren | undefined;
  /** Why the value is invalid. */
  readonly problem?: string | undefined;
  readonly numeric?: boolean;
  readonly disabled?: boolean | undefined;
}

export function TextField({ label, value, onInput, hint, problem, numeric, disabled }: TextFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <span class="label">
        <label for={id}>{label}</label>
      </span>
      <input
        id={id}
        type="text"
        inputMode={numeric ? "decimal" : undefined}
        value={value}
        disabled={disabled}
        aria-invalid={problem !== undefined}
        aria-describedby={hint || problem ? `${id}-hint` : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {(hint || problem) && (
        <span class="hint" id={`${id}-hint`}>
          {problem ?? hint}
        </span>
      )}
    </div>
  );
}
