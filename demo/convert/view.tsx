// The Convert view: a stage, the settings beside it, the pictures below.

import { useEffect, useState } from "preact/hooks";
import { Button } from "../parts/controls.tsx";
import { Notice, ProgressBar } from "../parts/display.tsx";
import { filesIn } from "../parts/drop-zone.tsx";
import { durationText } from "../parts/words.ts";
import { camera, stopCamera } from "./camera.ts";
import { Inputs } from "./inputs.tsx";
import { Settings } from "./panel/settings-panel.tsx";
import { Pictures } from "./pictures.tsx";
import { Player } from "./stage/player.tsx";
import { Stage } from "./stage/stage.tsx";
import { progress } from "./state/drawing.ts";
import { begin, model } from "./state/model.ts";
import { stop } from "./state/own-grid.ts";
import { selected, snapping, timingOf } from "./state/pictures.ts";
import { pause } from "./state/player.ts";
import { cameraHasStage, scene } from "./state/scene.ts";
import { take } from "./state/take.ts";
import { message } from "./state/worker.ts";

export default function View() {
  useEffect(() => {
    void begin();
    return () => {
      stopCamera();
      pause();
    };
  }, []);
  const isOver = useDropAnywhere();
  return (
    <div class="convert">
      <header>
        <h1>Turn photos into pixel art</h1>
        <p class="faint">A CycleGAN repaints your picture on your own GPU. A grid then turns it into true pixels.</p>
      </header>
      <div class="messages">
        {message.value && (
          <Notice tone={message.value.tone} onClose={() => (message.value = null)}>
            {message.value.sentence}
          </Notice>
        )}
        {model.value.kind === "failed" && <Notice tone="error">{model.value.sentence}</Notice>}
      </div>
      <section class="frame" aria-label="Picture">
        <div class="on-stage">
          {scene.value || selected.value || cameraHasStage.value ? <Stage label={stageLabel()} /> : <Inputs />}
          <Doing />
        </div>
        <Player />
      </section>
      <Pictures />
      <Settings />
      {isOver && (
        <div class="drop-anywhere" aria-hidden="true">
          Drop pictures, a folder, a palette or a model
        </div>
      )}
    </div>
  );
}

function stageLabel(): string {
  if (cameraHasStage.value) return "Camera, before and after";
  const { after } = scene.value ?? {};
  const name = selected.value?.name ?? "";
  return after ? `${name}, before and after` : `${name}, before`;
}

/**
 * The status of the picture on the stage: a line over its lower edge, which moves nothing when it
 * appears.
 */
function Doing() {
  const now = doing();
  if (!now) return null;
  return (
    <div class="doing" data-tone={now.tone} role={now.tone === "error" ? "alert" : "status"}>
      <span>{now.words}</span>
      {now.share !== undefined && <ProgressBar share={now.share} label={now.words} />}
      {now.stop && (
        <Button small onClick={now.stop}>
          Stop
        </Button>
      )}
    </div>
  );
}

interface Work {
  readonly words: string;
  readonly share?: number | null;
  readonly tone?: "error";
  /** For work that may take minutes. */
  readonly stop?: () => void;
}

function doing(): Work | null {
  if (cameraHasStage.value) {
    if (!camera.value) return { words: "Waiting for the camera…", share: null };
    const { width, height, rate } = camera.value;
    return { words: `${width} × ${height} pixels, ${rate === null ? "–" : rate.toFixed(1)} frames per second` };
  }
  const picture = selected.value;
  if (!picture) return null;
  const state = picture.state.value;
  if (state.kind === "failed") return { words: state.sentence, tone: "error" };
  if (state.kind === "cancelled") return { words: "Stopped. Select the picture in the list to start again." };
  if (state.kind === "waiting") {
    return model.value.kind === "loading" ? { words: "Waiting for the model…", share: null } : { words: "Waiting…" };
  }
  if (state.kind !== "working") return null;
  const count = timingOf(picture)?.delays.length ?? 1;
  const stopping = count > 1 ? { stop: () => stop(picture) } : {};
  if (snapping.value === picture) return { words: "Snapping to its grid…", share: state.share, ...stopping };
  if (!picture.source.value) return { words: "Reading the picture…", share: null, ...stopping };
  const left = progress.value?.total === 1 ? progress.value.secondsLeft : null;
  const time = left === null ? "" : ` About ${durationText(left)} left`;
  const what = count > 1 ? ` ${count} frames` : "";
  return { words: `Converting${what}…${time}`, share: state.share, ...stopping };
}

/**
 * Accepts files that are dropped or pasted anywhere on the page.
 *
 * @returns whether files are being dragged over it
 */
function useDropAnywhere(): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    addEventListener(
      "dragover",
      (event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      { signal },
    );
    addEventListener("dragleave", (event) => event.relatedTarget === null && setOver(false), { signal });
    // In the capture phase, since drop zones stop the event.
    addEventListener("drop", () => setOver(false), { signal, capture: true });
    addEventListener(
      "drop",
      (event) => {
        if (!event.dataTransfer || !holdsFiles(event)) return;
        event.preventDefault();
        void filesIn(event.dataTransfer).then(take);
      },
      { signal },
    );
    addEventListener(
      "paste",
      (event) => {
        const files = [...(event.clipboardData?.files ?? [])];
        if (files.length > 0) take(files);
      },
      { signal },
    );
    return () => controller.abort();
  }, []);
  return isOver;
}
