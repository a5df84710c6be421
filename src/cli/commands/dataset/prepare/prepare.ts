// Photos and pixel art into the folders that `train` reads: trainA and trainB, and valA and valB where some are held out. Pictures are read from where
// they lie, archives too, one at a time; what was done is journalled, so that a killed run goes on where it was and ends with the same bytes.

import { appendFile, readdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isPictureName } from "../../../../data/picture-file.ts";
import { parseChoices } from "../../../../dataset/audit/choices.ts";
import { parseRow, verdicts, type AuditRow, type AuditVerdict } from "../../../../dataset/audit/row.ts";
import { paintedArt, squaresOf } from "../../../../dataset/prepare/art.ts";
import {
  droppedName,
  manifestName,
  sourceOf,
  type DroppedRow,
  type ManifestRow,
} from "../../../../dataset/prepare/manifest.ts";
import { photoScale, shrunkPhoto } from "../../../../dataset/prepare/photo.ts";
import { isChosen, whyDropped, type Selection } from "../../../../dataset/prepare/selection.ts";
import type { PictureFacts } from "../../../../dataset/sources/facts.ts";
import { jsonLines, lastLines, parseJsonLines } from "../../../../dataset/sources/json-lines.ts";
import type { SourcePicture } from "../../../../dataset/sources/source.ts";
import { naming, UserError } from "../../../../errors.ts";
import type { Colour } from "../../../../pixelart/palettes/palette.ts";
import { makeFolders, readFileBytes, requireWritable, writeFileAtomically } from "../../../../platform/files.node.ts";
import { decodeImage, encodePng } from "../../../../platform/images.node.ts";
import { listSources, SourceReader } from "../../../../platform/picture-sources.node.ts";
import { hashOf } from "../../../files/hash.ts";
import { runPipeline, type PipelineResult } from "../../../files/pipeline.ts";
import { withFlags } from "../../../options/flags.ts";
import { endingOf, isFatal, type Ending } from "../../../terminal/ending.ts";
import { startProgress } from "../../../terminal/progress.ts";
import { cellsOf } from "./make.ts";

export interface PrepareOptions {
  /** Folders, globs, pictures, zips and tars. */
  readonly photos: readonly string[];
  readonly art: readonly string[];
  readonly out: string;
  /** Pixels along a cell's side, and along a training picture's. */
  readonly cell: number;
  readonly size: number;
  /** The JSON lines of `dataset audit`. */
  readonly audit?: string | undefined;
  /** The list of a person's choices. */
  readonly choices?: string;
  /** The highest of DiffusionDB's NSFW scores that is taken. */
  readonly maxNsfw?: number;
  /** Of the art, what is taken by the audit. */
  readonly verdicts: readonly AuditVerdict[];
  /** The share of pictures that is held out, from 0 to 1. */
  readonly val: number;
  /** Gives each picture of B the colours of one of A. */
  readonly matchColors?: boolean | undefined;
  /** No more pictures than this from one source. */
  readonly balance?: number | undefined;
  readonly background: Colour;
  readonly seed: number;
  /** Nothing on the terminal. */
  readonly quiet?: boolean | undefined;
  readonly signal?: AbortSignal;
}

export interface PrepareSummary extends Ending {
  /** Pictures in each folder. */
  readonly written: Readonly<Record<string, number>>;
  readonly dropped: number;
  /** A sentence for each table beside the sources that could not be read. */
  readonly unreadTables: readonly string[];
}

type Side = "A" | "B";

interface Item {
  readonly side: Side;
  readonly picture: SourcePicture;
  /** Its place among those of its side, from 0. */
  readonly place: number;
}

/** What became of a source. */
interface Outcome {
  readonly side: Side;
  readonly source: string;
  readonly sha256: string;
  readonly settings: string;
  readonly rows: readonly ManifestRow[];
  readonly dropped?: string;
}

interface Loaded {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly about?: PictureFacts | undefined;
}

const journalName = "prepare-journal.jsonl";

