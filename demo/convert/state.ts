// What the view that converts knows: its model, its pictures, and what is on the stage. It outlives the view, so that a visitor who looks at
// another one finds everything as it was.

import { batch, computed, effect, signal, type Signal } from "@preact/signals";
import { proxy, type Remote } from "comlink";
import { leftOutSentences, unreadByName } from "../../src/data/picture-choice.ts";
import { isPictureName } from "../../src/data/picture-file.ts";
import { isCheckpointName } from "../../src/formats/checkpoint-name.ts";
import type { ModelCard } from "../../src/platform/model-card.ts";
import { download } from "../parts/download.ts";
import { isAbort, sentenceOf } from "../parts/sentence.ts";
import type { FileNetworks } from "../parts/own-network.ts";
import { openWorker } from "../parts/worker.ts";
import { plural } from "../parts/words.ts";
import type { Art, ArtOptions, ConvertApi, ModelDescription, SourcePicture } from "./api.ts";
import { latestOnly } from "./latest.ts";
import { artName, artNames } from "./names.ts";
import { makeQueue, type QueueProgress } from "./queue.ts";
import { artOptions, longestSide, suit } from "./settings.ts";

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

export type ModelState =
  | { readonly kind: "loading"; readonly name: string; readonly share: number | null }
  /** `reason`: why it was chosen, where nobody chose it. */
  | { readonly kind: "ready"; readonly description: ModelDescription; readonly reason: string | null }
  | { readonly kind: "failed"; readonly sentence: string };

/** A picture before and after, as the stage shows it. */
export interface Scene {
  /** Of the picture; the stage fits what is new to it. */
  readonly id: number | "camera";
  readonly before: ImageBitmap;
  readonly after: Art | null;
}

export interface Message {
  readonly tone: "plain" | "warning" | "error" | "good";
  readonly sentence: string;
}

export const model = signal<ModelState>({ kind: "loading", name: "", share: null });
export const cards = signal<readonly ModelCard[]>([]);
export const pictures = signal<readonly Picture[]>([]);
export const selectedId = signal<number | null>(null);
export const selected = computed(() => pictures.value.find(({ id }) => id === selectedId.value) ?? null);
export const scene = signal<Scene | null>(null);
/** The stage then shows no picture of the list. */
export const cameraHasStage = signal(false);
export const progress = signal<QueueProgress | null>(null);
export const message = signal<Message | null>(null);
/** The share of a zip that is being packed. */
export const packing = signal<number | null>(null);

/** Opened when it is first needed, and asked from then on. */
let opened: Promise<Remote<ConvertApi>> | undefined;
export function worker(): Promise<Remote<ConvertApi>> {
  opened ??= (async () => {
    const remote = openWorker<ConvertApi>("convert", (sentence) => say("error", sentence));
    await remote.open(proxy((sentence) => say("warning", sentence)));
    return remote;
  })();
  return opened;
}

export function say(tone: Message["tone"], sentence: string): void {
  message.value = { tone, sentence };
}

/** Opens the worker and the default model; a second call changes nothing. */
export async function begin(): Promise<void> {
  if (opened) return;
  try {
    cards.value = await (await worker()).models();
    model.value = { kind: "loading", name: cards.value[0].name, share: null };
    const onShare = proxy((name: string, share: number | null) => (model.value = { kind: "loading", name, share }));
    const { description, sentence } = await (await worker()).useFastEnough(onShare);
    adopt(description, sentence);
  } catch (error) {
    if (isAbort(error)) return; // the visitor chose another one meanwhile
    opened = undefined;
    model.value = { kind: "failed", sentence: sentenceOf(error) };
  }
}

export async function chooseBundled(name: string): Promise<void> {
  queue.cancel();
  model.value = { kind: "loading", name, share: null };
  try {
    const onShare = proxy((share: number | null) => (model.value = { kind: "loading", name, share }));
    adopt(await (await worker()).useBundled(name, onShare));
  } catch (error) {
    model.value = { kind: "failed", sentence: sentenceOf(error) };
  }
}

/** The visitor's checkpoint that the model in use is of, and the networks in it. */
export const ownFile = signal<{ readonly file: File; readonly networks: FileNetworks } | null>(null);

/** A checkpoint of the visitor's. A bad one changes nothing. @param key which of its networks; without it, the first generator */
export async function chooseFile(file: File, key?: string): Promise<void> {
  const before = model.value;
  message.value = null;
  model.value = { kind: "loading", name: file.name, share: null };
  try {
    const description = await (await worker()).useFile(file, key);
    adopt(description);
    ownFile.value = { file, networks: description.networks };
  } catch (error) {
    model.value = before;
    say("error", sentenceOf(error));
  }
}

function adopt(description: ModelDescription, reason: string | null = null): void {
  batch(() => {
    model.value = { kind: "ready", description, reason };
    ownFile.value = null;
    suit(description);
  });
  drawAll();
}

/** Everything anew: after another model, or another size. The picture that is looked at comes first. */
export function drawAll(): void {
  queue.cancel();
  for (const { state } of pictures.value) state.value = { kind: "waiting" };
  queue.add(pictures.value);
  if (selected.value) queue.add([selected.value], "first");
}

/** Takes whatever was dropped, pasted or picked: pictures and a model. */
export function take(files: readonly File[]): void {
  const checkpoint = files.find(({ name }) => isCheckpointName(name));
  if (checkpoint) void chooseFile(checkpoint);
  const others = files.filter(({ name }) => !isCheckpointName(name));
  // Of a folder what is no picture is passed over; a single file is tried, and what is wrong with it said.
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
      `${plural(left, "file")} that ${left === 1 ? "is no picture was" : "are no pictures were"} left out.`,
    );
  if (sentences.length > 0) say("plain", sentences.join(" "));
  addPictures(found);
}

