// Results as files: one as a PNG, or all that are done in one zip.

import { signal } from "@preact/signals";
import { proxy } from "comlink";
import { download } from "../../parts/download.ts";
import { sentenceOf } from "../../parts/sentence.ts";
import type { AnimationFile, SavedPicture } from "../api.ts";
import { artName, artNames, numberedNames } from "../names.ts";
import { artOptions } from "../settings.ts";
import { done, timingOf, type Picture } from "./pictures.ts";
import { say, worker } from "./worker.ts";

/** The share of a zip, or of an animation, that is being packed. */
export const packing = signal<number | null>(null);

export async function downloadPng({ id, name }: Picture): Promise<void> {
  try {
    download(await (await worker()).png(id, artOptions.value), artName(name));
  } catch (error) {
    say("error", sentenceOf(error));
  }
}

export async function downloadAnimation(picture: Picture, kind: AnimationFile): Promise<void> {
  const saved = savedAs(picture, artName(picture.name));
  packing.value = 0;
  try {
    const onShare = proxy((share: number) => packing.value !== null && (packing.value = share));
    const remote = await worker();
    const blob = await remote.animation(saved, artOptions.value, kind, frameNamesOf(picture), onShare);
    download(blob, saved.name.replace(/png$/, kind === "sheet" || kind === "frames" ? "zip" : kind));
  } catch (error) {
    say("error", sentenceOf(error));
  } finally {
    packing.value = null;
  }
}

function savedAs({ id, files, delay }: Picture, name: string): SavedPicture {
  return files.length > 1 ? { id, name, delay: delay.value } : { id, name };
}

/** As the frames' own files, or the animation's name and a number. */
function frameNamesOf(picture: Picture): readonly string[] {
  if (picture.files.length > 1) return artNames(picture.files.map(({ name }) => name));
  return numberedNames(picture.name, timingOf(picture)!.delays.length);
}

/** All that are done, as one file. */
export async function downloadZip(): Promise<void> {
  const names = artNames(done.value.map(({ name }) => name));
  const entries = done.value.map((picture, i) => savedAs(picture, names[i]));
  packing.value = 0;
  try {
    // Shares come by a port of their own, the last of them sometimes after the zip.
    const onShare = proxy((share: number) => packing.value !== null && (packing.value = share));
    download(await (await worker()).zip(entries, artOptions.value, onShare), "pixel-art.zip");
  } catch (error) {
    say("error", sentenceOf(error));
  } finally {
    packing.value = null;
  }
}
