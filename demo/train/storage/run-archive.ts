// Exports a run's folder as a zip for Node or another browser, and imports such a zip, or a zip of
// a run's folder from Node.

import { Zip, ZipPassThrough } from "fflate";
import { UserError } from "../../../src/errors.ts";
import {
  browserStorage,
  filesBelow,
  findFolder,
  removeFolder,
} from "../../../src/platform/training/storage.browser.ts";
import { decodeState, stateFiles } from "../../../src/train/run/state-file.ts";
import { checkRunName, removeUnsaved, runExists, runPath } from "./run-folder.ts";
import { isLocked, withRun } from "./run-lock.ts";
import { readDirectory, readEntry, readWhole, type ZipEntry } from "./zip-reader.ts";

/** Older and damaged states, which would only double the size. */
const leftBehind: readonly string[] = [stateFiles.previous, stateFiles.next, stateFiles.damaged];
/** The exported zip has 32-bit sizes. */
const mostBytes = 2 ** 32 - 2 ** 20;
const pieceBytes = 8 * 2 ** 20;

/** @throws UserError if there is no such run, or it is too large for a zip */
export async function exportRun(name: string): Promise<File> {
  const folder = await findFolder(runPath(name));
  if (!folder || !(await runExists(name))) throw new UserError(`There is no run called ${name} in this browser.`);
  const parts: Blob[] = [];
  let failure: Error | undefined;
  const zip = new Zip((error, bytes) => {
    if (error) failure = error;
    // The browser can keep a Blob on disk.
    else parts.push(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  });
  let total = 0;
  for await (const { name: below, handle } of filesBelow(folder)) {
    if (leftBehind.includes(below)) continue;
    const file = await handle.getFile();
    total += file.size;
    if (total > mostBytes) throw new UserError(`The run ${name} is larger than 4 GB, the limit of a zip file.`);
    await addFile(zip, `${name}/${below}`, file);
  }
  zip.end();
  if (failure) throw failure;
  return new File(parts, `${name}.zip`, { type: "application/zip" });
}

/**
 * Stores the file without compression: pictures are compressed already, and weights are not
 * compressible.
 */
async function addFile(zip: Zip, name: string, file: File): Promise<void> {
  const member = new ZipPassThrough(name);
  member.mtime = file.lastModified;
  zip.add(member);
  for (let at = 0; at < file.size; at += pieceBytes) {
    member.push(new Uint8Array(await file.slice(at, at + pieceBytes).arrayBuffer()), at + pieceBytes >= file.size);
  }
  if (file.size === 0) member.push(new Uint8Array(), true);
}

/**
 * Imports a run. It checks the state before writing anything and writes the state last, so that an
 * interrupted import leaves no run behind.
 *
 * @returns the run's name, which gets a number if it is taken
 * @throws UserError if the file is not a run, is damaged, or contains anything suspicious
 */
export async function importRun(file: File): Promise<string> {
  const { usage = 0, quota = Infinity } = await navigator.storage.estimate();
  const entries = await readDirectory(file, quota - usage);
  const { prefix, members } = runIn(entries);
  const state = members.find(({ below }) => below === stateFiles.latest)!;
  const bytes = await readWhole(file, state.entry);
  await decodeState(bytes).catch((error: unknown) => {
    if (error instanceof UserError) error.message = `${file.name}/${state.entry.name}: ${error.message}`;
    throw error;
  });
  const name = await freeName(/([^/]+)\/$/.exec(prefix)?.[1] ?? file.name.replace(/\.zip$/i, ""));
  await withRun(name, async () => {
    const storage = browserStorage(runPath(name));
    try {
      await removeFolder(runPath(name));
      for (const { below, entry } of members) {
        if (below !== state.below && !leftBehind.includes(below)) await unpack(file, entry, below, storage);
      }
      await storage.write(state.below, bytes);
    } finally {
      await removeUnsaved(name);
    }
  });
  return name;
}

async function unpack(
  zip: Blob,
  entry: ZipEntry,
  below: string,
  storage: ReturnType<typeof browserStorage>,
): Promise<void> {
  if (entry.size <= pieceBytes) return storage.write(below, await readWhole(zip, entry));
  await storage.remove(below);
  for await (const piece of readEntry(zip, entry)) await storage.append(below, piece);
}

/**
 * The folder in a zip that contains a state, and the files below it.
 *
 * @throws UserError if there is none, or more than one
 */
export function runIn(entries: readonly ZipEntry[]): {
  prefix: string;
  members: readonly { below: string; entry: ZipEntry }[];
} {
  const prefixes = entries
    .filter(({ name }) => name === stateFiles.latest || name.endsWith(`/${stateFiles.latest}`))
    .map(({ name }) => name.slice(0, -stateFiles.latest.length));
  if (prefixes.length === 0) {
    throw new UserError(
      `There is no run in this zip file: it has no ${stateFiles.latest}. Zip the run's whole folder.`,
    );
  }
  if (prefixes.length > 1) {
    throw new UserError(
      `There are ${prefixes.length} runs in this zip file (${prefixes.join(", ")}). Zip only one of them.`,
    );
  }
  const [prefix] = prefixes;
  const members = entries
    .filter(({ name }) => name.startsWith(prefix))
    .map((entry) => ({ below: entry.name.slice(prefix.length), entry }))
    .filter(({ below }) => !below.split("/").some((part) => part.startsWith(".") || part === "__MACOSX"));
  return { prefix, members };
}

/** Turns a name into a valid name for a run, with a number if it is taken. */
async function freeName(wanted: string): Promise<string> {
  const plain =
    wanted
      .replace(/[^\p{L}\p{N}_.-]+/gu, "-")
      .replace(/^[^\p{L}\p{N}]+|[. -]+$/gu, "")
      .slice(0, 70) || "run";
  for (let count = 1; ; count++) {
    const name = count === 1 ? plain : `${plain}-${count}`;
    checkRunName(name);
    if (!(await runExists(name)) && !(await isLocked(name))) return name;
  }
}
