// Everything that a run needs to continue exactly, in one file: its tensors, and a record of
// everything else.
//
// The file is a safetensors file, so that any tool can read it. It is protected by a checksum: its
// metadata begins with a SHA-256 over every byte of it (with the digest's own bytes as zeros). A
// file that is cut off, corrupt or foreign is rejected. Of the three names, `next` exists only
// during a save: a new state is complete under that name before the one it replaces becomes
// `previous`. So there is a good one on the disk at every instant, and two of them after the first
// save.

import { UserError } from "../../errors.ts";
import { readSafetensors, writeSafetensors } from "../../formats/tensors/safetensors.ts";
import type { NamedTensor } from "../../formats/tensors/tensors.ts";
import { option } from "../options/option.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../options/options.ts";
import type { PlateauState } from "../step/learning-rate.ts";
import type { NetworkName } from "../step/networks.ts";
import type { OptimizerName } from "../step/optimizers.ts";
import type { Storage } from "./storage.ts";

export const stateFiles = {
  latest: "latest_state.safetensors",
  previous: "previous_state.safetensors",
  next: "next_state.safetensors",
  /** Files that `loadState` found damaged are moved here. */
  damaged: "damaged_state.safetensors",
} as const;

/** The part of a run's state that is not a tensor. */
export interface StateRecord {
  /** Completed steps. */
  readonly step: number;
  /** The current epoch, from 1. */
  readonly epoch: number;
  /** Completed pictures of this epoch. */
  readonly iters: number;
  /** Pictures per side since the run began. */
  readonly pictures: number;
  readonly plateau: PlateauState;
  /** Of this epoch's steps: their number, and the sum of the metric that `plateau` averages. */
  readonly epochLoss: { readonly steps: number; readonly sum: number };
  /** How many batches each network's batch norms have seen. */
  readonly batchesTracked: Readonly<Record<NetworkName, number>>;
  /** `Dataset.fingerprint`; empty before the first step. */
  readonly dataset: string;
  /** Steps that each optimiser has taken: fewer than `step` if it did not always learn. */
  readonly optimizerSteps: Readonly<Record<OptimizerName, number>>;
  /** The options of the next step, including the seed. */
  readonly options: TrainingOptions;
  /**
   * The kernels that were measured to be the fastest before the first step, by the names of layers.
   * They stay, since each kernel rounds in its own way. The rules choose for all other layers.
   */
  readonly choices?: Readonly<Record<string, string>>;
}

/** A state of version 1 lacks some fields. */
type SavedRecord = Omit<StateRecord, "optimizerSteps" | "options"> & {
  readonly optimizerSteps?: StateRecord["optimizerSteps"];
  readonly options: Partial<TrainingOptions>;
};

export interface TrainingState {
  readonly record: StateRecord;
  /**
   * Weights, buffers, moments, the pools' pictures. After `decodeState` they are views of the
   * file's bytes.
   */
  readonly tensors: readonly NamedTensor[];
}

/**
 * Incremented whenever an older pixelcycle would misread the file. Version 1 had no optimisers that
 * pause.
 */
const formatVersion = "2";
const readableVersions = ["1", formatVersion];

const digestStart = '{"__metadata__":{"sha256":"';
const digestOffset = 8 + digestStart.length;
const digestLength = 64;
const zero = "0".charCodeAt(0);

/** A state that this version of pixelcycle cannot use, though it is valid. */
class NewerStateError extends UserError {}

/**
 * The bytes of the file. Its size is that of the tensors, and it takes as much memory again while
 * it is built.
 */
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
 * @throws UserError saying what is wrong; the sentence begins with "it"
 */
export async function decodeState(bytes: Uint8Array): Promise<TrainingState> {
  const text = (start: number, length: number) => new TextDecoder().decode(bytes.subarray(start, start + length));
  if (bytes.length === 0) throw new UserError("it is empty.");
  if (text(8, digestStart.length) !== digestStart) throw new UserError("it is not a state that pixelcycle saved.");
  if (text(digestOffset, digestLength) !== (await digestOf(bytes))) {
    throw new UserError("it is cut off or damaged: its checksum does not match its contents.");
  }
  const { tensors, metadata } = readSafetensors(bytes);
  if (!readableVersions.includes(metadata.version)) {
    throw new NewerStateError(
      "it was saved by a newer version of pixelcycle: update pixelcycle, or start another run.",
    );
  }
  return { record: parseRecord(metadata.record), tensors };
}

function parseRecord(text: string): StateRecord {
  const record: SavedRecord = JSON.parse(text, restoreInfinity);
  const optimizerSteps = record.optimizerSteps ?? { generators: record.step, discriminators: record.step };
  return { ...record, optimizerSteps, options: { ...defaultTrainingOptions, ...record.options } };
}

/** The maximum bytes of a state's header: its record and the offsets of its tensors. */
export const headerBytes = 2 ** 20;

/**
 * The record of a file, given its first `headerBytes` bytes or all of it: for a list of runs.
 * Unlike `decodeState` it does not verify the checksum. undefined if it is not a readable state.
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

/**
 * Saves a state as the latest; the latest so far becomes the previous. Nothing is lost if this
 * fails or the process dies during it.
 */
export async function saveState(storage: Storage, state: TrainingState): Promise<void> {
  await storage.write(stateFiles.next, await encodeState(state));
  const names = await storage.list();
  if (names.includes(stateFiles.latest)) await storage.rename(stateFiles.latest, stateFiles.previous);
  await storage.rename(stateFiles.next, stateFiles.latest);
}

/**
 * The newest good state; null if none was ever saved. Damaged files are moved aside, so that the
 * next save does not keep one of them as the previous state; `warnings` has a sentence for each.
 *
 * @throws UserError naming each file and its flaw if none is good, or if the newest was saved by a
 * newer pixelcycle
 */
export async function loadState(storage: Storage): Promise<{ state: TrainingState; warnings: string[] } | null> {
  const flaws: { name: string; sentence: string }[] = [];
  for (const name of [stateFiles.next, stateFiles.latest, stateFiles.previous]) {
    const bytes = await storage.read(name);
    if (bytes === null) continue;
    try {
      const state = await decodeState(bytes);
      for (const flaw of flaws) await storage.rename(flaw.name, stateFiles.damaged);
      const instead = `It was renamed to ${stateFiles.damaged}, and the run continues from ${name}, step ${state.record.step}.`;
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
      `Its weights may still be usable: start a new run from them with ${option("init")}.`,
  );
}

/**
 * SHA-256, in hexadecimal, of the SHA-256s of the file's pieces: crypto.subtle takes only whole
 * arrays, and copies them, so that a file of 400 MB in one piece would need as much memory again.
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

/** JSON has no infinity, but options do: `maxSteps` if there is no limit. */
function keepInfinity(_: string, value: unknown): unknown {
  return value === Infinity ? { infinity: true } : value;
}

function restoreInfinity(_: string, value: unknown): unknown {
  return typeof value === "object" && value !== null && "infinity" in value ? Infinity : value;
}
