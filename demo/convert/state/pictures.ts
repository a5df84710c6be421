// The pictures of the visit, and how far each of them is.

import { computed, signal, type Signal } from "@preact/signals";
import { usualDelay } from "../../../src/data/frame-sequence.ts";
import type { Size } from "../../../src/data/preprocess.ts";
import type { OwnGrid, Timing } from "../../parts/grid-api.ts";
import type { PictureFiles } from "../../parts/picture-files.ts";
import type { SourcePicture } from "../api.ts";

export interface Picture {
  readonly id: number;
  readonly name: string;
  /** Several are the frames of one animation, in order. */
  readonly files: readonly File[];
  /** Milliseconds of each frame, where there are several files. */
  readonly delay: Signal<number>;
  /** Pixels of still pictures, by their files' headers; null of others, and before these are read. */
  readonly stillSize: Signal<Size | null>;
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

let nextId = 1;

/** @param files one, or the frames of one animation, in order */
export function newPicture(name: string, files: readonly File[], size: Size | null = null): Picture {
  return {
    id: nextId++,
    name,
    files,
    delay: signal(usualDelay),
    stillSize: signal(size),
    state: signal<PictureState>({ kind: "waiting" }),
    source: signal(null),
    painted: signal(null),
    finding: signal(null),
    isOnGrid: signal(false),
    thumbnail: signal(null),
  };
}

export const pictures = signal<readonly Picture[]>([]);
export const selectedId = signal<number | null>(null);
export const selected = computed(() => pictures.value.find(({ id }) => id === selectedId.value) ?? null);
/** The one that is being taken onto its own grid. */
export const snapping = signal<Picture | undefined>(undefined);
export const done = computed(() => pictures.value.filter(({ state }) => state.value.kind === "done"));

/** Of the frames that are its files; of an animation's file after it was looked at, by either worker. */
export function timingOf({ files, delay, source, finding }: Picture): Timing | undefined {
  if (files.length > 1) return { delays: files.map(() => delay.value), loops: 0 };
  return source.value?.timing ?? finding.value?.timing;
}

/** For a worker. */
export function filesOf({ name, files, delay }: Picture): PictureFiles {
  return { name, files, delay: delay.value };
}

export function isAnimated(picture: Picture): boolean {
  return (timingOf(picture)?.delays.length ?? 1) > 1;
}
