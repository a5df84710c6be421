// Copies pictures into a run's folder, so that it can continue after a reload or a crash without
// asking for them.

import { UserError } from "../../../src/errors.ts";
import { nameEndingIn } from "../../../src/file-name.ts";
import { isPictureName } from "../../../src/formats/pictures/picture-file.ts";
import type { Side } from "../../../src/train/batches/dataset.ts";
import type { Storage } from "../../../src/train/run/storage.ts";
import { fetched } from "../../parts/fetched.ts";
import type { ChosenPictures } from "../api.ts";
import { sidePath } from "./run-folder.ts";

/** A picture to copy, and its path in the run. */
export interface PlannedCopy {
  readonly path: string;
  read(): Promise<Uint8Array>;
}

/** @throws UserError if a side has no file with a picture's extension */
export async function planCopies(pictures: ChosenPictures, samples: URL): Promise<PlannedCopy[]> {
  return pictures === "samples" ? samplesIn(samples) : chosen(pictures);
}

/**
 * @param signal stops between two pictures
 * @param onCopied is called after each picture with the number of copied ones
 */
export async function copyPictures(
  storage: Storage,
  copies: readonly PlannedCopy[],
  signal: AbortSignal,
  onCopied: (done: number) => void,
): Promise<void> {
  for (const [index, { path, read }] of copies.entries()) {
    if (signal.aborted) throw new UserError("The run was stopped while its pictures were being copied.");
    await storage.write(path, await read());
    onCopied(index + 1);
  }
}

function chosen(files: Readonly<Record<Side, readonly File[]>>): PlannedCopy[] {
  return (["A", "B"] as const).flatMap((side) => {
    const named = files[side].filter(({ name }) => isPictureName(name));
    if (named.length === 0) {
      throw new UserError(`There is no picture for side ${side}. Choose files such as .jpg, .png or .webp.`);
    }
    const names = uniqueNames(named.map(({ name }) => name));
    return named.map((file, index) => ({
      path: `${sidePath(side)}/${names[index]}`,
      read: async () => {
        const bytes = await file.arrayBuffer().catch((error: Error) => {
          throw new UserError(
            `${file.name}: it cannot be read. If it was moved or changed, choose it again. [${error.message}]`,
          );
        });
        return new Uint8Array(bytes);
      },
    }));
  });
}

/**
 * Names that are unique on every disk, ignoring case: duplicates get a number, long names are
 * shortened, leading dots are removed.
 */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const [, stem, extension] = /^\.*(.*)(\.[^.]+)$/.exec(name)!;
    for (let count = 1; ; count++) {
      const candidate = nameEndingIn(`${count === 1 ? "" : `-${count}`}${extension}`, stem);
      if (taken.has(candidate.toLowerCase())) continue;
      taken.add(candidate.toLowerCase());
      return candidate;
    }
  });
}

/** The sample set. Its index.json lists the files of each side. */
async function samplesIn(folder: URL): Promise<PlannedCopy[]> {
  const index: Readonly<Record<Side, readonly string[]>> = await (await fetched(new URL("index.json", folder))).json();
  return (["A", "B"] as const).flatMap((side) =>
    index[side].map((name) => ({
      path: `${sidePath(side)}/${name}`,
      read: async () => new Uint8Array(await (await fetched(new URL(`train${side}/${name}`, folder))).arrayBuffer()),
    })),
  );
}
