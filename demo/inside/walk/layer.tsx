// One layer of the walk: its facts, its channels and its code.

import { useSignal } from "@preact/signals";
import { Button } from "../../parts/controls.tsx";
import { Facts, Notice } from "../../parts/display.tsx";
import { countText, flopsText } from "../../parts/words.ts";
import type { LayerInside, Walk, WalkedLayer } from "../api.ts";
import { FieldPicture, Legend } from "../canvas.tsx";
import { Code } from "../code/code.tsx";
import { reachOf } from "../pictures.ts";
import * as state from "../state.ts";
import { clockText, layerWords, numberText, shapeText, shareText, timeShareText, timeText } from "../words.ts";

/** The number of channels that are shown at first. */
const fewChannels = 32;

export function Layer({ walk, layer }: { walk: Walk; layer: WalkedLayer }) {
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
                `${timeText(layer.nanoseconds)} (${timeShareText(layer, walk)})`,
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
