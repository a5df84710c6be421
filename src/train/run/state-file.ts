// All that a run needs to go on exactly where it was, in one file: its tensors, and a record of everything else.
//
// The file is a safetensors file, so that any tool can look into it, and it vouches for itself: its metadata begins with a SHA-256 over
// every byte of it (those of the digest itself taken as zeros). A file that was cut off, has rotted, or is somebody else's does not pass.
// Of the three names, `next` exists only while a save is under way: a new state is complete under that name before the one it follows
// becomes `previous`, so that at every instant a good one is on the disk, and two of them but for the first save.

import { UserError } from "../../errors.ts";
import { readSafetensors, writeSafetensors } from "../../formats/safetensors.ts";
import type { NamedTensor } from "../../formats/tensors.ts";
import type { PlateauState } from "../step/learning-rate.ts";
import type { NetworkName } from "../step/networks.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../options/options.ts";
import type { OptimizerName } from "../step/step.ts";
import type { Storage } from "./storage.ts";

export const stateFiles = {
  latest: "latest_state.safetensors",
  previous: "previous_state.safetensors",
  next: "next_state.safetensors",
  /** What `loadState` found to be damaged, out of the way of what is good. */
  damaged: "damaged_state.safetensors",
} as const;

/** What of a run's state is no tensor. */
export interface StateRecord {
  /** Steps that are done. */
  readonly step: number;
  /** The epoch that it is in, from 1. */
  readonly epoch: number;
  /** Pictures of this epoch that are done. */
  readonly iters: number;
  /** Pictures a side since the run began. */
  readonly pictures: number;
  readonly plateau: PlateauState;
  /** Of this epoch's steps: how many, and the sum of what `plateau` is told the mean of. */
  readonly epochLoss: { readonly steps: number; readonly sum: number };
  /** How often each network's batch norms have seen a batch. */
  readonly batchesTracked: Readonly<Record<NetworkName, number>>;
  /** `Dataset.fingerprint`; empty before the first step. */
  readonly dataset: string;
  /** Steps that each optimiser has taken: fewer than `step` where it was told to rest. */
  readonly optimizerSteps: Readonly<Record<OptimizerName, number>>;
  /** The options, the seed among them, that the next step goes by. */
  readonly options: TrainingOptions;
}

/** A state of version 1 leaves something unsaid. */
type SavedRecord = Omit<StateRecord, "optimizerSteps" | "options"> & {
  readonly optimizerSteps?: StateRecord["optimizerSteps"];
  readonly options: Partial<TrainingOptions>;
};

export interface TrainingState {
  readonly record: StateRecord;
  /** Weights, buffers, moments, the pools' pictures. After `decodeState` they are views of the file's bytes. */
  readonly tensors: readonly NamedTensor[];
}

/** Counts up whenever an older pixelcycle would misread what is written. Version 1 knew no optimiser that rests. */
const formatVersion = "2";
const readableVersions = ["1", formatVersion];

const digestStart = '{"__metadata__":{"sha256":"';
const digestOffset = 8 + digestStart.length;
const digestLength = 64;
const zero = "0".charCodeAt(0);

/** A state that no pixelcycle of this version can use, though nothing is wrong with it. */
class NewerStateError extends UserError {}

/** The bytes of the file. Its size is that of the tensors, and takes as much memory again while it is made. */
export async function encodeState({ record, tensors }: TrainingState): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = writeSafetensors(tensors, {
    sha256: "0".repeat(digestLength),
    format: "pixelcycle-state",
    version: formatVersion,
    record: JSON.stringify(record, keepInfinity),
  }) as Uint8Array<ArrayBuffer>;
  bytes.set(new TextEncoder().encode(await digestOf(bytes)), digestOffset);
  return bytes;
}

/**
 * Reads a file's bytes, all of which are checked.
 *
 * @throws UserError saying in what way they are no state; the sentence begins with "it"
 */
export async function decodeState(bytes: Uint8Array): Promise<TrainingState> {
  const text = (start: number, length: number) => new TextDecoder().decode(bytes.subarray(start, start + length));
  if (bytes.length === 0) throw new UserError("it is empty.");
  if (text(8, digestStart.length) !== digestStart) throw new UserError("it is not a state that pixelcycle saved.");
  if (text(digestOffset, digestLength) !== (await digestOf(bytes))) {
    throw new UserError("it is cut off or damaged: its checksum is not that of its contents.");
  }
  const { tensors, metadata } = readSafetensors(bytes);
  if (!readableVersions.includes(metadata.version)) {
    throw new NewerStateError("it was saved by a newer pixelcycle: update this one, or start another run.");
  }
  return { record: parseRecord(metadata.record), tensors };
}

