// The visitor's pictures and their states.

import { computed, signal, type Signal } from "@preact/signals";
import type { Anchor } from "../../../src/picture/common-canvas.ts";
import { usualDelay } from "../../../src/picture/frame-sequence.ts";
import type { Size } from "../../../src/picture/preprocess.ts";
import type { OwnGrid, Timing } from "../../parts/grid-api.ts";
import type { PictureFiles } from "../../parts/picture-files.ts";
import type { SourcePicture } from "../api.ts";

export interface Picture {
  readonly id: number;
  readonly name: string;
  /** More than one file means the frames of one animation, in order. */
  readonly files: readonly File[];
  /** Milliseconds per frame; used if there is more than one file. */
  readonly delay: Signal<number>;
  /** Where the frames meet on a common canvas; undefined if they have one size. */
  readonly anchor: Anchor | undefined;
  /** The size of a still picture, from the header of its file; null if it is unknown or animated. */
  readonly stillSize: Signal<Size | null>;
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

let nextId = 1;

interface NewPictureOptions {
  readonly size?: Size | null;
  readonly delay?: number;
  readonly anchor?: Anchor | undefined;
}

/** @param files a single file, or the frames of one animation in order */
export function newPicture(
  name: string,
  files: readonly File[],
  { size = null, delay = usualDelay, anchor }: NewPictureOptions = {},
): Picture {
  return {
    id: nextId++,
    name,
    files,
    delay: signal(delay),
    anchor,
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
/** The picture that is being snapped to its own grid. */
export const snapping = signal<Picture | undefined>(undefined);
export const done = computed(() => pictures.value.filter(({ state }) => state.value.kind === "done"));

/** The timing of a picture. An animation's file must have been read by either worker. */
export function timingOf({ files, delay, source, finding }: Picture): Timing | undefined {
  if (files.length > 1) return { delays: files.map(() => delay.value), loops: 0 };
  return source.value?.timing ?? finding.value?.timing;
}

/** What the workers need to read a picture. */
export function filesOf({ name, files, delay, anchor }: Picture): PictureFiles {
  return { name, files, delay: delay.value, anchor };
}

export function isAnimated(picture: Picture): boolean {
  return (timingOf(picture)?.delays.length ?? 1) > 1;
}
