// Converts the camera's stream, one frame at a time: the next frame is taken when the last one is
// done. The frames are as large as the GPU can keep up with.

import { effect, signal } from "@preact/signals";
import { transfer } from "comlink";
import { sentenceOf } from "../parts/sentence.ts";
import { cameraSizes, nextCameraSize } from "./camera-size.ts";
import { artOptions } from "./settings.ts";
import { queue } from "./state/drawing.ts";
import { model } from "./state/model.ts";
import { selectedId } from "./state/pictures.ts";
import { cameraHasStage, show } from "./state/scene.ts";
import { say, worker } from "./state/worker.ts";

export interface CameraState {
  readonly width: number;
  readonly height: number;
  /** Converted frames per second, averaged over the last few; null until known. */
  readonly rate: number | null;
}

/** Null while the camera is off. */
export const camera = signal<CameraState | null>(null);

let stream: MediaStream | undefined;

/** The rate is averaged over this many frames, so that it is readable. */
const framesOfRate = 8;

export async function startCamera(): Promise<void> {
  if (cameraHasStage.value) return;
  cameraHasStage.value = true;
  // The network converts one picture at a time, so a batch would delay the frames.
  queue.cancel();
  try {
    const media = await navigator.mediaDevices.getUserMedia({
      video: { width: { ideal: 1280 }, height: { ideal: 960 }, facingMode: "user" },
    });
    stream = media;
    // Fires if the camera is unplugged, or if the visitor revokes the permission.
    media.getVideoTracks()[0].addEventListener("ended", () => {
      if (stream === media) say("warning", "The camera has stopped. Start it again to continue.");
      stopCamera();
    });
    const video = Object.assign(document.createElement("video"), { srcObject: media, muted: true, playsInline: true });
    await video.play();
    if (cameraHasStage.value) await convertFrames(video);
    else stopCamera();
  } catch (error) {
    stopCamera();
    say("error", cameraSentence(error));
  }
}

/** Releases the camera. */
export function stopCamera(): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  camera.value = null;
  if (!cameraHasStage.value) return;
  show(null);
  cameraHasStage.value = false;
}

// Selecting a picture shows it in place of the camera.
selectedId.subscribe(() => stopCamera());

async function convertFrames(video: HTMLVideoElement): Promise<void> {
  const remote = await worker();
  const running = stream;
  const times: number[] = [];
  let side = cameraSizes[0];
  let framesOfSide = 0;
  while (running && stream === running) {
    if (model.value.kind !== "ready") {
      await untilModelIsReady();
      continue;
    }
    const { width, height } = frameSize(video, side);
    const bitmap = await createImageBitmap(video, {
      resizeWidth: width,
      resizeHeight: height,
      resizeQuality: "medium",
    });
    const { source, art, seconds } = await remote.frame(transfer(bitmap, [bitmap]), artOptions.value);
    if (stream !== running) {
      source.close();
      art.bitmaps.forEach((bitmap) => bitmap.close());
      break;
    }
    show({ id: "camera", before: [source], after: art });
    times.push(performance.now());
    if (times.length > framesOfRate) times.shift();
    const span = times[times.length - 1] - times[0];
    camera.value = { width, height, rate: span > 0 ? (1000 * (times.length - 1)) / span : null };
    // The first frames of a size include preparing its program.
    if (++framesOfSide < 3) continue;
    const next = nextCameraSize(side, seconds, model.value.description.margin);
    if (next !== side) [side, framesOfSide, times.length] = [next, 0, 0];
  }
}

/** The camera's aspect ratio, at most `side` long, in whole cells. */
function frameSize({ videoWidth, videoHeight }: HTMLVideoElement, side: number): { width: number; height: number } {
  const factor = side / Math.max(videoWidth, videoHeight);
  const whole = (pixels: number) => 4 * Math.max(2, Math.round((pixels * factor) / 4));
  return { width: whole(videoWidth), height: whole(videoHeight) };
}

function untilModelIsReady(): Promise<void> {
  return new Promise((resolve) => {
    const dispose = effect(() => {
      if (model.value.kind !== "ready" && stream) return;
      resolve();
      queueMicrotask(() => dispose());
    });
  });
}

function cameraSentence(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (!("mediaDevices" in navigator)) return "Browsers give access to a camera only on https or localhost.";
  if (name === "NotAllowedError")
    return "Access to the camera was denied. Allow it next to the page's address, then start the camera again.";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "No camera was found.";
  if (name === "NotReadableError") return "Another program is using the camera. Close it, then start the camera again.";
  return sentenceOf(error);
}
