// Audits pictures. Each is read, judged, and written to a journal; at the end the journal becomes
// the tables, with duplicates. The journal has the tables' order, so a run that is killed and
// continued, however often, ends with the same bytes.

import { resolve } from "node:path";
import { judgePicture } from "../../../dataset/audit/judge.ts";
import { brokenFinding, type AuditRow, type AuditVerdict, type Finding } from "../../../dataset/audit/row.ts";
import type { PictureFacts } from "../../../dataset/sources/facts.ts";
import type { SourcePicture } from "../../../dataset/sources/source.ts";
import { UserError } from "../../../errors.ts";
import type { UnreadPicture } from "../../../formats/pictures/picture-choice.ts";
import { pictureKind } from "../../../formats/pictures/picture-file.ts";
import { requireWritable } from "../../../platform/files/files.node.ts";
import { decodeImage } from "../../../platform/pictures/images.node.ts";
import { listSources, SourceReader } from "../../../platform/pictures/picture-sources.node.ts";
import { hashOf } from "../../files/hash.ts";
import { runPipeline, type Failure } from "../../files/pipeline.ts";
import { takeShard, type Shard } from "../../files/shard.ts";
import { isFatal } from "../../terminal/ending.ts";
import { startProgress } from "../../terminal/progress.ts";
import { EarlierRows } from "./earlier.ts";
import { requireGalleryFolder, writeGallery } from "./gallery.ts";
import { Journal } from "./journal.ts";
import { linesPathOf, noCounts, writeTables } from "./tables.ts";

export interface AuditOptions {
  readonly sources: readonly string[];
  /** The path of the table; its JSON lines are beside it. */
  readonly csv: string;
  /** The folder of the gallery. */
  readonly html?: string;
  readonly shard?: Shard | undefined;
  /** No terminal output. */
  readonly quiet?: boolean;
  readonly signal?: AbortSignal;
}

export interface AuditSummary {
  readonly counts: Readonly<Record<AuditVerdict, number>>;
  readonly duplicates: number;
  /** Folders and archives that could not be read to their end. */
  readonly incomplete: readonly string[];
  /** Pictures of unsupported kinds. */
  readonly unread: readonly UnreadPicture[];
  /** Links that were not followed. */
  readonly links: number;
  /** A sentence for each table beside pictures that could not be read. */
  readonly unreadTables: readonly string[];
  /** Whether the run stopped early; then the tables or the gallery are missing. */
  readonly isStopped: boolean;
  /** Pictures without a preview in the gallery. */
  readonly undrawn: readonly Failure[];
}

/**
 * The largest picture that is judged; larger ones would not fit into memory beside everything else.
 */
const mostPixels = 64e6;

/**
 * Increment this when the meaning of findings changes, so that older ones, in a journal or a table,
 * are not reused.
 */
const version = 7;

/** @throws UserError if the audit cannot start, or the disk is full */
export async function auditSources(options: AuditOptions): Promise<AuditSummary> {
  const { sources, shard, signal } = options;
  const csv = resolve(options.csv);
  await requireWritable(resolve(csv, ".."));
  if (options.html !== undefined) await requireGalleryFolder(options.html);
  const { pictures: all, ...left } = await listSources(sources);
  const pictures = shard ? takeShard(all, shard) : all;
  const part = shard && ([shard.index, shard.count] as const);
  const asked = JSON.stringify({ version, shard: shard && `${shard.index}/${shard.count}` });
  const journal = await Journal.open(`${csv}.journal`, asked, pictures);
  const reader = new SourceReader();
  const earlier = await EarlierRows.open(linesPathOf(csv));
  const progress = startProgress({
    total: pictures.length,
    label: "auditing",
    unit: "pictures",
    silent: options.quiet,
  });
  try {
    const result = await runPipeline({
      items: pictures.slice(journal.done),
      nameOf: ({ file }) => file,
      load: async (picture) => ({
        bytes: await reader.read(picture).catch((error: unknown) => refusal(error)),
        about: await reader.about(picture),
      }),
      process: async (loaded: Loaded, picture) =>
        journal.add(picture, JSON.stringify(await rowOf(picture, loaded, await earlier.find(picture.file), part))),
      save: async () => {},
      isFatal: (error) => isFatal(error) || !(error instanceof UserError),
      signal,
      onProgress: ({ saved }) => progress.update(journal.done + saved, journal.done),
    });
    progress.stop();
    await journal.flush();
    if (result.stopped && result.stopped !== "aborted") throw result.stopped.error;
    if (result.stopped) return { counts: noCounts(), duplicates: 0, ...left, isStopped: true, undrawn: [] };
    const summary = await writeTables(csv, journal.lines());
    await journal.remove();
    if (options.html === undefined) return { ...summary, ...left, isStopped: false, undrawn: [] };
    const { failures: undrawn, isStopped } = await writeGallery({
      ...{ folder: resolve(options.html), lines: linesPathOf(csv), pictures, sources, reader, signal },
      isWhole: shard === undefined,
      quiet: options.quiet,
    });
    return { ...summary, ...left, isStopped, undrawn };
  } finally {
    progress.stop();
    await earlier.close();
    await journal.close();
    await reader.close();
  }
}

/** A defect of a picture is a finding; a defect of ours ends the run. */
function refusal(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}

interface Loaded {
  readonly bytes: Uint8Array | UserError;
  readonly about?: PictureFacts | undefined;
}

async function rowOf(
  { file, bytes: size }: SourcePicture,
  { bytes, about }: Loaded,
  earlier: AuditRow | undefined,
  part: AuditRow["part"],
): Promise<AuditRow> {
  const place = { file, bytes: size, about, version, part };
  if (bytes instanceof UserError) return { ...place, sha256: "", ...brokenFinding(bytes.message) };
  const sha256 = hashOf(bytes);
  if (earlier?.sha256 === sha256 && earlier.version === version) return { ...place, ...foundIn(earlier) };
  try {
    const image = await decodeImage(bytes, { pixelLimit: mostPixels });
    return { ...place, sha256, ...judgePicture(image, pictureKind(bytes)) };
  } catch (error) {
    return { ...place, sha256, ...brokenFinding(refusal(error).message.replace(/^the picture: /, "")) };
  }
}

/** The part that depends only on the picture's bytes. */
function foundIn(row: AuditRow): Finding & { sha256: string } {
  const { file: _, bytes: __, about: ___, version: ____, part: _____, ...found } = row;
  return found;
}
