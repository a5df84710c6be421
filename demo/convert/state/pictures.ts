// The pictures of the visit, and how far each of them is.

import { computed, signal, type Signal } from "@preact/signals";
import type { OwnGrid, Timing } from "../../parts/grid-api.ts";
import type { SourcePicture } from "../api.ts";

export interface Picture {
  readonly id: number;
  readonly file: File;
  readonly state: Signal<PictureState>;
  /** What is known since it was read. */
  readonly source: Signal<SourcePicture | null>;
  /** Seconds that the network took for what it drew; null where it has to draw yet. */
  readonly painted: Signal<number | null>;
  /** What was found of a grid that the picture has already; null before. */
  readonly finding: Signal<OwnGrid | null>;
  /** Whether it goes onto that, and not through the network. */
  readonly isOnGrid: Signal<boolean>;
  /** The art, small. */
  readonly thumbnail: Signal<ImageBitmap | null>;
}

export type PictureState =
  | { readonly kind: "waiting" }
  /** The network is at it, after the picture was read; or it is being brought to its own grid. */
  | { readonly kind: "working"; readonly share: number | null }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly sentence: string }
  | { readonly kind: "cancelled" };

export const pictures = signal<readonly Picture[]>([]);
export const selectedId = signal<number | null>(null);
export const selected = computed(() => pictures.value.find(({ id }) => id === selectedId.value) ?? null);
/** The one that is being taken onto its own grid. */
export const snapping = signal<Picture | undefined>(undefined);
export const done = computed(() => pictures.value.filter(({ state }) => state.value.kind === "done"));

/** Of a picture whose file was looked at, by either worker. */
export function timingOf({ source, finding }: Picture): Timing | undefined {
  return source.value?.timing ?? finding.value?.timing;
}

export function isAnimated(picture: Picture): boolean {
  return (timingOf(picture)?.delays.length ?? 1) > 1;
}
