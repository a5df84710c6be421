// The visitor's pictures and their states.

import { computed, signal, type Signal } from "@preact/signals";
import type { OwnGrid, Timing } from "../../parts/grid-api.ts";
import type { SourcePicture } from "../api.ts";

export interface Picture {
  readonly id: number;
  readonly file: File;
  readonly state: Signal<PictureState>;
  /** Null until the picture is read. */
  readonly source: Signal<SourcePicture | null>;
  /** The seconds that the network took; null until it has drawn the picture. */
  readonly painted: Signal<number | null>;
  /** The grid that the picture already has; null until it was checked. */
  readonly finding: Signal<OwnGrid | null>;
  /** Whether the picture is snapped to its own grid instead of converted. */
  readonly isOnGrid: Signal<boolean>;
  /** A small version of the art. */
  readonly thumbnail: Signal<ImageBitmap | null>;
}

export type PictureState =
  | { readonly kind: "waiting" }
  /** It is being read, drawn by the network, or snapped to its own grid. */
  | { readonly kind: "working"; readonly share: number | null }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly sentence: string }
  | { readonly kind: "cancelled" };

export const pictures = signal<readonly Picture[]>([]);
export const selectedId = signal<number | null>(null);
export const selected = computed(() => pictures.value.find(({ id }) => id === selectedId.value) ?? null);
/** The picture that is being snapped to its own grid. */
export const snapping = signal<Picture | undefined>(undefined);
export const done = computed(() => pictures.value.filter(({ state }) => state.value.kind === "done"));

/** The timing of a picture, once either worker has read its file. */
export function timingOf({ source, finding }: Picture): Timing | undefined {
  return source.value?.timing ?? finding.value?.timing;
}

export function isAnimated(picture: Picture): boolean {
  return (timingOf(picture)?.delays.length ?? 1) > 1;
}
