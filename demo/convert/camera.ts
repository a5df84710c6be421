// The camera's stream, converted: one frame is under way at a time, the next is taken when it has come back, and frames are as large as the
// GPU keeps up with.

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
  /** Converted frames a second, over the last few. */
  readonly rate: number | null;
}

/** Null while it is off. */
export const camera = signal<CameraState | null>(null);

let stream: MediaStream | undefined;

/** The rate is that of so many frames, so that it can be read. */
const framesOfRate = 8;

export async function startCamera(): Promise<void> {
  if (cameraHasStage.value) return;
  cameraHasStage.value = true;
  // The network has one picture at a time: a batch would hold the frames up.
  queue.cancel();
  try {
    const media = await navigator.mediaDevices.getUserMedia({
      video: { width: { ideal: 1280 }, height: { ideal: 960 }, facingMode: "user" },
    });
    stream = media;
    // Unplugged, or taken away by the visitor.
    media.getVideoTracks()[0].addEventListener("ended", () => {
      if (stream === media) say("warning", "The camera has stopped sending. Start it again to go on.");
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

/** Lets go of the camera; its light goes out. */
export function stopCamera(): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  camera.value = null;
  if (!cameraHasStage.value) return;
  show(null);
  cameraHasStage.value = false;
}

// Whoever chooses a picture wants to see it.
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
    // The first frames of a size pay for its program.
    if (++framesOfSide < 3) continue;
    const next = nextCameraSize(side, seconds, model.value.description.margin);
    if (next !== side) [side, framesOfSide, times.length] = [next, 0, 0];
  }
}

/** As the camera's picture, but no longer than `side`, and of whole cells. */
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
  if (!("mediaDevices" in navigator))
    return "This browser gives a page no camera on this address: use https or localhost.";
  if (name === "NotAllowedError")
    return "The camera was not allowed. Allow it for this page (by the sign beside the address), then start it again.";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "No camera was found on this machine.";
  if (name === "NotReadableError") return "The camera is in use by another program. Close that, then start it again.";
  return sentenceOf(error);
}
