// The controls of an animation: play and pause, single steps, and a slider over all frames.

import type { ComponentChildren } from "preact";
import { Button } from "../../parts/controls.tsx";
import { frame, isPlaying, pause, play, showFrame, step, timing } from "../state/player.ts";
import { shownFor } from "./playback.ts";

export function Player() {
  const now = timing.value;
  if (!now) return null;
  const count = now.delays.length;
  const place = frame.value;
  const words = `Frame ${place + 1} of ${count}`;
  return (
    <div class="player" role="group" aria-label="Animation">
      <Button small label={isPlaying.value ? "Pause" : "Play"} onClick={isPlaying.value ? pause : play}>
        <Sign>{isPlaying.value ? <path d="M5 3h4v14H5zM11 3h4v14h-4z" /> : <path d="m5 3 12 7-12 7z" />}</Sign>
      </Button>
      <Button small label="Previous frame" onClick={() => step(-1)}>
        <Sign>
          <path d="M5 3h3v14H5zM17 3v14L8 10z" />
        </Sign>
      </Button>
      <Button small label="Next frame" onClick={() => step(1)}>
        <Sign>
          <path d="M12 3h3v14h-3zM3 3l9 7-9 7z" />
        </Sign>
      </Button>
      <input
        type="range"
        min={1}
        max={count}
        value={place + 1}
        aria-label="Frame"
        aria-valuetext={`${words}, ${shownFor(now.delays[place])} milliseconds`}
        onInput={({ currentTarget }) => showFrame(currentTarget.valueAsNumber - 1)}
      />
      {/* Not a live region: it changes many times a second. */}
      <span class="number" title={words}>
        {place + 1} / {count}
      </span>
    </div>
  );
}

function Sign({ children }: { readonly children: ComponentChildren }) {
  return (
    <svg viewBox="0 0 20 20" width="14" height="14" fill="currentColor" aria-hidden="true">
      {children}
    </svg>
  );
}
