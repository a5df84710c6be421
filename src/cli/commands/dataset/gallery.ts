// Writes the gallery of an audit: a page, and previews beside it. It depends only on the finished
// table and the pictures, however the audit came about. A preview is named after its contents, so
// existing ones are not made again.

import { createReadStream } from "node:fs";
import { access, readdir, readFile, rm } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { parseRow } from "../../../dataset/audit/row.ts";
import type { SourcePicture } from "../../../dataset/sources/source.ts";
import { UserError } from "../../../errors.ts";
import { columnsOf, pictureOf, previewFolder, type GalleryFile, type GalleryPicture } from "../../../gallery/data.ts";
import { cellMiddles, previewSizes } from "../../../gallery/preview.ts";
import { makeFolders, requireWritable, writeFileAtomically } from "../../../platform/files/files.node.ts";
import { decodeImage } from "../../../platform/pictures/images.node.ts";
import type { SourceReader } from "../../../platform/pictures/picture-sources.node.ts";
import { encodePreview, shrunk } from "../../../platform/pictures/previews.node.ts";
import { hashOf } from "../../files/hash.ts";
import { runPipeline, type Failure } from "../../files/pipeline.ts";
import { galleryMark, galleryPage } from "../../pages/gallery-page.ts";
import { isFatal } from "../../terminal/ending.ts";
import { startProgress } from "../../terminal/progress.ts";

export interface GalleryOptions {
  /** The folder for the page; nothing else in it is changed. */
  readonly folder: string;
  /** The JSON lines of the audit. */
  readonly lines: string;
  /** The pictures that it audited, in its order. */
  readonly pictures: readonly SourcePicture[];
  /** As the user named them. */
  readonly sources: readonly string[];
  readonly reader: SourceReader;
  /** Whether the table is complete; if so, previews of other pictures are removed. */
  readonly isWhole: boolean;
  readonly quiet?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface GalleryEnd {
  /** Pictures without a preview, although the audit could read them. */
  readonly failures: readonly Failure[];
  /** Whether the run was interrupted, with previews and the page missing. */
  readonly isStopped: boolean;
}

const pageName = "index.html";

/** Increment this when the drawing of previews changes. */
const previewVersion = 1;

/** @throws UserError if another page is in the folder, or it cannot be written to */
export async function requireGalleryFolder(folder: string): Promise<void> {
  await requireWritable(folder);
  const page = await readFile(join(folder, pageName), "utf8").catch(() => undefined);
  if (page !== undefined && !page.includes(galleryMark))
    throw new UserError(
      `${folder} has an ${pageName} that pixelcycle did not write; name another folder for the gallery.`,
    );
}

export async function writeGallery(options: GalleryOptions): Promise<GalleryEnd> {
  const { folder, reader, signal } = options;
  const items = await itemsOf(options);
  const drawn = items.filter(({ shown }) => shown.preview !== "");
  const progress = startProgress({ total: drawn.length, label: "previews", unit: "pictures", silent: options.quiet });
  const result = await runPipeline({
    items: drawn,
    nameOf: ({ picture }) => picture.file,
    skip: ({ shown }) => arePreviewsThere(folder, shown),
    load: ({ picture }) => reader.read(picture),
    process: async (bytes, { shown }) => {
      const image = await decodeImage(bytes);
      const { small, isCells, large } = previewSizes(shown);
      return {
        small: isCells ? cellMiddles(image, shown) : await shrunk(image, small),
        large: large && (await shrunk(image, large)),
      };
    },
    save: async ({ small, large }, { shown }) => {
      const [smallPath, largePath] = previewPaths(folder, shown);
      await makeFolders(join(smallPath, ".."));
      if (large) await writeFileAtomically(largePath, await encodePreview(large));
      await writeFileAtomically(smallPath, await encodePreview(small));
    },
    isFatal: (error) => isFatal(error) || !(error instanceof UserError),
    signal,
    onProgress: ({ saved, skipped, failed }) => progress.update(saved + skipped + failed, skipped),
  }).finally(() => progress.stop());
  if (result.stopped && result.stopped !== "aborted") throw result.stopped.error;
  if (result.stopped) return { failures: [], isStopped: true };
  const pictures = items.map(({ shown }) => shown);
  const data: GalleryFile = { sources: options.sources, base: baseOf(folder), columns: columnsOf(pictures) };
  await makeFolders(folder);
  await writeFileAtomically(join(folder, "data.js"), `globalThis.gallery = ${JSON.stringify(data)};\n`);
  await writeFileAtomically(join(folder, pageName), galleryPage());
  if (options.isWhole) await removeOthers(folder, pictures);
  return { failures: result.failures, isStopped: false };
}

interface Item {
  readonly picture: SourcePicture;
  readonly shown: GalleryPicture;
}

/** The table and the list of pictures have the same order and length. */
async function itemsOf({ lines, pictures }: GalleryOptions): Promise<Item[]> {
  const items: Item[] = [];
  const places = new Map<string, number>();
  for await (const line of createInterface({ input: createReadStream(lines), crlfDelay: Infinity })) {
    const row = parseRow(line);
    const picture = pictures[items.length];
    const { member, file } = picture;
    const source = member ? file.slice(0, -member.name.length - 1) : file.replace(/(?:^|\/)[^/]*$/, "");
    // A preview depends on the picture's bytes and on where its cells are.
    const preview =
      row.verdict === "broken"
        ? ""
        : hashOf(JSON.stringify([previewVersion, row.sha256, row.cell, row.phase])).slice(0, 24);
    const duplicateOf = row.duplicateOf === undefined ? null : (places.get(row.duplicateOf) ?? null);
    places.set(file, items.length);
    items.push({
      picture,
      shown: pictureOf(row, { source, isPacked: member !== undefined, preview, duplicateOf }),
    });
  }
  return items;
}

/** The paths of the small and the large preview, whether or not there is a large one. */
function previewPaths(folder: string, { preview }: GalleryPicture): [string, string] {
  const path = join(folder, previewFolder, preview.slice(0, 2), preview);
  return [`${path}.webp`, `${path}-large.webp`];
}

/** The small one is written last, so it stands for both. */
function arePreviewsThere(folder: string, shown: GalleryPicture): Promise<boolean> {
  return access(previewPaths(folder, shown)[0]).then(
    () => true,
    () => false,
  );
}

/** Removes previews that belong to no picture any more, and only files named like previews. */
async function removeOthers(folder: string, pictures: readonly GalleryPicture[]): Promise<void> {
  const kept = new Set(pictures.map(({ preview }) => preview));
  const top = join(folder, previewFolder);
  for (const group of await readdir(top).catch(() => [])) {
    if (!/^[0-9a-f]{2}$/.test(group)) continue;
    for (const name of await readdir(join(top, group))) {
      const [, preview] = /^([0-9a-f]{24})(?:-large)?\.webp$/.exec(name) ?? [];
      if (preview && !kept.has(preview)) await rm(join(top, group, name));
    }
  }
}

/** The address of the working folder, relative to the page. */
function baseOf(folder: string): string {
  const path = relative(folder, process.cwd());
  // On Windows there is no relative path to another drive.
  if (/^[a-z]:/i.test(path)) return `${pathToFileURL(process.cwd()).href}/`;
  return path === "" ? "./" : `${path.split(sep).map(encodeURIComponent).join("/")}/`;
}
