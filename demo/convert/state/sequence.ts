// Turns still pictures of the list into the frames of one animation, and back.

import { batch, computed } from "@preact/signals";
import { commonFrameName, compareFrameNames } from "../../../src/picture/frame-sequence.ts";
import { newPicture, pictures, selected, type Picture } from "./pictures.ts";
import { sizeOf } from "./still-size.ts";
import { enter, remove } from "./take.ts";
import { say } from "./worker.ts";

const stills = computed(() => pictures.value.filter((picture) => picture.files.length === 1 && sizeOf(picture)));

/** The still pictures of the same size as the selected one, including it. */
export const alike = computed<readonly Picture[]>(() => {
  const picture = selected.value;
  if (!picture || !stills.value.includes(picture)) return [];
  const { width, height } = sizeOf(picture)!;
  return stills.value.filter((other) => {
    const size = sizeOf(other)!;
    return size.width === width && size.height === height;
  });
});

/** Makes the pictures in `alike` the frames of one animation, in the order of their names. */
export function join(): void {
  const frames = [...alike.value].sort((a, b) => compareFrameNames(pathOf(a), pathOf(b)));
  const others = stills.value.length - frames.length;
  const files = frames.flatMap(({ files }) => files);
  const name = commonFrameName(files.map(({ name }) => name)) || "sequence";
  const sequence = newPicture(name, files, sizeOf(frames[0]));
  exchange(frames, [sequence]);
  if (others > 0)
    say(
      "plain",
      others === 1
        ? "1 picture has another size and stays a picture of its own."
        : `${others} pictures have other sizes and stay pictures of their own.`,
    );
}

/** Makes each frame a picture of its own again. */
export function separate(sequence: Picture): void {
  const size = sequence.stillSize.value;
  exchange(
    [sequence],
    sequence.files.map((file) => newPicture(file.name, [file], size)),
  );
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
