// The choice whether several pictures are the frames of one animation, and their duration.

import { useId, useState } from "preact/hooks";
import { anchors } from "../../src/picture/common-canvas.ts";
import { isDelay, longestDelay } from "../../src/picture/frame-sequence.ts";
import { Check, Select } from "../parts/controls.tsx";
import { selected, type Picture } from "./state/pictures.ts";
import { cameraHasStage } from "./state/scene.ts";
import { alike, join, place, separate } from "./state/sequence.ts";

export function SequenceChoice() {
  const picture = selected.value;
  if (!picture || cameraHasStage.value) return null;
  const isSequence = picture.files.length > 1;
  const count = isSequence ? picture.files.length : alike.value.length;
  if (count < 2) return null;
  return (
    <div class="row sequence">
      <Check
        label={`These ${count} pictures are the frames of one animation`}
        checked={isSequence}
        onChange={() => (isSequence ? separate(picture) : join())}
      />
      {isSequence && <Delay key={picture.id} picture={picture} />}
      {picture.anchor && (
        <Select
          label="Frames of several sizes meet at the"
          value={picture.anchor}
          choices={anchors.map((value) => ({ value, text: value.replace("-", " ") }))}
          onChoose={(anchor) => place(picture, anchor)}
        />
      )}
    </div>
  );
}

function Delay({ picture: { delay } }: { readonly picture: Picture }) {
  const id = useId();
  const [isValid, setValid] = useState(true);
  return (
    <span class="field delay">
      <label for={id}>Milliseconds per frame</label>
      <input
        id={id}
        type="number"
        min={1}
        max={longestDelay}
        step={1}
        value={delay.value}
        aria-invalid={!isValid}
        onInput={({ currentTarget: { valueAsNumber } }) => {
          setValid(isDelay(valueAsNumber));
          if (isDelay(valueAsNumber)) delay.value = valueAsNumber;
        }}
      />
    </span>
  );
}
