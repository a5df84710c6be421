// The visitor's pictures as a strip of thumbnails with their progress. The selected one is on the
// stage.

import { useEffect, useRef } from "preact/hooks";
import { Button } from "../parts/controls.tsx";
import { ProgressBar } from "../parts/display.tsx";
import { PickFiles } from "../parts/pick-files.tsx";
import { durationText, plural } from "../parts/words.ts";
import { startCamera, stopCamera } from "./camera.ts";
import { pictureTypes } from "./inputs.tsx";
import { OwnGridOffer } from "./own-grid.tsx";
import { SequenceChoice } from "./sequence.tsx";
import { downloadZip, packing } from "./state/downloads.ts";
import { again, queue, progress } from "./state/drawing.ts";
import { done, isAnimated, pictures, selectedId, timingOf, type Picture, type PictureState } from "./state/pictures.ts";
import { cameraHasStage } from "./state/scene.ts";
import { remove, removeAll, select, take } from "./state/take.ts";

export function Pictures() {
  if (pictures.value.length === 0 && !cameraHasStage.value) return null;
  return (
    <section class="pictures" aria-label="Your pictures">
      <OwnGridOffer />
      <div class="row">
        <PickFiles small multiple accept={pictureTypes} onFiles={take}>
          Add pictures
        </PickFiles>
        {cameraHasStage.value ? (
          <Button small onClick={stopCamera}>
            Stop webcam
          </Button>
        ) : (
          <Button small onClick={() => void startCamera()}>
            Use webcam
          </Button>
        )}
        {pictures.value.length > 0 && (
          <Button small look="quiet" onClick={removeAll}>
            {pictures.value.length === 1 ? "Remove picture" : "Remove all"}
          </Button>
        )}
        <Zip />
      </div>
      <SequenceChoice />
      <Batch />
      {pictures.value.length > 0 && (
        <ul class="strip">
          {pictures.value.map((picture) => (
            <Tile key={picture.id} picture={picture} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Zip() {
  const count = done.value.length;
  if (pictures.value.length < 2) return null;
  if (packing.value !== null) return <span class="small">Packing {Math.round(100 * packing.value)} %</span>;
  return (
    <Button small look="primary" disabled={count === 0} onClick={() => void downloadZip()}>
      Download {count > 0 && plural(count, done.value.some(isAnimated) ? "file" : "PNG")} as zip
    </Button>
  );
}

/** The progress of a batch. The stage shows the progress of a single picture. */
function Batch() {
  const now = progress.value;
  if (!now || now.total < 2) return null;
  const left = now.secondsLeft === null ? "" : `, about ${durationText(now.secondsLeft)} left`;
  return (
    <div class="batch" role="group" aria-label="Batch">
      <span class="number">
        {now.ended} of {now.total} done{left}
      </span>
      <ProgressBar share={now.share} label="Batch progress" />
      <Button small onClick={queue.cancel}>
        Cancel
      </Button>
    </div>
  );
}

function Tile({ picture }: { readonly picture: Picture }) {
  const state = picture.state.value;
  const { name } = picture;
  const isSelected = selectedId.value === picture.id && !cameraHasStage.value;
  const length = isAnimated(picture) ? `${timingOf(picture)!.delays.length} frames` : "";
  return (
    <li class="tile" data-state={state.kind}>
      <button
        type="button"
        class="look-at"
        aria-pressed={isSelected}
        aria-label={`${name}${length && `, ${length}`}: ${wordsOf(state)}`}
        title={state.kind === "failed" ? state.sentence : name}
        onClick={() => {
          stopCamera();
          select(picture);
          if (state.kind === "cancelled" || state.kind === "failed") again(picture);
        }}
      >
        <Thumbnail bitmap={picture.thumbnail.value ?? picture.source.value?.thumbnail ?? null} />
        <span class="state">{state.kind === "done" ? "" : wordsOf(state)}</span>
        {state.kind === "working" && <ProgressBar share={state.share} label={`${name}: progress`} />}
      </button>
      {length && (
        <span class="length" aria-hidden="true">
          {length}
        </span>
      )}
      <span class="name">{name}</span>
      <button type="button" class="remove" aria-label={`Remove ${name}`} onClick={() => remove(picture)}>
        ✕
      </button>
    </li>
  );
}

function wordsOf(state: PictureState): string {
  switch (state.kind) {
    case "waiting":
      return "waiting";
    case "working":
      return state.share === null ? "starting" : `${Math.round(100 * state.share)} %`;
    case "done":
      return "done";
    case "failed":
      return "failed";
    case "cancelled":
      return "stopped";
  }
}

function Thumbnail({ bitmap }: { readonly bitmap: ImageBitmap | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !bitmap?.width) return; // a closed bitmap has no width
    context.canvas.width = bitmap.width;
    context.canvas.height = bitmap.height;
    context.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return <canvas ref={canvas} class="pixelated" width={4} height={3} />;
}
