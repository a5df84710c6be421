// Downloads results: one as a file, or all finished ones in a zip.

import { signal } from "@preact/signals";
import { proxy } from "comlink";
import { download } from "../../parts/download.ts";
import { sentenceOf } from "../../parts/sentence.ts";
import type { AnimationFile, SavedPicture } from "../api.ts";
import { artName, artNames, numberedNames } from "../names.ts";
import { artOptions } from "../settings.ts";
import { done, timingOf, type Picture } from "./pictures.ts";
import { say, worker } from "./worker.ts";

/** The progress of encoding an animation or a zip; null if none is being encoded. */
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

/** The names of the frames' own files, or else the animation's name with numbers. */
function frameNamesOf(picture: Picture): readonly string[] {
  if (picture.files.length > 1) return artNames(picture.files.map(({ name }) => name));
  return numberedNames(picture.name, timingOf(picture)!.delays.length);
}

/** Downloads all finished pictures as one zip. */
export async function downloadZip(): Promise<void> {
  const names = artNames(done.value.map(({ name }) => name));
  const entries = done.value.map((picture, i) => savedAs(picture, names[i]));
  packing.value = 0;
  try {
    // Progress arrives on a separate port, sometimes after the zip itself.
    const onShare = proxy((share: number) => packing.value !== null && (packing.value = share));
    download(await (await worker()).zip(entries, artOptions.value, onShare), "pixel-art.zip");
  } catch (error) {
    say("error", sentenceOf(error));
  } finally {
    packing.value = null;
  }
}
