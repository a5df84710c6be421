// Turns photos and pixel art into the folders that `train` reads: trainA and trainB, and valA and
// valB if some are held out. Pictures are read from their place, including archives, one at a time.
// A journal records what was done, so a killed run continues where it stopped and ends with the
// same bytes.

import { resolve } from "node:path";
import type { SourcePicture } from "../../../../dataset/sources/source.ts";
import { UserError } from "../../../../errors.ts";
import { requireWritable } from "../../../../platform/files/files.node.ts";
import { listSources } from "../../../../platform/pictures/picture-sources.node.ts";
import { hashOf } from "../../../files/hash.ts";
import { runPipeline, type PipelineResult } from "../../../files/pipeline.ts";
import { endingOf, isFatal, type Ending } from "../../../terminal/ending.ts";
import { startProgress } from "../../../terminal/progress.ts";
import { Audit } from "./audit.ts";
import { checkOptions, type PrepareOptions } from "./options.ts";
import { isOfSet, PreparedSet, type Side } from "./prepared-set.ts";
import { Preparing, type Item } from "./preparing.ts";

export interface PrepareSummary extends Ending {
  /** Pictures in each folder. */
  readonly written: Readonly<Record<string, number>>;
  readonly dropped: number;
  /** A sentence for each table beside the sources that could not be read. */
  readonly unreadTables: readonly string[];
}

/** @throws UserError if the run cannot start */
export async function prepareDataset(options: PrepareOptions): Promise<PrepareSummary> {
  checkOptions(options);
  const out = resolve(options.out);
  const listings = [await listSources(options.photos, options.out), await listSources(options.art, options.out)];
  const audit = await Audit.read(options);
  const items = listings.flatMap(({ pictures }, i) => shuffled(i === 0 ? "A" : "B", pictures, audit, options));
  if (options.maxNsfw !== undefined && !items.some(({ picture }) => picture.about?.nsfw !== undefined))
    throw new UserError(
      "--max-nsfw finds no picture with a score: put DiffusionDB's metadata.parquet beside its parts, or leave the option out.",
    );
  for (const { picture } of items)
    if (isOfSet(picture.path, out))
      throw new UserError(`${picture.file} lies in the set to be written, ${options.out}; name another folder for it.`);
  await requireWritable(out);
  const set = await PreparedSet.open(out);
  const preparing = new Preparing(options, audit, set);
  const total = items.length;
  const progress = startProgress({ total, label: "preparing", unit: "images", silent: options.quiet });
  let result: PipelineResult;
  try {
    await set.begin();
    result = await runPipeline({
      items,
      nameOf: ({ picture }) => picture.file,
      load: (item) => preparing.load(item),
      process: (loaded, item) => preparing.process(loaded, item),
      save: (prepared) => set.save(prepared),
      isFatal,
      signal: options.signal,
      onProgress: ({ saved, failed }) => progress.update(saved + failed),
    });
  } finally {
    progress.stop();
    await preparing.close();
  }
  const ending = endingOf(result, options.signal);
  if (!ending.stopped) await set.finish();
  const unreadTables = [...new Set(listings.flatMap(({ unreadTables }) => unreadTables))];
  return { ...set.counts(), unreadTables, ...ending };
}

/**
 * Shuffled, so that balancing does not always keep the beginning of the alphabet. Similar pictures
 * follow one another, the audit's first of them before the others.
 */
function shuffled(side: Side, pictures: readonly SourcePicture[], audit: Audit, { seed }: PrepareOptions): Item[] {
  const order = new Map(
    pictures.map(({ file }) => {
      const first = audit.firstOf(file);
      return [file, `${hashOf(`${seed} ${first}`)} ${first === file ? 0 : 1}`];
    }),
  );
  const items = pictures.map((picture, place) => ({ side, picture, place }));
  const keyOf = ({ picture: { file } }: Item) => `${order.get(file)!} ${file}`;
  return items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
