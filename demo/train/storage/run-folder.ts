// The runs in this browser. Each is a folder runs/NAME of the private file system, laid out as in
// Node, with its pictures in data/trainA and data/trainB. A folder without a state is the remainder
// of an interrupted start or import.

import { UserError } from "../../../src/errors.ts";
import { isPictureName } from "../../../src/formats/pictures/picture-file.ts";
import { filesBelow, findFolder, findFile, removeFolder } from "../../../src/platform/training/storage.browser.ts";
import { PictureFiles, type PictureFile } from "../../../src/platform/training/training-pictures.browser.ts";
import type { Side } from "../../../src/train/batches/dataset.ts";
import { defaultTrainingOptions } from "../../../src/train/options/options.ts";
import { placeOf } from "../../../src/train/run/place.ts";
import { headerBytes, recordIn, stateFiles, type StateRecord } from "../../../src/train/run/state-file.ts";
import type { RunListing } from "../api.ts";
import { isLocked, withRun } from "./run-lock.ts";

export const runPath = (name: string) => `runs/${name}`;
/** The folder of a side's pictures within a run. */
export const sidePath = (side: Side) => `data/train${side}`;

/** @throws UserError if the name is not valid in every file system */
export function checkRunName(name: string): void {
  if (/^[\p{L}\p{N}]([\p{L}\p{N}_. -]{0,78}[\p{L}\p{N}_-])?$/u.test(name)) return;
  throw new UserError(
    `"${name}" cannot be a run's name. Use up to 80 letters and digits, with -, _, . or spaces between them.`,
  );
}

/** The pictures of a run, in Node's order. */
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

/** A sentence if a run lacks pictures; undefined otherwise. */
export function missingPictures(pictures: PictureFiles): string | undefined {
  const missing = (["A", "B"] as const).filter((side) => pictures.count(side) === 0);
  if (missing.length === 0) return undefined;
  const sides = missing.join(" and ");
  return `The pictures of ${sides} are missing, since a run's folder from Node contains none. Add those that the run started with.`;
}

export async function runExists(name: string): Promise<boolean> {
  return (await newestState(name)) !== undefined;
}

/** The runs, the most recently saved first. Deletes unlocked runs that were never saved. */
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

/** Deletes a run that was never saved. The caller must hold its lock. */
export async function removeUnsaved(name: string): Promise<void> {
  if (!(await runExists(name))) await removeFolder(runPath(name));
}

interface SavedState {
  readonly file: File;
  /** Undefined if it cannot be read. */
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
    const problem = "Its state is damaged, or from a newer version of this page. Reload the page, or remove the run.";
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
