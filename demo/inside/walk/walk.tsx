// The walk: a picture passes through a generator, with the output of every layer.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { checkpointExtensions } from "../../../src/formats/checkpoint/extensions.ts";
import { Button, Segmented, Select } from "../../parts/controls.tsx";
import { Notice } from "../../parts/display.tsx";
import { NetworkChoice } from "../../parts/network-choice.tsx";
import type { OwnFile, Walk } from "../api.ts";
import { FileButton } from "../file-button.tsx";
import { ProgressPlace } from "../progress-place.tsx";
import * as state from "../state.ts";
import { titleOf } from "../words.ts";
import { Layer } from "./layer.tsx";
import { Strip } from "./strip.tsx";

/** How long each layer is shown during playback. */
const playMilliseconds = 900;

export function WalkSection() {
  const { answer, busy, problem } = state.walk.value;
  return (
    <section class="stack" aria-labelledby="walk-title">
      <div class="intro">
        <h2 id="walk-title">A picture passes through the generator</h2>
        <p>
          The generator is a chain of layers, each of which turns a stack of channels into another one. The first layers
          shrink the picture and add channels, the blocks in the middle work at the small size, and the last layers
          enlarge it again. Step through the layers and look at their outputs.
        </p>
      </div>
      <Choices />
      <ProgressPlace busy={busy} />
      {problem && <Notice tone="error">{problem}</Notice>}
      {answer ? <Walked walk={answer} /> : <div class="walk-place" aria-hidden="true" />}
    </section>
  );
}

function Choices() {
  const choices = state.choices.value.answer;
  const walked = state.walk.value.answer;
  const models = choices?.models ?? [];
  const ownModel = typeof state.model.value === "string" ? null : state.model.value.file.name;
  const ownPicture = state.picture.value instanceof File ? state.picture.value.name : null;
  return (
    <div class="choices">
      <div class="with-file">
        <Select
          label="Generator"
          value={ownModel ?? (state.model.value as string)}
          choices={[
            ...(ownModel ? [{ value: ownModel, text: ownModel }] : []),
            ...models.map(({ name }) => ({ value: name, text: name })),
          ]}
          onChoose={(name) => {
            state.model.value = name;
            void state.runWalk();
          }}
        />
        <FileButton
          label="Use your own generator: a .pth or .safetensors file"
          accept={checkpointExtensions}
          onFile={(file) => {
            state.model.value = { file };
            void state.runWalk();
          }}
        />
      </div>
      {walked && ownModel && walked.model.name === ownModel && (
        <NetworkChoice
          networks={walked.model.networks}
          onChoose={(key) => {
            state.model.value = { ...(state.model.value as OwnFile), key };
            void state.runWalk();
          }}
        />
      )}
      <div class="with-file">
        <Select
          label="Picture"
          value={ownPicture ?? (state.picture.value as string)}
          choices={[
            ...(ownPicture ? [{ value: ownPicture, text: ownPicture }] : []),
            ...(choices?.pictures ?? []).map((name) => ({ value: name, text: titleOf(name) })),
          ]}
          onChoose={(name) => choosePicture(name)}
        />
        <FileButton label="Use your own picture" accept="image/*" onFile={choosePicture} />
      </div>
      <div class="field">
        <span class="label">Size in pixels</span>
        <Segmented
          label="Size in pixels"
          value={String(state.side.value)}
          choices={[64, 128, 256].map((side) => ({ value: String(side), text: String(side) }))}
          onChoose={(side) => {
            state.side.value = Number(side);
            void state.runWalk();
          }}
        />
      </div>
    </div>
  );
}

function choosePicture(source: string | File): void {
  state.picture.value = source;
  void state.runWalk();
  // The verdicts show the same picture.
  if (state.judged.value.answer) void state.runJudge();
}

function Walked({ walk }: { walk: Walk }) {
  const playing = useSignal(false);
  const index = state.layerIndex.value;
  const last = walk.layers.length - 1;
  const go = (to: number) => void state.showLayer(Math.min(last, Math.max(0, to)));

  useEffect(() => {
    if (!playing.value) return;
    if (index === last) {
      playing.value = false;
      return;
    }
    const timer = setTimeout(() => go(index + 1), playMilliseconds);
    return () => clearTimeout(timer);
  }, [playing.value, index, walk]);

  return (
    <div class="stack">
      <Strip walk={walk} onGo={go} />
      <div class="row">
        <Button
          look="primary"
          onClick={() => {
            if (!playing.value && index === last) go(0);
            playing.value = !playing.value;
          }}
        >
          {playing.value ? "Pause" : "Play"}
        </Button>
        <Button onClick={() => go(index - 1)} disabled={index === 0} label="Previous layer">
          ←
        </Button>
        <Button onClick={() => go(index + 1)} disabled={index === last} label="Next layer">
          →
        </Button>
        <span class="faint number" aria-live={playing.value ? "off" : "polite"}>
          Layer {index + 1} of {last + 1}
        </span>
        <span class="small faint">The bar under each layer shows its time.</span>
      </div>
      <Layer walk={walk} layer={walk.layers[Math.min(index, last)]} />
    </div>
  );
}
