// The walk: a picture passes through a generator, with the output of every layer.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { checkpointExtensions } from "../../src/formats/checkpoint-name.ts";
import { Button, Segmented, Select } from "../parts/controls.tsx";
import { Facts, Notice, Picture, ProgressBar } from "../parts/display.tsx";
import { NetworkChoice } from "../parts/network-choice.tsx";
import { countText, flopsText } from "../parts/words.ts";
import type { LayerInside, OwnFile, Walk, WalkedLayer } from "./api.ts";
import { FieldPicture, Legend } from "./canvas.tsx";
import { Code } from "./code.tsx";
import { FileButton } from "./file-button.tsx";
import { reachOf } from "./pictures.ts";
import * as state from "./state.ts";
import { clockText, layerWords, numberText, shapeText, shareText, timeText } from "./words.ts";

/** How long each layer is shown during playback. */
const playMilliseconds = 900;
/** The number of channels that are shown at first. */
const fewChannels = 32;

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

/** Always takes up its space, so that nothing moves when the bar appears. */
export function ProgressPlace({ busy }: { busy: boolean }) {
  return <div class="progress-place">{busy && <ProgressBar share={null} label="Computing" />}</div>;
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

export function titleOf(file: string): string {
  const words = file.replace(/\.\w+$/, "").replaceAll("-", " ");
  return words[0].toUpperCase() + words.slice(1);
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

function Strip({ walk, onGo }: { walk: Walk; onGo: (index: number) => void }) {
  const strip = useRef<HTMLDivElement>(null);
  const index = state.layerIndex.value;
  const longest = Math.max(...walk.layers.map(({ nanoseconds }) => nanoseconds));
  useEffect(() => {
    // Scroll only the strip, not the page.
    const [box, item] = [strip.current!, strip.current!.querySelector<HTMLElement>("[aria-current=true]")];
    if (item) box.scrollTo({ left: item.offsetLeft - (box.clientWidth - item.offsetWidth) / 2, behavior: "smooth" });
  }, [index]);
  return (
    <div
      class="strip"
      ref={strip}
      role="group"
      aria-label="Layers, from the input to the output. Use the arrow keys to move between them."
      onKeyDown={(event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        const to = Math.min(walk.layers.length - 1, Math.max(0, index + step));
        onGo(to);
        event.currentTarget.querySelectorAll<HTMLElement>("button")[to]?.focus({ preventScroll: true });
      }}
    >
      <div class="strip-end">
        <Picture picture={walk.source} label="Input picture" />
        <span>in</span>
      </div>
      {walk.layers.map((layer, i) => (
        <button
          key={i}
          type="button"
          class="strip-layer"
          tabIndex={i === index ? 0 : -1}
          aria-current={i === index}
          aria-label={`${layer.name}, ${layerWords(layer).title}, ${shareText(shareOf(layer, walk))} of the time`}
          title={`${layer.name}: ${layerWords(layer).title}`}
          onClick={() => onGo(i)}
        >
          <FieldPicture field={layer.thumbnail} reach={Math.max(...layer.thumbnail.values)} label="" />
          <span class="time" style={{ height: `${2 + (26 * layer.nanoseconds) / longest}px` }} />
        </button>
      ))}
      <div class="strip-end">
        <Picture picture={walk.result} label="Output picture" />
        <span>out</span>
      </div>
    </div>
  );
}

function shareOf({ nanoseconds }: WalkedLayer, { layers }: Walk): number {
  return nanoseconds / layers.reduce((sum, layer) => sum + layer.nanoseconds, 0);
}

function Layer({ walk, layer }: { walk: Walk; layer: WalkedLayer }) {
  const { answer, problem } = state.layer.value;
  const { title, text } = layerWords(layer);
  const { spread } = layer;
  const flops = walk.layers.reduce((sum, { flops }) => sum + flops, 0);
  return (
    <div class="stack">
      <div class="layer">
        <div class="stack layer-words">
          <div>
            <h3>{title}</h3>
            <code class="faint">{layer.name}</code>
          </div>
          <p>{text}</p>
          <Facts
            facts={{
              Input: layer.inputShapes.map(shapeText).join(" and "),
              Output: shapeText(layer.outputShape),
              Parameters: layer.parameters ? countText(layer.parameters) : "none",
              Compute: `${flopsText(layer.flops)} (${shareText(layer.flops / flops)})`,
              [clockText(walk.clock, state.choices.value.answer!.adapter.software)]:
                `${timeText(layer.nanoseconds)} (${shareText(shareOf(layer, walk))})`,
              Values: `${numberText(spread.least)} to ${numberText(spread.most)}, mean ${numberText(spread.mean)}`,
              "Exactly 0": shareText(spread.zeros),
            }}
          />
          <p class="small faint">
            Shapes are batch × channels × height × width.{" "}
            {walk.clock === "CPU" &&
              "This adapter has no timestamps, so each dispatch is timed on the CPU, which includes the cost of a submit. "}
            Here every layer runs by itself, so that its output can be kept. A normal conversion computes a ReLU
            together with the norm before it.
          </p>
        </div>
        <Channels inside={answer} />
      </div>
      {problem && <Notice tone="error">{problem}</Notice>}
      {answer && <Code key={answer.index} forward={answer.forward} backward={answer.backward} />}
    </div>
  );
}

function Channels({ inside }: { inside: (LayerInside & { index: number }) | null }) {
  const all = useSignal(false);
  const chosen = useSignal(0);
  if (!inside) return <div class="channels-place" aria-hidden="true" />;
  const { channels } = inside;
  const shown = all.value ? channels : channels.slice(0, fewChannels);
  const index = Math.min(chosen.value, channels.length - 1);
  const channel = channels[index];
  return (
    <div class="channels">
      <figure class="channel-large">
        <FieldPicture field={channel} reach={reachOf(channel)} label={`Channel ${index}, enlarged`} />
        <figcaption>
          <Legend reach={reachOf(channel)} signed={channel.least < 0} />
          <span class="small faint number">
            Channel {index}: {numberText(channel.least)} to {numberText(channel.most)}, mean {numberText(channel.mean)}
            {channel.zeros > 0.001 && `, ${shareText(channel.zeros)} zeros`}
          </span>
        </figcaption>
      </figure>
      <div class="stack">
        <div class="channel-grid" role="group" aria-label="Channels">
          {shown.map((each, i) => (
            <button
              key={i}
              type="button"
              aria-pressed={i === index}
              aria-label={`Channel ${i}, ${numberText(each.least)} to ${numberText(each.most)}`}
              onClick={() => (chosen.value = i)}
            >
              <FieldPicture field={each} reach={reachOf(each)} label="" />
            </button>
          ))}
        </div>
        {channels.length > fewChannels && (
          <Button small onClick={() => (all.value = !all.value)}>
            {all.value ? `Show the first ${fewChannels}` : `Show all ${channels.length} channels`}
          </Button>
        )}
        <p class="small faint">Each channel has its own colour scale, so that faint ones are visible too.</p>
      </div>
    </div>
  );
}
