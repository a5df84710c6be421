// The networks' output for the pictures of a step, in both directions. The layout reserves their
// space before they arrive.

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
    <section class="live" aria-label="Sample pictures">
      {directions.map(({ title, labels }) => (
        <div key={title} class="live-row" role="group" aria-label={title}>
          {labels.map((label) => (
            <LivePicture key={label} label={label} />
          ))}
        </div>
      ))}
      <p class="small faint number">
        {step === null ? "The first pictures appear after the first steps." : `Step ${countText(step)}`}
      </p>
    </section>
  );
}

/** Reads its picture itself, so that a change redraws only this one and not the other seven. */
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