/** @throws UserError where nothing could be begun */
export async function prepareDataset(options: PrepareOptions): Promise<PrepareSummary> {
  checkOptions(options);
  const out = resolve(options.out);
  const listings = [await listSources(options.photos), await listSources(options.art)];
  const items = listings.flatMap(({ pictures }, i) => shuffled(i === 0 ? "A" : "B", pictures, options));
  if (options.maxNsfw !== undefined && !items.some(({ picture }) => picture.about?.nsfw !== undefined))
    throw new UserError(
      "--max-nsfw finds no picture with a score: put DiffusionDB's metadata.parquet beside its parts, or leave the option out.",
    );
  await requireWritable(out);
  const earlier = await Earlier.read(out);
  const preparing = new Preparing(options, out, await Audit.read(options), earlier);
  const total = items.length;
  const progress = startProgress({ total, label: "preparing", unit: "images", silent: options.quiet });
  let result: PipelineResult;
  try {
    await makeFolders(out);
    // The first new line is one of its own, even where a kill cut the last one short.
    await appendFile(join(out, journalName), "\n");
    result = await runPipeline({
      items,
      nameOf: ({ picture }) => picture.file,
      load: (item) => preparing.load(item),
      process: (loaded, item) => preparing.process(loaded, item),
      save: (outcome) => preparing.save(outcome),
      isFatal,
      signal: options.signal,
      onProgress: ({ saved, failed }) => progress.update(saved + failed),
    });
  } finally {
    progress.stop();
    await preparing.close();
  }
  const ending = endingOf(result, options.signal);
  if (!ending.stopped) await preparing.finish();
  const unreadTables = [...new Set(listings.flatMap(({ unreadTables }) => unreadTables))];
  return { ...preparing.summary(), unreadTables, ...ending };
}

/** In an order by chance, so that what is balanced away is no beginning of an alphabet. */
function shuffled(side: Side, pictures: readonly SourcePicture[], { seed }: PrepareOptions): Item[] {
  const items = pictures.map((picture, place) => ({ side, picture, place }));
  const order = new Map(items.map((item) => [item, hashOf(`${seed} ${item.picture.file}`)]));
  return items.sort((a, b) => (order.get(a)! < order.get(b)! ? -1 : 1));
}

class Audit {
  private constructor(
    private readonly byFile: ReadonlyMap<string, AuditRow>,
    private readonly byHash: ReadonlyMap<string, AuditRow>,
    readonly selection: Selection,
    /** Of the files that say so. */
    readonly digest: string,
  ) {}

  static async read({ audit, choices, verdicts, maxNsfw }: PrepareOptions): Promise<Audit> {
    const textOf = async (path: string | undefined) =>
      path === undefined ? "" : new TextDecoder().decode(await readFileBytes(path));
    const [table, list] = [await textOf(audit), await textOf(choices)];
    const lines = table.split("\n").filter((line) => line.trim() !== "");
    const rows = lines.map((line) => naming(audit!, () => parseRow(line)));
    const chosen = choices === undefined ? { keep: [], drop: [] } : naming(choices, () => parseChoices(list));
    const hashed = rows.filter(({ sha256 }) => sha256 !== "").reverse();
    return new Audit(
      new Map(rows.map((row) => [row.file, row])),
      new Map(hashed.map((row) => [row.sha256, row])),
      { verdicts, maxNsfw, keep: new Set(chosen.keep), drop: new Set(chosen.drop) },
      hashOf(table + list),
    );
  }

  /** By name, as far as it is still the same file; else by content, wherever that lay. */
  rowOf(file: string, sha256: string): AuditRow | undefined {
    const named = this.byFile.get(file);
    return named?.sha256 === sha256 ? named : this.byHash.get(sha256);
  }

  /** What stays together when a set is split: a picture and those that are like it. Wherever they lie it is the same. */
  groupOf(row: AuditRow | undefined, sha256: string): string {
    const first = row?.duplicateOf === undefined ? undefined : this.byFile.get(row.duplicateOf);
    return first?.sha256 ?? sha256;
  }
}

class Preparing {
  private readonly reader = new SourceReader();
  private readonly outcomes = new Map<string, Outcome>();
  private readonly perSource = new Map<string, number>();
  /** Photos that were taken, whose colours may be given to art. */
  private readonly photos: { readonly picture: SourcePicture; readonly sha256: string }[] = [];
  private readonly settings: string;

  constructor(
    private readonly options: PrepareOptions,
    private readonly out: string,
    private readonly audit: Audit,
    private readonly earlier: Earlier,
  ) {
    const {
      cell,
      size,
      verdicts,
      maxNsfw,
      val,
      matchColors = false,
      balance = null,
      background,
      seed,
      photos,
    } = options;
    // With the colours of A, what B becomes depends on all of A.
    const all = { cell, size, verdicts, maxNsfw, val, matchColors, balance, background, seed, audit: audit.digest };
    this.settings = hashOf(JSON.stringify({ ...all, ...(matchColors && { photos }) })).slice(0, 16);
  }

  async load({ picture }: Item): Promise<Loaded> {
    const bytes = await this.reader.read(picture);
    return { bytes, sha256: hashOf(bytes), about: await this.reader.about(picture) };
  }

