// The pictures of the visit, and how far each of them is.

import { computed, signal, type Signal } from "@preact/signals";
import type { SourcePicture } from "../api.ts";

export interface Picture {
  readonly id: number;
  readonly file: File;
  readonly state: Signal<PictureState>;
  /** What is known since it was read. */
  readonly source: Signal<SourcePicture | null>;
  /** The art, small. */
  readonly thumbnail: Signal<ImageBitmap | null>;
}

export type PictureState =
  | { readonly kind: "waiting" }
  /** The network is at it, after the picture was read. */
  | { readonly kind: "working"; readonly share: number | null }
  | { readonly kind: "done"; readonly seconds: number }
  | { readonly kind: "failed"; readonly sentence: string }
  | { readonly kind: "cancelled" };

export const pictures = signal<readonly Picture[]>([]);
export const selectedId = signal<number | null>(null);
export const selected = computed(() => pictures.value.find(({ id }) => id === selectedId.value) ?? null);
export const done = computed(() => pictures.value.filter(({ state }) => state.value.kind === "done"));