let nextId = 1;

function addPictures(files: readonly File[]): void {
  if (files.length === 0) return;
  const added = files.map((file): Picture => ({
    id: nextId++,
    file,
    state: signal<PictureState>({ kind: "waiting" }),
    source: signal(null),
    thumbnail: signal(null),
  }));
  batch(() => {
    pictures.value = [...pictures.value, ...added];
    selectedId.value = added[0].id;
  });
  if (model.value.kind === "ready") queue.add(added);
}

/** Shows a picture; if it waits, it waits no longer. */
export function select(picture: Picture): void {
  selectedId.value = picture.id;
  if (picture.state.value.kind === "waiting" && model.value.kind === "ready") queue.add([picture], "first");
}

export function again(picture: Picture): void {
  picture.state.value = { kind: "waiting" };
  queue.add([picture], "first");
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

export function cancel(): void {
  queue.cancel();
}

const queue = makeQueue<Picture>({
  async work({ id, file, source, state }, onShare, signal) {
    const remote = await worker();
    const read = await remote.read(id, file, longestSide.value);
    source.value?.thumbnail.close();
    source.value = read;
    if (read.warning !== null) say("warning", read.warning);
    signal.throwIfAborted();
    signal.addEventListener("abort", () => void remote.stop(id));
    const seconds = await remote.draw(id, proxy(onShare));
    state.value = { kind: "done", seconds };
  },
  onBegin: ({ state }) => (state.value = { kind: "working", share: null }),
  onShare: ({ state }, share) => (state.value = { kind: "working", share }),
  onEnd(picture, end) {
    if (end === "cancelled") picture.state.value = { kind: "cancelled" };
    else if (end === "done") refreshThumbnails([picture]);
    else if (isAbort(end.error)) picture.state.value = { kind: "cancelled" };
    else picture.state.value = { kind: "failed", sentence: sentenceOf(end.error) };
  },
  onProgress: (now) => (progress.value = now.ended < now.total ? now : null),
});

/** The stage follows the picture that is selected, how far it is, and every slider. */
const refreshScene = latestOnly(
  async ({ picture, options }: { readonly picture: Picture; readonly options: ArtOptions }) => {
    try {
      const remote = await worker();
      const source = picture.source.value;
      if (shownSource !== source) {
        const before = await remote.source(picture.id);
        if (cameraHasStage.value) return before.close();
        show({ id: picture.id, before, after: null });
        shownSource = source;
      }
      if (picture.state.value.kind !== "done") return;
      const after = await remote.art(picture.id, options);
      if (scene.value?.id === picture.id) show({ ...scene.value, after });
      else after.bitmap.close();
    } catch (error) {
      if (pictures.value.includes(picture)) say("error", sentenceOf(error));
    }
  },
);

/** What the scene's picture was read as. */
let shownSource: SourcePicture | null = null;

/** Puts a scene on the stage; bitmaps that are on it no longer are given back. */
export function show(next: Scene | null): void {
  const old = scene.value;
  scene.value = next;
  if (old && old.before !== next?.before) old.before.close();
  if (old?.after && old.after !== next?.after) old.after.bitmap.close();
}

effect(() => {
  const picture = selected.value;
  const options = artOptions.value;
  if (!picture || cameraHasStage.value) {
    shownSource = null;
    if (!cameraHasStage.value) show(null);
    return;
  }
  // A share of the work changes nothing to be seen here.
  const isDone = picture.state.value.kind === "done";
  if (picture.source.value || isDone) refreshScene({ picture, options });
});

const stale = new Set<Picture>();
const drawStale = latestOnly(async () => {
  const remote = await worker();
  for (const picture of stale) {
    stale.delete(picture);
    if (picture.state.value.kind !== "done") continue;
    try {
      const { grid } = artOptions.value;
      const { bitmap } = await remote.art(picture.id, { grid: grid && { ...grid, scale: 1 } });
      picture.thumbnail.value?.close();
      picture.thumbnail.value = bitmap;
    } catch {
      // Removed meanwhile; or it does not fit the memory, which the stage tells.
    }
  }
});

function refreshThumbnails(those: readonly Picture[]): void {
  for (const picture of those) stale.add(picture);
  drawStale(undefined);
}

/** Those of the list follow the sliders when these have come to rest. */
let rest: ReturnType<typeof setTimeout> | undefined;
effect(() => {
  void artOptions.value;
  clearTimeout(rest);
  rest = setTimeout(() => refreshThumbnails(pictures.value), 500);
});

export const done = computed(() => pictures.value.filter(({ state }) => state.value.kind === "done"));

export async function downloadPng({ id, file }: Picture): Promise<void> {
  try {
    download(await (await worker()).png(id, artOptions.value), artName(file.name));
  } catch (error) {
    say("error", sentenceOf(error));
  }
}

/** All that are done, as one file. */
export async function downloadZip(): Promise<void> {
  const names = artNames(done.value.map(({ file }) => file.name));
  const entries = done.value.map(({ id }, i) => ({ id, name: names[i] }));
  packing.value = 0;
  try {
    const onShare = proxy((share: number) => (packing.value = share));
    download(await (await worker()).zip(entries, artOptions.value, onShare), "pixel-art.zip");
  } catch (error) {
    say("error", sentenceOf(error));
  } finally {
    packing.value = null;
  }
}
