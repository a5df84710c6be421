// The runs in this browser: each is a folder of its private file system, runs/NAME, as Node's runs are, with the pictures in it, data/trainA
// and data/trainB. A folder without a state is what a beginning or an import that was cut off has left.

import { isPictureName } from "../../../src/data/picture-file.ts";
import { UserError } from "../../../src/errors.ts";
import { PictureFiles, type PictureFile } from "../../../src/platform/dataset.browser.ts";
import { filesBelow, findFolder, findFile, removeFolder } from "../../../src/platform/storage.browser.ts";
import type { Side } from "../../../src/train/dataset/dataset.ts";
import { defaultTrainingOptions } from "../../../src/train/options/options.ts";
import { placeOf } from "../../../src/train/run/place.ts";
import { headerBytes, recordIn, stateFiles, type StateRecord } from "../../../src/train/run/state-file.ts";
import type { RunListing } from "../api.ts";
import { isLocked, withRun } from "./run-lock.ts";

export const runPath = (name: string) => `runs/${name}`;
/** Within a run: where the pictures of a side are. */
export const sidePath = (side: Side) => `data/train${side}`;

/** @throws UserError where a run cannot be called this, here and on any disk that it is taken to */
export function checkRunName(name: string): void {
  if (/^[\p{L}\p{N}]([\p{L}\p{N}_. -]{0,78}[\p{L}\p{N}_-])?$/u.test(name)) return;
  throw new UserError(
    `"${name}" cannot be a run's name: give it up to 80 letters, digits, and -, _, . or spaces between them.`,
  );
}

/** The pictures of a run, in the order in which Node would see them. */
export async function picturesOf(name: string, maximum = Infinity): Promise<PictureFiles> {
  const list = async (side: Side) => {
    const folder = await findFolder(`${runPath(name)}/${sidePath(side)}`);
    const files: PictureFile[] = [];
    if (!folder) return files;
    for await (const { name: below, handle } of filesBelow(folder)) {
      const isHidden = below.split("/").some((part) => part.startsWith("."));
      if (!isHidden && isPictureName(below))
        files.push({ name: `${sidePath(side)}/${below}`, open: () => handle.getFile() });
    }
    return files;
  };
  return new PictureFiles({ A: await list("A"), B: await list("B") }, maximum);
}

/** Why a run cannot go on for want of pictures, in a sentence; undefined when it can. */
export function missingPictures(pictures: PictureFiles): string | undefined {
  const missing = (["A", "B"] as const).filter((side) => pictures.count(side) === 0);
  if (missing.length === 0) return undefined;
  const sides = missing.join(" and ");
  return `Its pictures of ${sides} are not here: a run's folder from Node has none in it. Give it those that it was begun with.`;
}

export async function runExists(name: string): Promise<boolean> {
  return (await newestState(name)) !== undefined;
}

/** The runs, those saved last first. What was never saved, and nobody is about to save, goes. */
export async function listRuns(): Promise<RunListing[]> {
  const folder = await findFolder("runs");
  const names: string[] = [];
  if (folder) for await (const [name] of folder.entries()) names.push(name);
  const listings: RunListing[] = [];
  for (const name of names) {
    const busy = await isLocked(name);
    const state = await newestState(name);
    if (state) listings.push(await listing(name, busy, state));
    else if (!busy) await withRun(name, () => removeUnsaved(name)).catch(() => {});
  }
  return listings.sort((a, b) => b.saved - a.saved);
}

/** A run that never came to its first state has nothing worth keeping. For whoever holds its lock. */
export async function removeUnsaved(name: string): Promise<void> {
  if (!(await runExists(name))) await removeFolder(runPath(name));
}

interface SavedState {
  readonly file: File;
  /** Undefined where it cannot be read. */
  readonly record: StateRecord | undefined;
}

async function newestState(name: string): Promise<SavedState | undefined> {
  let unreadable: SavedState | undefined;
  for (const state of [stateFiles.next, stateFiles.latest, stateFiles.previous]) {
    const handle = await findFile(`${runPath(name)}/${state}`);
    if (!handle) continue;
    const file = await handle.getFile();
    const record = recordIn(new Uint8Array(await file.slice(0, headerBytes).arrayBuffer()));
    if (record) return { file, record };
    unreadable ??= { file, record };
  }
  return unreadable;
}

async function listing(name: string, busy: boolean, { file, record }: SavedState): Promise<RunListing> {
  const pictures = await picturesOf(name, record?.options.maxDatasetSize);
  const items = Math.max(pictures.count("A"), pictures.count("B"));
  const common = { name, saved: file.lastModified, bytes: await bytesOf(name), busy };
  if (!record) {
    const problem = "Its state is damaged, or of a newer version of this page: reload the page, or remove the run.";
    return {
      ...common,
      step: 0,
      steps: 0,
      epoch: 0,
      epochs: 0,
      options: defaultTrainingOptions,
      problem,
      lacksPictures: false,
    };
  }
  const { options } = record;
  const place = placeOf(record, Math.ceil(items / options.batchSize));
  const problem = missingPictures(pictures) ?? null;
  return { ...common, ...place, options, problem, lacksPictures: problem !== null };
}

async function bytesOf(name: string): Promise<number> {
  const folder = await findFolder(runPath(name));
  let bytes = 0;
  if (folder) for await (const { handle } of filesBelow(folder)) bytes += (await handle.getFile()).size;
  return bytes;
}
