// Adds, selects and removes pictures. Dropped, pasted or chosen files can also be models and
// palettes.

import { batch } from "@preact/signals";
import { isCheckpointName } from "../../../src/formats/checkpoint/extensions.ts";
import { leftOutSentences, unreadByName } from "../../../src/formats/pictures/picture-choice.ts";
import { isPictureName } from "../../../src/formats/pictures/picture-file.ts";
import { plural } from "../../parts/words.ts";
import { queue } from "./drawing.ts";
import { chooseFile, model } from "./model.ts";
import { look } from "./own-grid.ts";
import { isPaletteName, openPalette } from "./palette-files.ts";
import { newPicture, pictures, selectedId, type Picture } from "./pictures.ts";
import { measure } from "./still-size.ts";
import { say, worker } from "./worker.ts";

/** Accepts any files that were dropped, pasted or chosen: pictures, a model, and a palette. */
export function take(files: readonly File[]): void {
  const checkpoint = files.find(({ name }) => isCheckpointName(name));
  if (checkpoint) void chooseFile(checkpoint);
  // Folders of pictures may contain notes, so a .txt counts as a palette only if it comes alone.
  const palettes = files.filter(({ name }) => isPaletteName(name) && (files.length === 1 || !/\.txt$/i.test(name)));
  if (palettes.length > 0) void openPalette(palettes[0]);
  const others = files.filter((file) => !isCheckpointName(file.name) && !palettes.includes(file));
  // Among several files, those that are not pictures are skipped. A single file is always tried, so
  // that its error is shown.
  const found =
    others.length === 1
      ? others
      : others.filter(
          ({ name, type }) => isPictureName(name) || (type.startsWith("image/") && unreadByName(name) === undefined),
        );
  const unread = others.flatMap((file) => (found.includes(file) ? [] : (unreadByName(file.name) ?? [])));
  const left = others.length - found.length - unread.length;
  const sentences = leftOutSentences(unread);
  if (left > 0)
    sentences.push(
      `${plural(left, "file")} left out: ${left === 1 ? "it is not a picture" : "they are not pictures"}.`,
    );
  if (sentences.length > 0) say("plain", sentences.join(" "));
  addPictures(found);
}

function addPictures(files: readonly File[]): void {
  if (files.length === 0) return;
  const added = files.map((file) => newPicture(file.name, [file]));
  for (const picture of added) void measure(picture);
  enter(added);
}

/** Puts pictures into the list, and shows the first of them. */
export function enter(added: readonly Picture[], place = pictures.value.length): void {
  batch(() => {
    pictures.value = [...pictures.value.slice(0, place), ...added, ...pictures.value.slice(place)];
    selectedId.value = added[0].id;
  });
  if (model.value.kind === "ready") queue.add(added);
  look(added);
}

/** Shows a picture, and moves it to the front of the queue if it is waiting. */
export function select(picture: Picture): void {
  selectedId.value = picture.id;
  if (picture.state.value.kind === "waiting" && model.value.kind === "ready") queue.add([picture], "first");
}

export function remove(picture: Picture): void {
  const place = pictures.value.indexOf(picture);
  queue.remove(picture);
  void worker().then((remote) => remote.forget(picture.id));
  batch(() => {
    pictures.value = pictures.value.filter((other) => other !== picture);
    if (selectedId.value === picture.id) selectedId.value = pictures.value.at(Math.max(0, place - 1))?.id ?? null;
  });
  picture.source.value?.thumbnail.close();
  picture.thumbnail.value?.close();
}

export function removeAll(): void {
  for (const picture of pictures.value) remove(picture);
}
