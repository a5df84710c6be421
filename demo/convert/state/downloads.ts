// Downloads results: one as a file, or all finished ones in a zip.

import { signal } from "@preact/signals";
import { proxy } from "comlink";
import { download } from "../../parts/download.ts";
import { sentenceOf } from "../../parts/sentence.ts";
import type { AnimationFile } from "../api.ts";
import { artName, artNames } from "../names.ts";
import { artOptions } from "../settings.ts";
import { done, type Picture } from "./pictures.ts";
import { say, worker } from "./worker.ts";

/** The progress of encoding an animation or a zip; null if none is being encoded. */
export const packing = signal<number | null>(null);

export async function downloadPng({ id, file }: Picture): Promise<void> {
  try {
    download(await (await worker()).png(id, artOptions.value), artName(file.name));
  } catch (error) {
    say("error", sentenceOf(error));
  }
}

export async function downloadAnimation({ id, file }: Picture, kind: AnimationFile): Promise<void> {
  const stem = artName(file.name).replace(/\.png$/, "");
  packing.value = 0;
  try {
    const onShare = proxy((share: number) => packing.value !== null && (packing.value = share));
    const blob = await (await worker()).animation(id, artOptions.value, kind, stem, onShare);
    download(blob, `${stem}.${kind === "sheet" ? "zip" : kind}`);
  } catch (error) {
    say("error", sentenceOf(error));
  } finally {
    packing.value = null;
  }
}

/** Downloads all finished pictures as one zip. */
export async function downloadZip(): Promise<void> {
  const names = artNames(done.value.map(({ file }) => file.name));
  const entries = done.value.map(({ id }, i) => ({ id, name: names[i] }));
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
