// The animation on the stage: which frame is shown, and whether it goes on by itself. Before and after are in step, for they are one frame.

import { computed, effect, signal } from "@preact/signals";
import { momentAfter, shownFor, steppedBy, type Moment } from "../playback.ts";
import { selected, timingOf } from "./pictures.ts";
import { cameraHasStage, scene } from "./scene.ts";

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

const moment = signal<Moment>({ frame: 0, plays: 0 });
export const frame = computed(() => moment.value.frame);
export const isPlaying = signal(false);

/** Of the animation on the stage; undefined where there is none. */
export const timing = computed(() => {
  const picture = selected.value;
  if (!picture || cameraHasStage.value || scene.value?.id !== picture.id) return undefined;
  const known = timingOf(picture);
  return known && known.delays.length > 1 && scene.value.before.length > 1 ? known : undefined;
});

/** Whoever asked for less motion starts it himself. */
const shown = computed(() => (timing.value ? selected.value!.id : null));
shown.subscribe((id) => {
  moment.value = { frame: 0, plays: 0 };
  isPlaying.value = id !== null && !stillness.matches;
});

effect(() => {
  const now = timing.value;
  const { frame } = moment.value;
  if (!isPlaying.value || !now) return;
  const next = setTimeout(() => {
    const after = momentAfter(moment.peek(), now);
    if (after) moment.value = after;
    else isPlaying.value = false;
  }, shownFor(now.delays[frame]));
  return () => clearTimeout(next);
});

/** From the beginning where it has come to its end. */
export function play(): void {
  const now = timing.value;
  if (!now) return;
  if (!momentAfter(moment.value, now)) moment.value = { frame: 0, plays: 0 };
  isPlaying.value = true;
}

export function pause(): void {
  isPlaying.value = false;
}

/** Shows a frame, and stays there. */
export function showFrame(place: number): void {
  isPlaying.value = false;
  moment.value = { frame: place, plays: 0 };
}

export function step(by: number): void {
  if (timing.value) showFrame(steppedBy(frame.value, by, timing.value.delays.length));
}
