// All layers of the walk in a row, each with a channel and its share of the time.

import { useEffect, useRef } from "preact/hooks";
import { Picture } from "../../parts/display.tsx";
import type { Walk } from "../api.ts";
import { FieldPicture } from "../canvas.tsx";
import * as state from "../state.ts";
import { layerWords, timeShareText } from "../words.ts";

export function Strip({ walk, onGo }: { walk: Walk; onGo: (index: number) => void }) {
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
          aria-label={`${layer.name}, ${layerWords(layer).title}, ${timeShareText(layer, walk)} of the time`}
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
