// Turns still pictures of the list into the frames of one animation, and back.

import { batch, computed } from "@preact/signals";
import type { Anchor } from "../../../src/picture/common-canvas.ts";
import { commonFrameName, compareFrameNames, seriesOf } from "../../../src/picture/frame-sequence.ts";
import { newPicture, pictures, selected, type Picture } from "./pictures.ts";
import { measure, sizeOf } from "./still-size.ts";
import { enter, remove } from "./take.ts";
import { say } from "./worker.ts";

const stills = computed(() => pictures.value.filter((picture) => picture.files.length === 1 && sizeOf(picture)));

/**
 * The selected picture, and the still pictures that have its size, or its name but for the numbers:
 * a trimmed figure's frames have several sizes.
 */
export const alike = computed<readonly Picture[]>(() => {
  const picture = selected.value;
  if (!picture || !stills.value.includes(picture)) return [];
  const series = seriesOf(pathOf(picture));
  return stills.value.filter(
    (other) => haveOneSize([picture, other]) || (series !== undefined && seriesOf(pathOf(other)) === series),
  );
});

function haveOneSize(those: readonly Picture[]): boolean {
  const [first, ...others] = those.map((picture) => sizeOf(picture)!);
  return others.every(({ width, height }) => width === first.width && height === first.height);
}

/** Makes the pictures in `alike` the frames of one animation, in the order of their names. */
export function join(): void {
  const frames = [...alike.value].sort((a, b) => compareFrameNames(pathOf(a), pathOf(b)));
  const others = stills.value.length - frames.length;
  const files = frames.flatMap(({ files }) => files);
  const name = commonFrameName(files.map(({ name }) => name)) || "sequence";
  exchange(frames, [newPicture(name, files, { anchor: haveOneSize(frames) ? undefined : "bottom" })]);
  if (others > 0)
    say(
      "plain",
      `${others === 1 ? "1 picture has another size and stays a picture of its own" : `${others} pictures have other sizes and stay pictures of their own`}. ` +
        "Frames of several sizes need one name with numbers, such as walk-1.png and walk-2.png.",
    );
}

/** Lets the frames of several sizes meet elsewhere on their canvas. */
export function place(sequence: Picture, anchor: Anchor): void {
  const { name, files, delay } = sequence;
  exchange([sequence], [newPicture(name, files, { delay: delay.value, anchor })]);
}

/** Makes each frame a picture of its own again. */
export function separate(sequence: Picture): void {
  const separated = sequence.files.map((file) => newPicture(file.name, [file]));
  for (const picture of separated) void measure(picture);
  exchange([sequence], separated);
}

function exchange(old: readonly Picture[], next: readonly Picture[]): void {
  const place = Math.min(...old.map((picture) => pictures.value.indexOf(picture)));
  batch(() => {
    for (const picture of old) remove(picture);
    enter(next, place);
  });
}

/** Files of a chosen folder are sorted by their paths. */
function pathOf({ files: [file] }: Picture): string {
  return file.webkitRelativePath || file.name;
}