function parseRecord(text: string): StateRecord {
  const record: SavedRecord = JSON.parse(text, restoreInfinity);
  const optimizerSteps = record.optimizerSteps ?? { generators: record.step, discriminators: record.step };
  return { ...record, optimizerSteps, options: { ...defaultTrainingOptions, ...record.options } };
}

/** The most that a state's header takes: its record and the places of its tensors. */
export const headerBytes = 2 ** 20;

/**
 * The record of a file whose beginning this is, `headerBytes` of it or all: for a list of runs. Its checksum is for `decodeState` to look at;
 * undefined where it is no state that can be read.
 */
export function recordIn(beginning: Uint8Array): StateRecord | undefined {
  if (beginning.length < 8) return undefined;
  const { buffer, byteOffset, byteLength } = beginning;
  const length = new DataView(buffer, byteOffset, byteLength).getUint32(0, true);
  try {
    const header = JSON.parse(new TextDecoder().decode(beginning.subarray(8, 8 + length)));
    const { record, version } = header.__metadata__;
    return readableVersions.includes(version) ? parseRecord(record) : undefined;
  } catch {
    return undefined;
  }
}

/** Saves a state as the latest; the latest so far becomes the previous. Nothing is lost when this fails or the run dies in it. */
export async function saveState(storage: Storage, state: TrainingState): Promise<void> {
  await storage.write(stateFiles.next, await encodeState(state));
  const names = await storage.list();
  if (names.includes(stateFiles.latest)) await storage.rename(stateFiles.latest, stateFiles.previous);
  await storage.rename(stateFiles.next, stateFiles.latest);
}

/**
 * The newest good state; null where none was ever saved. Files that are damaged are moved aside, lest the next save keep one of them
 * as the previous state; `warnings` says so in a sentence for each.
 *
 * @throws UserError naming each file and its flaw when none is good, or when the newest was saved by a newer pixelcycle
 */
export async function loadState(storage: Storage): Promise<{ state: TrainingState; warnings: string[] } | null> {
  const flaws: { name: string; sentence: string }[] = [];
  for (const name of [stateFiles.next, stateFiles.latest, stateFiles.previous]) {
    const bytes = await storage.read(name);
    if (bytes === null) continue;
    try {
      const state = await decodeState(bytes);
      for (const flaw of flaws) await storage.rename(flaw.name, stateFiles.damaged);
      const instead = `It is now ${stateFiles.damaged}, and the run goes on from ${name}, step ${state.record.step}.`;
      return { state, warnings: flaws.map(({ sentence }) => `${sentence} ${instead}`) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const sentence = `${storage.place}/${name}: ${error.message}`;
      if (error instanceof NewerStateError) throw new UserError(sentence);
      flaws.push({ name, sentence });
    }
  }
  if (flaws.length === 0) return null;
  throw new UserError(
    `No saved state of this run can be used. ${flaws.map(({ sentence }) => sentence).join(" ")} ` +
      "Its weights may still be good: start a new run from them with --init.",
  );
}

/**
 * SHA-256, in hexadecimal, of the SHA-256s of the file's pieces: crypto.subtle takes only whole arrays, and copies them, so that a file of
 * 400 MB in one piece would need as much memory again.
 */
async function digestOf(bytes: Uint8Array): Promise<string> {
  const pieceLength = 16 * 1024 * 1024;
  const digests = new Uint8Array(32 * Math.ceil(bytes.length / pieceLength));
  for (let index = 0; index * pieceLength < bytes.length; index++) {
    let piece = bytes.subarray(index * pieceLength, (index + 1) * pieceLength);
    if (index === 0) {
      piece = new Uint8Array(piece);
      piece.fill(zero, digestOffset, digestOffset + digestLength);
    }
    digests.set(await sha256(piece), 32 * index);
  }
  return Array.from(await sha256(digests), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

/** JSON has no infinity, and options do: `maxSteps` where there is no limit. */
function keepInfinity(_: string, value: unknown): unknown {
  return value === Infinity ? { infinity: true } : value;
}

function restoreInfinity(_: string, value: unknown): unknown {
  return typeof value === "object" && value !== null && "infinity" in value ? Infinity : value;
}
