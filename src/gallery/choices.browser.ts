// What a person keeps and drops: remembered by the browser for this page, and saved as the list that `dataset prepare` reads.

import { computed, signal } from "@preact/signals";
import { parseChoices } from "../dataset/audit/choices.ts";
import { UserError } from "../errors.ts";

export type Choice = "keep" | "drop";
type ByFile = ReadonlyMap<string, Choice>;

/** Pages that are opened from a disk share what the browser remembers. */
const key = `pixelcycle-gallery:${location.pathname}`;

/** What is to be told, if anything. */
export const trouble = signal("");
export const choices = signal<ByFile>(remembered());
/** Of what was chosen at once, how it was before. */
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
    trouble.value = "This browser does not remember your choices: save the list before you close the page.";
  }
}

function remembered(): ByFile {
  try {
    return fromList(localStorage.getItem(key) ?? '{"keep":[],"drop":[]}');
  } catch {
    return new Map();
  }
}

/** As `dataset prepare --choices` reads it. */
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
  // The download has begun when the next task runs, but not in every browser at once.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Adds a saved list to what is chosen; it counts for more. */
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
