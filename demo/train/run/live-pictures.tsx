// What the networks make of the pictures of a step: there and back, from either side. Their places are there before they are.

import { sampleCaptions, type SampleLabel } from "../../../src/train/step/sample-pictures.ts";
import { Picture } from "../../parts/display.tsx";
import { countText } from "../../parts/words.ts";
import { session } from "../state.ts";

const directions: readonly { readonly title: string; readonly labels: readonly SampleLabel[] }[] = [
  { title: "A to B and back", labels: ["real_A", "fake_B", "rec_A", "idt_B"] },
  { title: "B to A and back", labels: ["real_B", "fake_A", "rec_B", "idt_A"] },
];

export function LivePictures() {
  const step = session.picturesStep.value;
  return (
    <section class="live" aria-label="What the networks make">
      {directions.map(({ title, labels }) => (
        <div key={title} class="live-row" role="group" aria-label={title}>
          {labels.map((label) => (
            <LivePicture key={label} label={label} />
          ))}
        </div>
      ))}
      <p class="small faint number">
        {step === null ? "The first pictures come with the first steps." : `At step ${countText(step)}`}
      </p>
    </section>
  );
}

/** Follows its own signal alone: seven others need not be drawn again. */
function LivePicture({ label }: { readonly label: SampleLabel }) {
  const picture = session.pictures.value[label] ?? null;
  return (
    <figure class={label.startsWith("idt") ? "identity" : undefined}>
      <Picture picture={picture} label={`${label}: ${sampleCaptions[label]}`} />
      <figcaption>
        <code>{label}</code> {sampleCaptions[label]}
      </figcaption>
    </figure>
  );
}
