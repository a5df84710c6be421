// Plays the animation on the stage. Both sides show the same frame, so before and after stay in
// step.

import { computed, effect, signal } from "@preact/signals";
import { momentAfter, shownFor, steppedBy, type Moment } from "../stage/playback.ts";
import { selected, timingOf } from "./pictures.ts";
import { cameraHasStage, scene } from "./scene.ts";

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

const moment = signal<Moment>({ frame: 0, plays: 0 });
export const frame = computed(() => moment.value.frame);
export const isPlaying = signal(false);

/** The timing of the animation on the stage; undefined if there is none. */
export const timing = computed(() => {
  const picture = selected.value;
  if (!picture || cameraHasStage.value || scene.value?.id !== picture.id) return undefined;
  const known = timingOf(picture);
  return known && known.delays.length > 1 && scene.value.before.length > 1 ? known : undefined;
});

/** With reduced motion, an animation does not start by itself. */
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

/** Starts again from the first frame if the animation has ended. */
export function play(): void {
  const now = timing.value;
  if (!now) return;
  if (!momentAfter(moment.value, now)) moment.value = { frame: 0, plays: 0 };
  isPlaying.value = true;
}

export function pause(): void {
  isPlaying.value = false;
}

/** Shows a frame and pauses. */
export function showFrame(place: number): void {
  isPlaying.value = false;
  moment.value = { frame: place, plays: 0 };
}

export function step(by: number): void {
  if (timing.value) showFrame(steppedBy(frame.value, by, timing.value.delays.length));
}
