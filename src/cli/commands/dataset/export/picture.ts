// Exports one picture: from a file to its cells, its training size, its caption and the PNG that a
// trainer reads. The result is verified before it is passed on.

import { captionOf, cleanCaption, factsOf } from "../../../../dataset/export/caption.ts";
import { fitted, transformationOf } from "../../../../dataset/export/fit.ts";
import { faultIn } from "../../../../dataset/export/proof.ts";
import { isRefusal, type ExportRecord, type Refusal } from "../../../../dataset/export/record.ts";
import { ownCells, type OwnCells } from "../../../../dataset/grid/own-cells.ts";
import { painted } from "../../../../dataset/prepare/paint.ts";
import { UserError } from "../../../../errors.ts";
import { crop, type Size } from "../../../../picture/preprocess.ts";
import { readFileBytes } from "../../../../platform/files/files.node.ts";
import { decodeImage, encodePng } from "../../../../platform/pictures/images.node.ts";
import type { FolderPicture } from "../../../../platform/pictures/picture-folder.node.ts";
import { hashOf } from "../../../files/hash.ts";
import { withFlags } from "../../../options/flags.ts";
import type { Captioner } from "./captioner.ts";
import type { ExportOptions } from "./options.ts";
import type { Sample, Sink } from "./sinks.ts";
import type { Subjects } from "./subjects.ts";

export interface Item extends FolderPicture {
  /** Its place in the list, from 0. */
  readonly place: number;
}

/** What all pictures of an export share. */
export interface ExportSetup {
  readonly options: ExportOptions;
  /** Pixels of the result along a cell's side. */
  readonly cell: number;
  readonly buckets: readonly Size[];
  readonly settings: string;
  readonly subjects: Subjects;
  readonly captioner?: Captioner | undefined;
  readonly sink: Sink;
  /** The records of earlier runs, by the picture's path relative to its folder. */
  readonly earlier: ReadonlyMap<string, ExportRecord | Refusal>;
}

/**
 * The cells of a picture.
 *
 * @throws UserError if it is not on a grid
 */
export async function readCells(
  { path, below }: FolderPicture,
  { grid }: ExportOptions,
  subjects: Subjects,
  bytes?: Uint8Array,
): Promise<OwnCells> {
  return ownCells(await decodeImage(bytes ?? path), grid ?? (await subjects.facts(below)).cell);
}

/**
 * An earlier run's record of a picture, if this run would produce the same and the result exists.
 */
export async function knownOf(item: Item, setup: ExportSetup): Promise<ExportRecord | Refusal | undefined> {
  const { earlier, settings, sink, subjects, options } = setup;
  const before = earlier.get(item.below);
  if (before?.settings !== settings || before.sha256 !== hashOf(await readFileBytes(item.path))) return undefined;
  if (isRefusal(before)) return before;
  if (before.file !== sink.fileOf(item.place) || !sink.has(before)) return undefined;
  // A captioner would give the same caption again.
  const ask = () => Promise.resolve(before.subjectFrom === "captioner" ? before.subject : "");
  const subject = await subjects.of(item.below, options.captions, ask);
  const told = { ...before, ...(await toldOf(item, subjects)), subject: subject?.text ?? "" };
  return JSON.stringify(told) === JSON.stringify(before) ? before : undefined;
}

/**
 * @returns a refusal if the picture itself cannot be exported, whatever the files beside it say
 * @throws UserError if it cannot be read, or has no caption
 */
export async function makeSample(item: Item, setup: ExportSetup): Promise<Sample | Refusal> {
  const { options, cell, buckets, settings, subjects, captioner, sink } = setup;
  const { trainer, padding, background } = options;
  const bytes = await readFileBytes(item.path);
  const about = { trainer, source: item.below, sha256: hashOf(bytes), settings };
  const refusal = (reason: string): Refusal => ({ ...about, refused: reason.replace(/^the picture: /, "") });
  let own: OwnCells;
  let fit: ReturnType<typeof fitted>;
  try {
    own = await readCells(item, options, subjects, bytes);
    fit = fitted(own.cells, buckets, cell, options.fit);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return refusal(withFlags(error.message));
  }
  const png = await encodePng(painted(own.cells, fit, padding, background));
  const fault = faultIn(trainer, await decodeImage(png), cell, options.size);
  if (fault !== undefined) return refusal(`it would not be loaded unchanged: ${fault}.`);

  const ask = captioner && (() => captioner.caption(item.below, own.cells));
  const subject = await subjects.of(item.below, options.captions, ask);
  const { left, top, width, height } = fit.shown;
  const facts = factsOf(crop(own.cells, left, top, width, height), subject?.text ?? "", cleanCaption(options.trigger));
  const caption = captionOf(options.template, facts);
  if (caption === "")
    throw new UserError(
      "it has no caption, and trainers refuse empty ones: give a --template with fixed words, such as '{subject}, pixel art'.",
    );
  const { columns, rows, colors } = facts;
  const record: ExportRecord = {
    ...about,
    file: sink.fileOf(item.place),
    ...(await toldOf(item, subjects)),
    grid: { cell: own.cell, phase: own.phase },
    ...{ columns, rows, colors },
    transformation: transformationOf(fit, padding, background),
    caption,
    subject: facts.subject,
    subjectFrom: subject?.from ?? "template",
  };
  return { png, record };
}

async function toldOf(
  { below }: Item,
  subjects: Subjects,
): Promise<Pick<ExportRecord, "licence" | "origin" | "author" | "verdict">> {
  const { licence, origin, author, verdict } = await subjects.facts(below);
  return { licence, origin, author, verdict };
}
