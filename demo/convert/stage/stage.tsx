// Compares a picture before and after under a divider. Dragging moves it; the wheel or two fingers
// zoom about the pointer. The canvas has the screen's physical pixels, so that the picture's pixels
// stay crisp.

import { effect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Button } from "../../parts/controls.tsx";
import { frame } from "../state/player.ts";
import { scene } from "../state/scene.ts";
import { StageControl } from "./stage-control.ts";

const step = Math.SQRT2;

export function Stage({ label }: { readonly label: string }) {
  const control = useMemo(() => new StageControl(), []);
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => control.attach(stage.current!, canvas.current!), [control]);
  useEffect(() => effect(() => control.show(scene.value)), [control]);
  useEffect(() => effect(() => control.showFrame(frame.value)), [control]);
  const percent = Math.round(100 * control.divider.value);
  return (
    <div class="stage" ref={stage} data-moved={control.isMoved.value} data-compared={control.isCompared.value}>
      <canvas ref={canvas} role="img" aria-label={label} />
      <span class="tag before" aria-hidden="true">
        Before
      </span>
      <span class="tag after" aria-hidden="true">
        After
      </span>
      <div
        class="divider"
        style={{ left: `${100 * control.divider.value}%` }}
        role="slider"
        tabIndex={0}
        aria-label="Divider between before and after"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={`${percent} % before, ${100 - percent} % after`}
        onPointerDown={control.grabDivider}
        onKeyDown={(event) => {
          const move = { ArrowLeft: -0.02, ArrowRight: 0.02, PageDown: -0.2, PageUp: 0.2, Home: -1, End: 1 }[event.key];
          if (move === undefined) return;
          event.preventDefault();
          control.moveDivider(control.divider.value + move);
        }}
      >
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <path d="M8 4 2 10l6 6zM12 4l6 6-6 6z" fill="currentColor" />
        </svg>
      </div>
      <div class="stage-tools" role="group" aria-label="Zoom">
        <Button small label="Zoom out" onClick={() => control.zoom(1 / step)}>
          −
        </Button>
        <output aria-label="Zoom level">{Math.round(100 * control.percent.value)} %</output>
        <Button small label="Zoom in" onClick={() => control.zoom(step)}>
          +
        </Button>
        <Button small label="Fit the whole picture" onClick={() => control.fit()}>
          Fit
        </Button>
        <Button small label="1:1, one picture pixel per screen pixel" onClick={() => control.actualSize()}>
          1:1
        </Button>
      </div>
    </div>
  );
}