  /** One after the other, in the list's order: what is taken depends on what was taken before. */
  async process(
    { bytes, sha256, about: facts }: Loaded,
    item: Item,
  ): Promise<{ outcome: Outcome; files: Map<string, Uint8Array> }> {
    const { side, picture } = item;
    const row = this.audit.rowOf(picture.file, sha256);
    const settings = hashOf(`${this.settings} ${JSON.stringify(facts)}`).slice(0, 16);
    const base = { side, source: picture.file, sha256, settings };
    const files = new Map<string, Uint8Array>();
    const drop = (dropped: string) => ({ outcome: { ...base, rows: [], dropped }, files });
    const dropped = whyDropped(picture.file, row, this.selectionFor(side), facts);
    if (dropped !== undefined) return drop(dropped);
    const origin = originName(facts?.origin) ?? folderOf(picture.file);
    const taken = this.perSource.get(`${side} ${origin}`) ?? 0;
    if (taken >= (this.options.balance ?? Infinity)) return drop(`its source has ${taken} pictures already`);
    const count = () => this.perSource.set(`${side} ${origin}`, taken + 1);

    const photo = side === "B" && this.options.matchColors ? this.photoFor(sha256) : undefined;
    const isHeldOut = fraction(`val ${this.options.seed} ${this.audit.groupOf(row, sha256)}`) < this.options.val;
    const folder = `${isHeldOut ? "val" : "train"}${side}`;
    const name = `${folder}/${String(item.place).padStart(6, "0")}`;
    const known = this.earlier.of(base, name, photo?.sha256);
    if (known) {
      if (known.dropped === undefined) this.takePhoto(item, sha256, count);
      return { outcome: known, files };
    }
    const about = { ...sourceOf(picture, sha256, facts), verdict: row?.verdict };
    const rows: ManifestRow[] = [];
    try {
      if (side === "A") {
        const image = await decodeImage(bytes);
        const transformation = photoScale(image, this.options.size, fraction(`scale ${this.options.seed} ${sha256}`));
        const file = `${name}.png`;
        files.set(file, await encodePng(shrunkPhoto(image, transformation)));
        rows.push({ file, ...about, cell: 1, transformation });
      } else {
        const { cell, size, background } = this.options;
        const isArt = row?.verdict === "real-pixel-art" || isChosen(picture.file, row, this.audit.selection);
        const { cells, ...how } = await cellsOf(bytes, isArt, photo && (await this.reader.read(photo.picture)));
        const colorsOf = photo && { source: photo.picture.file, sha256: photo.sha256 };
        for (const [i, square] of squaresOf(cells, cell, size, background).entries()) {
          const transformation = { ...square, ...how };
          const file = `${name}-${i}.png`;
          files.set(file, await encodePng(paintedArt(cells, transformation)));
          rows.push({ file, ...about, cell, transformation, colorsOf });
        }
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return drop(withFlags(error.message).replace(/^the picture: /, ""));
    }
    this.takePhoto(item, sha256, count);
    return { outcome: { ...base, rows }, files };
  }

  async save({ outcome, files }: { outcome: Outcome; files: ReadonlyMap<string, Uint8Array> }): Promise<void> {
    const paths = new Map([...files].map(([file, png]) => [join(this.out, ...file.split("/")), png]));
    // In this order a picture that is there is always what the last line of its name says, whenever
    // the run is killed.
    for (const path of paths.keys()) await rm(path, { force: true });
    await appendFile(join(this.out, journalName), jsonLines([outcome]));
    for (const [path, png] of paths) await writeFileAtomically(path, png);
    this.outcomes.set(keyOf(outcome), outcome);
  }

  /** Writes the manifest, and removes what earlier runs made and this one did not. */
  async finish(): Promise<void> {
    const outcomes = [...this.outcomes.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const rows = outcomes.flatMap(({ rows }) => rows);
    const dropped = outcomes.flatMap(({ side, source, sha256, dropped }): DroppedRow[] =>
      dropped === undefined ? [] : [{ side, source, sha256, reason: dropped }],
    );
    const kept = new Set(rows.map(({ file }) => file));
    for (const file of await filesIn(this.out)) if (!kept.has(file)) await rm(join(this.out, ...file.split("/")));
    await writeFileAtomically(join(this.out, manifestName), jsonLines(rows));
    await writeFileAtomically(join(this.out, droppedName), jsonLines(dropped));
    await writeFileAtomically(join(this.out, journalName), jsonLines(outcomes));
  }

  summary(): Pick<PrepareSummary, "written" | "dropped"> {
    const written: Record<string, number> = {};
    let dropped = 0;
    for (const outcome of this.outcomes.values()) {
      if (outcome.dropped !== undefined) dropped++;
      for (const { file } of outcome.rows) {
        const folder = file.slice(0, file.indexOf("/"));
        written[folder] = (written[folder] ?? 0) + 1;
      }
    }
    return { written, dropped };
  }

  close(): Promise<void> {
    return this.reader.close();
  }

  /** An audit says of photos that they are no pixel art, which is no reason to drop them. */
  private selectionFor(side: Side): Selection {
    const { selection } = this.audit;
    return side === "B" ? selection : { ...selection, verdicts: verdicts.filter((verdict) => verdict !== "broken") };
  }

  private takePhoto({ side, picture }: Item, sha256: string, count: () => void): void {
    count();
    if (side === "A") this.photos.push({ picture, sha256 });
  }

  /** The photo whose colours a picture is given: by chance, but the same every time. */
  private photoFor(sha256: string) {
    if (this.photos.length === 0) throw new UserError("there is no photo to match colors to: none of A was taken.");
    return this.photos[Math.floor(fraction(`colors ${this.options.seed} ${sha256}`) * this.photos.length)];
  }
}

function keyOf({ side, source }: Pick<Outcome, "side" | "source">): string {
  return `${side} ${source}`;
}

/** What earlier runs made, of this folder. */
class Earlier {
  private constructor(
    private readonly outcomes: ReadonlyMap<string, Outcome>,
    private readonly files: ReadonlySet<string>,
  ) {}

  /** @throws UserError where there are pictures of somebody else, which `train` would read as well */
  static async read(out: string): Promise<Earlier> {
    const text = await readFile(join(out, journalName), "utf8").catch(() => undefined);
    const outcomes = lastLines(parseJsonLines(text ?? "") as Outcome[], (outcome) => [
      keyOf(outcome),
      ...outcome.rows.map(({ file }) => file),
    ]);
    const files = await filesIn(out);
    const foreign = files.find((file) => text === undefined || (isPictureName(file) && !ourName.test(file)));
    if (foreign !== undefined)
      throw new UserError(
        `${join(out, foreign)} is there already, and train would read it with the set; name a folder that is empty or not there.`,
      );
    return new Earlier(new Map(outcomes.map((outcome) => [keyOf(outcome), outcome])), new Set(files));
  }

  /** @param name how this run would begin its files' names */
  of({ settings, sha256, ...of }: Omit<Outcome, "rows">, name: string, photo: string | undefined): Outcome | undefined {
    const outcome = this.outcomes.get(keyOf(of));
    if (outcome?.settings !== settings || outcome.sha256 !== sha256) return undefined;
    const isThere = ({ file, colorsOf }: ManifestRow) =>
      file.startsWith(name) && this.files.has(file) && colorsOf?.sha256 === photo;
    return outcome.rows.every(isThere) ? outcome : undefined;
  }
}

const ourName = /\/\d{6,}(-\d+)?\.png$/;

/** What is in the folders of a set, and not hidden. */
async function filesIn(out: string): Promise<string[]> {
  const files: string[] = [];
  for (const folder of ["trainA", "trainB", "valA", "valB"])
    for (const name of await readdir(join(out, folder)).catch(() => []))
      if (!name.startsWith(".")) files.push(`${folder}/${name}`);
  return files;
}

function checkOptions({ cell, size, val, balance, maxNsfw }: PrepareOptions): void {
  if (!Number.isInteger(cell) || cell < 1) throw new UserError(`--cell must be a whole number of pixels, not ${cell}.`);
  if (!Number.isInteger(size) || size < 4 || size > 4096 || size % cell !== 0)
    throw new UserError(
      `--size must be a whole number of cells, at most 4096 pixels: a multiple of ${cell}, not ${size}.`,
    );
  if (!(val >= 0 && val < 1)) throw new UserError(`--val must be a share from 0 to less than 1, not ${val}.`);
  if (maxNsfw !== undefined && !(maxNsfw >= 0 && maxNsfw <= 1))
    throw new UserError(`--max-nsfw must be a score from 0 to 1, not ${maxNsfw}.`);
  if (balance !== undefined && !(balance >= 1)) throw new UserError(`--balance must be at least 1, not ${balance}.`);
}

/** Of an address the host alone: pages of one gallery are one source. */
function originName(origin: string | undefined): string | undefined {
  return origin !== undefined && URL.canParse(origin) ? new URL(origin).host || origin : origin;
}

/** The folder or archive that a picture lies in, which stands for its source where nothing tells it. */
function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf("/")));
}

/** From 0 to less than 1: by chance, but the same for the same text. */
function fraction(text: string): number {
  return parseInt(hashOf(text).slice(0, 13), 16) / 2 ** 52;
}
