// The settings that can be changed while a run trains: the learning rate, and which networks learn.

import { useEffect, useState } from "preact/hooks";
import { Segmented, Slider, TextField } from "../../parts/controls.tsx";
import { session } from "../state.ts";
import { learningRateText } from "../words.ts";

/** The slider's range, as powers of ten. */
const range = { least: -6, most: -2 };

export function Steering() {
  return (
    <section class="panel stack steering" aria-label="Live settings">
      <LearningRate />
      <div class="field">
        <span class="label" aria-hidden="true">
          Train
        </span>
        <Segmented
          label="Train"
          value={session.current.value!.options.learning}
          choices={[
            { value: "both", text: "All" },
            { value: "generators", text: "Generators" },
            { value: "discriminators", text: "Discriminators" },
          ]}
          disabled={!session.isUnderWay}
          onChoose={(learning) => void session.adjust({ learning })}
        />
      </div>
    </section>
  );
}

function LearningRate() {
  const { lr } = session.current.value!.options;
  const [text, setText] = useState(learningRateText(lr));
  // Keeps the typed text as long as it denotes the current rate.
  useEffect(() => {
    if (Number(text) !== lr) setText(learningRateText(lr));
  }, [lr]);
  const actual = session.progress.value?.metrics.learningRate;
  const typed = Number(text);
  const isRate = text.trim() !== "" && Number.isFinite(typed) && typed > 0;
  const isScheduled = actual !== undefined && Math.abs(actual / lr - 1) > 0.005;
  return (
    <div class="learning-rate">
      <Slider
        label="Learning rate"
        value={Math.log10(lr)}
        least={range.least}
        most={range.most}
        step={0.05}
        text={(power) => learningRateText(10 ** power)}
        hint={
          !session.isUnderWay
            ? "You can change it while the run is active."
            : isScheduled
              ? `The schedule has reduced it to ${learningRateText(actual)}.`
              : "Takes effect with the next step."
        }
        disabled={!session.isUnderWay}
        onInput={(power) => void session.adjust({ lr: Number((10 ** power).toPrecision(2)) })}
      />
      <TextField
        label="Exact value"
        value={text}
        numeric
        disabled={!session.isUnderWay}
        problem={isRate ? undefined : "Enter a number above 0, such as 0.0002"}
        onInput={(typed) => {
          setText(typed);
          const rate = Number(typed);
          if (typed.trim() !== "" && Number.isFinite(rate) && rate > 0) void session.adjust({ lr: rate });
        }}
      />
    </div>
  );
}
