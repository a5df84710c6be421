// A person's choices to keep or drop pictures. The browser stores them for this page, and they can
// be saved as the list that `dataset prepare` reads.

import { computed, signal } from "@preact/signals";
import { parseChoices } from "../dataset/audit/choices.ts";
import { UserError } from "../errors.ts";

export type Choice = "keep" | "drop";
type ByFile = ReadonlyMap<string, Choice>;

/** The path is part of the key, since pages opened from a disk share one storage. */
const key = `pixelcycle-gallery:${location.pathname}`;

/** A message about a problem, if any. */
export const trouble = signal("");
export const choices = signal<ByFile>(remembered());
/** The choices before the last change of several at once. */
export const before = signal<ByFile | null>(null);

export const chosenSets = computed(() => {
  const files = (wanted: Choice) => [...choices.value].flatMap(([file, choice]) => (choice === wanted ? [file] : []));
  return { keep: new Set(files("keep")), drop: new Set(files("drop")) };
});

/** @param choice undefined for undecided */
export function choose(files: readonly string[], choice: Choice | undefined): void {
  const next = new Map(choices.value);
  for (const file of files) {
    if (choice) next.set(file, choice);
    else next.delete(file);
  }
  before.value = files.length > 1 ? choices.value : null;
  change(next);
}

export function undo(): void {
  if (before.value) change(before.value);
  before.value = null;
}

function change(next: ByFile): void {
  choices.value = next;
  try {
    localStorage.setItem(key, listOf());
    trouble.value = "";
  } catch {
    trouble.value = "This browser cannot store your choices. Save the list before you close the page.";
  }
}

function remembered(): ByFile {
  try {
    return fromList(localStorage.getItem(key) ?? '{"keep":[],"drop":[]}');
  } catch {
    return new Map();
  }
}

/** In the format that `dataset prepare --choices` reads. */
export function listOf(): string {
  const { keep, drop } = chosenSets.value;
  return `${JSON.stringify({ keep: [...keep].sort(), drop: [...drop].sort() }, undefined, 1)}\n`;
}

function fromList(text: string): ByFile {
  const { keep, drop } = parseChoices(text);
  return new Map([...keep.map((file) => [file, "keep"] as const), ...drop.map((file) => [file, "drop"] as const)]);
}

export function saveList(): void {
  const address = URL.createObjectURL(new Blob([listOf()], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href: address, download: "choices.json" }).click();
  // The download should begin by the next task, but some browsers start it later.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Adds a saved list to the choices; the list takes precedence. */
export async function openList(list: File): Promise<void> {
  try {
    const added = fromList(await list.text());
    before.value = choices.value;
    change(new Map([...choices.value, ...added]));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    trouble.value = `${list.name} was not read: ${error.message}`;
  }
}
