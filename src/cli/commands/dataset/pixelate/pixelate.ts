// Turns photos into their naive versions. The manifest is written along the way, so a killed run
// can continue: it skips a picture whose line and file exist and were made from the same bytes in
// the same way.

import { readdir, readFile, rm } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { manifestName, sourceOf, type ManifestRow } from "../../../../dataset/prepare/manifest.ts";
import { naiveTransformation } from "../../../../dataset/prepare/naive.ts";
import type { PictureFacts } from "../../../../dataset/sources/facts.ts";
import { jsonLines, parseJsonLines } from "../../../../dataset/sources/json-lines.ts";
import type { SourcePicture } from "../../../../dataset/sources/source.ts";
import { UserError } from "../../../../errors.ts";
import { isPictureName } from "../../../../formats/pictures/picture-file.ts";
import { maximumCell } from "../../../../kernels/pixelart/cells.ts";
import {
  appendToFile,
  makeFolders,
  requireWritable,
  writeFileAtomically,
} from "../../../../platform/files/files.node.ts";
import { probeImage } from "../../../../platform/pictures/images.node.ts";
import { listSources, SourceReader } from "../../../../platform/pictures/picture-sources.node.ts";
import { hashOf } from "../../../files/hash.ts";
import { runPipeline } from "../../../files/pipeline.ts";
import { endingOf, isFatal, type Ending } from "../../../terminal/ending.ts";
import { startProgress } from "../../../terminal/progress.ts";
import { remake } from "../prepare/make.ts";

export interface PixelateOptions {
  /** Folders, globs, pictures, zips and tars. */
  readonly sources: readonly string[];
  readonly out: string;
  /** Pixels along a cell's side. */
  readonly cell: number;
  /** Cells across each result. Default: as many as fit into the photo. */
  readonly columns?: number;
  /** No terminal output. */
  readonly quiet?: boolean;
  readonly signal?: AbortSignal;
}

export interface PixelateSummary extends Ending {
  /** Pictures that exist now, including those of earlier runs. */
  readonly written: number;
  /** A sentence for each table beside the photos that could not be read. */
  readonly unreadTables: readonly string[];
}

interface Loaded {
  readonly bytes: Uint8Array;
  readonly about?: PictureFacts | undefined;
}

/** @throws UserError if the run cannot start */
export async function pixelateDataset(options: PixelateOptions): Promise<PixelateSummary> {
  const { sources, cell, columns, quiet, signal } = options;
  checkOptions(options);
  const out = resolve(options.out);
  const { pictures, unreadTables } = await listSources(sources, options.out);
  const inside = pictures.find(({ path }) => path.startsWith(out + sep));
  if (inside)
    throw new UserError(`${inside.file} lies in the output folder, ${options.out}; name one that holds no sources.`);
  await requireWritable(out);
  const places = new Map(pictures.map(({ file }, place) => [file, `${String(place).padStart(6, "0")}.png`]));
  const earlier = await earlierRows(out, places);
  const manifest = join(out, manifestName);
  await makeFolders(out);
  await writeFileAtomically(manifest, jsonLines([...earlier.values()]));

  const rows: ManifestRow[] = [];
  const reader = new SourceReader();
  const progress = startProgress({ total: pictures.length, label: "pixelating", unit: "images", silent: quiet });
  try {
    const result = await runPipeline({
      items: pictures,
      nameOf: ({ file }) => file,
      load: async (picture) => ({ bytes: await reader.read(picture), about: await reader.about(picture) }),
      process: (loaded, picture) => unnamed(() => made(loaded, picture)),
      save: async ({ row, png }) => {
        if (png) {
          const path = join(out, row.file);
          // With this order, an existing picture always matches the last line with its name.
          await rm(path, { force: true });
          await appendToFile(manifest, jsonLines([row]));
          await writeFileAtomically(path, png);
        }
        rows.push(row);
      },
      isFatal,
      signal,
      onProgress: ({ saved, failed }) => progress.update(saved + failed),
    });
    const ending = endingOf(result, signal);
    if (!ending.stopped) await finish(out, rows);
    return { written: rows.length, unreadTables, ...ending };
  } finally {
    progress.stop();
    await reader.close();
  }

  /** The picture's line, and its bytes unless an earlier run wrote them. */
  async function made(
    { bytes, about }: Loaded,
    picture: SourcePicture,
  ): Promise<{ row: ManifestRow; png?: Uint8Array }> {
    const transformation = naiveTransformation(await probeImage(bytes), cell, columns);
    const file = places.get(picture.file)!;
    const row: ManifestRow = {
      file,
      ...sourceOf(picture, hashOf(bytes), about),
      verdict: "naive-conversion",
      cell,
      transformation,
    };
    const known = earlier.get(picture.file);
    if (known && JSON.stringify(known) === JSON.stringify(row)) return { row };
    return { row, png: await remake(row, () => Promise.resolve(bytes)) };
  }
}

/**
 * The lines of earlier runs whose pictures still exist under the names that this run gives them, by
 * source.
 *
 * @throws UserError if the folder has other pictures, or another manifest
 */
async function earlierRows(out: string, places: ReadonlyMap<string, string>): Promise<Map<string, ManifestRow>> {
  const names = new Set(await readdir(out).catch(() => []));
  const foreign = [...names].find((name) => isPictureName(name) && !(names.has(manifestName) && ourName.test(name)));
  if (foreign !== undefined) throw new UserError(`${join(out, foreign)} already exists; name an empty or new folder.`);
  const rows = new Map<string, ManifestRow>();
  if (!names.has(manifestName)) return rows;
  for (const row of parseJsonLines(await readFile(join(out, manifestName), "utf8")) as ManifestRow[]) {
    if (row.transformation?.kind !== "naive")
      throw new UserError(`${join(out, manifestName)} belongs to another set; name an empty or new folder.`);
    if (places.get(row.source) === row.file && names.has(row.file)) rows.set(row.source, row);
  }
  return rows;
}

const ourName = /^\d{6,}\.png$/;

/** Sorts the manifest, and removes the files of earlier runs that this run did not make. */
async function finish(out: string, rows: readonly ManifestRow[]): Promise<void> {
  const sorted = rows.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  const kept = new Set(rows.map(({ file }) => file));
  for (const name of await readdir(out)) if (ourName.test(name) && !kept.has(name)) await rm(join(out, name));
  await writeFileAtomically(join(out, manifestName), jsonLines(sorted));
}

/** Strips `the picture:` from an error, since the list of failures gives the picture's name. */
async function unnamed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError) error.message = error.message.replace(/^the picture: /, "");
    throw error;
  }
}

function checkOptions({ cell, columns }: PixelateOptions): void {
  if (!Number.isInteger(cell) || cell < 1 || cell > maximumCell)
    throw new UserError(`--cell must be a whole number of pixels from 1 to ${maximumCell}, not ${cell}.`);
  if (columns !== undefined && (!Number.isInteger(columns) || columns < 1))
    throw new UserError(`--columns must be a whole number of cells, at least 1, not ${columns}.`);
}
