// Exports pixel art as a set that a text-to-image trainer reads without damaging a cell. Each
// picture is made independently (picture.ts) and written to its place (sinks.ts). A journal records
// what was done, so a killed export continues where it stopped and ends with the same bytes.

import { readdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { bucketsOf } from "../../../../dataset/export/buckets.ts";
import { cardOf } from "../../../../dataset/export/card.ts";
import { configOf, picturesFolder } from "../../../../dataset/export/config.ts";
import { commonCell, latentSide } from "../../../../dataset/export/fit.ts";
import type { Trainer } from "../../../../dataset/export/loading.ts";
import {
  isRefusal,
  journalName,
  provenanceName,
  readRecords,
  refusedName,
  type ExportRecord,
  type Refusal,
} from "../../../../dataset/export/record.ts";
import { jsonLines } from "../../../../dataset/sources/json-lines.ts";
import { UserError } from "../../../../errors.ts";
import { leftOutSentences } from "../../../../formats/pictures/picture-choice.ts";
import { compareCodePoints, isPictureName } from "../../../../formats/pictures/picture-file.ts";
import type { Size } from "../../../../picture/preprocess.ts";
import {
  appendToFile,
  makeFolders,
  requireWritable,
  systemReason,
  writeFileAtomically,
} from "../../../../platform/files/files.node.ts";
import { picturesBelow } from "../../../../platform/pictures/picture-folder.node.ts";
import { runPipeline, type PipelineResult } from "../../../files/pipeline.ts";
import { endingOf, isFatal, type Ending } from "../../../terminal/ending.ts";
import { startProgress, type Progress } from "../../../terminal/progress.ts";
import { Captioner, CaptionerError, captionsName } from "./captioner.ts";
import { checkExportOptions, settingsOf, type ExportOptions } from "./options.ts";
import { knownOf, makeSample, readCells, type ExportSetup, type Item } from "./picture.ts";
import { isOurs, openSink, shardLength, type Sample } from "./sinks.ts";
import { Subjects } from "./subjects.ts";

export interface ExportSummary extends Ending {
  readonly exported: number;
  /** How many of them existed already. */
  readonly reused: number;
  /** Pixels along a cell's side. */
  readonly cell: number;
  readonly warnings: readonly string[];
  /** Pictures of unsupported kinds, one sentence per kind. */
  readonly leftOut: readonly string[];
  /**
   * The name of the trainer's configuration file; undefined if the export stopped before writing
   * it.
   */
  readonly config?: string;
}

type Line = ExportRecord | Refusal;

/**
 * @throws UserError if the export cannot start: no picture, contradictory options, a folder with
 * other files
 */
export async function exportDataset(options: ExportOptions): Promise<ExportSummary> {
  checkExportOptions(options);
  const { input, trainer, size } = options;
  const out = resolve(options.out);
  const { items, leftOut } = await listPictures(input, out);
  await requireWritable(out);
  const earlier = await earlierLines(out, trainer);
  const subjects = await Subjects.open(resolve(input), options.table);
  const cell = options.cell ?? (await chooseCell(items, options, subjects));
  const buckets = bucketsOf(trainer, size, cell, options.buckets);
  await makeFolders(out);
  // Start on a new line, even if a kill truncated the last one.
  await appendToFile(join(out, journalName), "\n");
  const captioner = options.captioner && (await Captioner.open(options.captioner, join(out, captionsName)));
  const settings = settingsOf(options, cell, captioner?.identity);
  const sink = await openSink(trainer, out);
  const setup = { options, cell, buckets, settings, subjects, captioner, sink, earlier };
  const progress = startProgress({ total: items.length, label: "exporting", unit: "images", silent: options.quiet });
  let made: Made;
  try {
    made = await makeAll(items, setup, out, progress);
  } finally {
    progress.stop();
    await captioner?.close();
  }
  const ending = endingOf(made, options.signal);
  const lines = items.flatMap(({ place }) => made.lines.get(place) ?? []);
  const records = lines.filter((line): line is ExportRecord => !isRefusal(line));
  if (!ending.stopped) await finish(setup, out, records, lines.filter(isRefusal), made.failures.length);
  return {
    exported: records.length,
    reused: made.reused,
    cell,
    warnings: warningsAbout(cell),
    leftOut,
    ...(!ending.stopped && { config: configOf(trainer, placeOf(options)).name }),
    ...ending,
  };
}

interface Made extends PipelineResult {
  /** By the picture's place in the list. */
  readonly lines: ReadonlyMap<number, Line>;
  readonly reused: number;
}

/** A shard is reused or made as a whole, files individually. */
async function makeAll(items: readonly Item[], setup: ExportSetup, out: string, progress: Progress): Promise<Made> {
  const { options, sink, captioner } = setup;
  const inShards = options.trainer === "webdataset";
  const journal = join(out, journalName);
  const lines = new Map<number, Line>();
  const total = { total: items.length, saved: 0, skipped: 0, failed: 0, failures: [] as PipelineResult["failures"] };
  let reused = 0;
  let stopped: PipelineResult["stopped"];
  for (let first = 0; first < items.length && !stopped; first += shardLength) {
    const part = items.slice(first, first + shardLength);
    const known = inShards ? await knownPart(part, setup) : undefined;
    const load = async (item: Item): Promise<{ line: Line } | Sample | Refusal> => {
      const line = inShards ? known?.get(item.place) : await knownOf(item, setup);
      return line ? { line } : makeSample(item, setup);
    };
    const save = async (loaded: Awaited<ReturnType<typeof load>>, { place }: Item) => {
      const line = "line" in loaded ? loaded.line : "record" in loaded ? loaded.record : loaded;
      if (!("line" in loaded || inShards)) {
        if ("png" in loaded) await sink.clear(loaded.record);
        await appendToFile(journal, jsonLines([line]));
      }
      if ("png" in loaded) await sink.put(loaded);
      lines.set(place, line);
      if ("line" in loaded) reused++;
      if (isRefusal(line)) throw new UserError(line.refused);
    };
    const result = await runPipeline({
      items: part,
      nameOf: ({ below }) => below,
      load,
      loadAhead: captioner ? 8 : 3,
      process: (loaded) => Promise.resolve(loaded),
      save,
      isFatal: (error) => isFatal(error) || error instanceof CaptionerError,
      signal: options.signal,
      onProgress: ({ saved, failed }) => progress.update(first + saved + failed, reused),
    });
    total.saved += result.saved;
    total.failed += result.failed;
    total.failures = [...total.failures, ...result.failures];
    stopped = result.stopped;
    if (stopped || !inShards || known) continue;
    const said = part.flatMap(({ place }) => lines.get(place) ?? []);
    for (const line of said) if (!isRefusal(line)) await sink.clear(line);
    await appendToFile(journal, jsonLines(said));
    await sink.flush(first);
  }
  return { ...total, ...(stopped && { stopped }), lines, reused };
}

/**
 * The lines of an earlier run for all of a shard's pictures; undefined if a line is missing or
 * would change, or if the shard has more pictures than these.
 */
async function knownPart(part: readonly Item[], setup: ExportSetup): Promise<ReadonlyMap<number, Line> | undefined> {
  const known = new Map<number, Line>();
  const sources = new Set(part.map(({ below }) => below));
  const shardOf = (file: string) => file.split(":")[0];
  const shard = shardOf(setup.sink.fileOf(part[0].place));
  for (const line of setup.earlier.values())
    if (!isRefusal(line) && shardOf(line.file) === shard && !sources.has(line.source)) return undefined;
  for (const item of part) {
    const line = await knownOf(item, setup);
    if (!line) return undefined;
    known.set(item.place, line);
  }
  return known;
}

async function listPictures(input: string, out: string): Promise<{ items: Item[]; leftOut: string[] }> {
  const folder = await realpath(input).catch((error: unknown) => {
    throw new UserError(`${input}: ${systemReason(error)}.`);
  });
  if (!(await stat(folder)).isDirectory())
    throw new UserError(`${input} is a file, not a folder; unpack an archive, or name the folder of a picture.`);
  const realOut = await realpath(out).catch(() => out);
  if (realOut === folder) throw new UserError(`${input} cannot be exported into itself; name another folder.`);
  const { pictures, unread } = await picturesBelow(input, realOut);
  if (pictures.length === 0) throw new UserError(`${input}: no picture in it can be read.`);
  const sorted = [...pictures].sort((a, b) => compareCodePoints(a.below, b.below));
  return { items: sorted.map((picture, place) => ({ ...picture, place })), leftOut: leftOutSentences(unread) };
}

/**
 * The lines of earlier runs in this folder.
 *
 * @throws UserError if it contains pictures that we did not write, which a trainer would read as
 * well
 */
async function earlierLines(out: string, trainer: Trainer): Promise<ReadonlyMap<string, Line>> {
  const texts = await Promise.allSettled(
    [provenanceName, refusedName, journalName].map((name) => readFile(join(out, name), "utf8")),
  );
  const found = texts.flatMap((text) => (text.status === "fulfilled" ? [text.value] : []));
  const lines = readRecords(found.join("\n"));
  const other = [...lines.values()].find((line) => line.trainer !== trainer);
  if (other) throw new UserError(`${out} holds a set for ${other.trainer}; name another folder for ${trainer}.`);
  const folder = join(out, picturesFolder(trainer));
  const there = await readdir(folder).catch(() => []);
  const isRead = (name: string) => isPictureName(name) || name.endsWith(".tar");
  const foreign = there.find((name) => isRead(name) && (found.length === 0 || !isOurs(trainer, name)));
  if (foreign !== undefined)
    throw new UserError(
      `${join(folder, foreign)} already exists, and a trainer would read it with the set; name an empty or new folder.`,
    );
  return lines;
}

/** The number of pictures, evenly spaced in the list, that are examined to choose a common cell. */
const sampleLength = 200;

async function chooseCell(items: readonly Item[], options: ExportOptions, subjects: Subjects): Promise<number> {
  const every = Math.max(1, items.length / sampleLength);
  const sizes: Size[] = [];
  for (let at = 0; at < items.length; at += every) {
    try {
      sizes.push((await readCells(items[Math.floor(at)], options, subjects)).cells);
    } catch (error) {
      if (!(error instanceof UserError)) throw error; // reported when this picture is processed
    }
    options.signal?.throwIfAborted();
  }
  if (sizes.length === 0) return latentSide;
  return commonCell(sizes, (cell) => bucketsOf(options.trainer, options.size, cell, options.buckets));
}

function warningsAbout(cell: number): string[] {
  if (cell % latentSide === 0) return [];
  return [
    `Cells of ${cell} pixels do not fill whole latents of ${latentSide} x ${latentSide} pixels, so an autoencoder mixes neighbouring cells: ` +
      `give a --cell that is a multiple of ${latentSide}.`,
  ];
}

function placeOf({ path, out, size }: ExportOptions) {
  return { path: (path ?? resolve(out)).replace(/\/+$/, ""), resolution: size, name: basename(resolve(out)) };
}

/** Writes what can be written only when all pictures are there. */
async function finish(
  { options, sink }: ExportSetup,
  out: string,
  records: readonly ExportRecord[],
  refusals: readonly Refusal[],
  refused: number,
): Promise<void> {
  const place = placeOf(options);
  const config = configOf(options.trainer, place);
  await sink.finish(records);
  await writeFileAtomically(join(out, provenanceName), jsonLines(records));
  if (refusals.length > 0) await writeFileAtomically(join(out, refusedName), jsonLines(refusals));
  else await rm(join(out, refusedName), { force: true });
  await writeFileAtomically(join(out, config.name), config.text);
  await writeFileAtomically(join(out, "README.md"), cardOf({ trainer: options.trainer, place, records, refused }));
  await rm(join(out, journalName), { force: true });
}
